/** What is for few, said and shown at a running relay, and everything that others were sent meanwhile. */
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { Doc } from 'yjs';
import type {
  CallId,
  CustomerId,
  DeviceId,
  EmployeeId,
  ItemId,
  MessageId,
  OrganizationId,
  ScreenshotId,
  SessionId,
  TicketId,
} from '#domain/ids.ts';
import { screenshotDocument } from '#domain/protocol/documents.ts';
import type { StreamId } from '#domain/protocol/streams.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import { createLog } from '../../signal/log.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import {
  allKinds,
  asAdministrator,
  Client,
  codes,
  command,
  demoOrganization,
  emails,
  eventually,
  newId,
  startRelay,
  type SyncClient,
} from '../harness/relay-harness.ts';
import { png } from '../../signal/testing/pictures.ts';

export const otherOrganization = 'OtherServiceAG00000001' as OrganizationId;
export const logged: string[] = [];
export let relay: Awaited<ReturnType<typeof startRelay>>;

export interface Person {
  client: Client;
  socket: SyncClient;
  /** Every frame of document sockets. */
  bytes: Buffer[];
}
export const people = {} as Record<
  'olga' | 'otmar' | 'frida' | 'paul' | 'erika' | 'emil' | 'ada' | 'otto' | 'stranger' | 'gus' | 'helper',
  Person
>;

const come = async (pending: Promise<Client> | Client): Promise<Person> => {
  const client = await pending;
  return { client, socket: await client.sync(undefined, allKinds), bytes: [] };
};

/** Texts, names and bytes that are for few, by whom they are hidden from. */
export const secret = {
  /** Said while the session was still public; known to those who were there, and to be gone. */
  before: 'canary-before-1001',
  internal: [
    'canary-chat-1101',
    'canary-note-1102',
    'canary-mark-1103',
    'canary-file-1105',
    'canary-customer-1106',
    'canary-name-1107',
    'canary-close-1109',
  ],
  device: ['canary-reason-1201', 'canary-chat-1202', 'canary-title-1203', 'canary-bytes-1204'],
  organization: [
    'canary-reason-1301',
    'canary-chat-1302',
    'canary-title-1303',
    'canary-name-1304',
    'canary-device-1305',
    'canary-customer-1306',
  ],
} as const;
const [chatText, noteText, markText, fileText, customerName, employeeName, closeText] = secret.internal;
export { chatText, customerName, employeeName, noteText };
export const hiddenIds: string[] = [];
export const deviceIds: string[] = [];
export const organizationIds: string[] = [];
export const sessionId = newId<SessionId>();
export const callId = newId<CallId>();
export const screenshotId = newId<ScreenshotId>();
export const compressorSession = newId<SessionId>();
export const compressorTicket = newId<TicketId>();
export const pressSession = newId<SessionId>();
export const pressTicket = newId<TicketId>();
const sharedSession = newId<SessionId>();

export const say = async (who: Person, id: StreamId, body: Parameters<typeof command>[2]): Promise<void> => {
  expect(await who.socket.propose(command(id, 999, body)), body.type).toBe('ok');
};
const chat = (text: string, messageId = newId<MessageId>()): SessionCommandBody => ({
  type: 'chat.send',
  payload: { messageId, text },
});

class Ear extends WebSocket {
  constructor(url: string, bytes: Buffer[]) {
    super(url, { perMessageDeflate: false, origin: `http://${new URL(url).host}` });
    this.on('message', (data) => bytes.push(Buffer.from(data as Buffer)));
  }
}

/** Opens a document, writes into it when there is something to write, and waits for what the relay says. */
export async function inDocument(who: Person, name: string, text?: string): Promise<string> {
  const { ticket } = await who.client.ticket({ purpose: 'documents' });
  const { bytes } = who;
  const socket = new HocuspocusProviderWebsocket({
    url: `${relay.origin.replace('http', 'ws')}/sockets/documents?ticket=${ticket}`,
    WebSocketPolyfill: class extends Ear {
      constructor(url: string) {
        super(url, bytes);
      }
    },
    maxAttempts: 1,
  });
  const document = new Doc();
  let answer: string | undefined;
  const provider = new HocuspocusProvider({
    websocketProvider: socket,
    name,
    document,
    token: 'ticket-was-shown',
    onAuthenticationFailed: ({ reason }) => (answer = reason),
    onSynced: () => (answer ??= 'synced'),
  });
  provider.attach();
  await eventually(() => answer, `an answer about ${name}`);
  if (text !== undefined) {
    document.getMap('marks').set('canary', text);
    await eventually(() => !provider.hasUnsyncedChanges, 'the acknowledgement');
  }
  provider.destroy();
  socket.destroy();
  return answer ?? '';
}

async function upload(who: Person, metadata: Record<string, string>, bytes: Uint8Array): Promise<Response> {
  const headers = { 'tus-resumable': '1.0.0' };
  const made = await who.client.request('/api/uploads', {
    method: 'POST',
    headers: {
      ...headers,
      'upload-length': String(bytes.length),
      'upload-metadata': Object.entries(metadata)
        .map(([key, value]) => `${key} ${btoa(value)}`)
        .join(','),
    },
  });
  if (!made.ok) return made;
  return who.client.request(made.headers.get('location') ?? '', {
    method: 'PATCH',
    headers: { ...headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: new Uint8Array(bytes),
  });
}

const sha256 = async (bytes: Uint8Array) =>
  Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))).toString('hex');

/** What somebody has been sent since a moment, whatever it came by. */
export function heard(who: Person, since?: { raw: number; bodies: number }): string {
  const raw = who.client.sockets.flatMap((one, at) =>
    at === 0 && since ? one.raw.slice(since.raw) : one.raw,
  );
  const bodies = who.client.received.slice(since?.bodies ?? 0);
  return [...raw, ...bodies, ...who.client.heads, ...who.bytes.map((one) => one.toString('latin1'))].join(
    '\n',
  );
}

/** In plain, and as it stands in what is base64. */
function spellings(text: string): string[] {
  const shifted = ['', 'x', 'xx'].map((lead) => btoa(lead + text).slice(lead.length ? 4 : 0, -4));
  return [text, ...shifted.filter((one) => one.length >= 12)];
}
export function expectNone(who: string, text: string, secrets: readonly string[]): void {
  const found = secrets.filter((one) => spellings(one).some((spelling) => text.includes(spelling)));
  expect([who, found]).toEqual([who, []]);
}

/** Starts a relay whose log is kept, with everybody there, and lets all of it happen. */
export async function hideCanaries(): Promise<void> {
  const log = createLog('trace', { write: (line) => void logged.push(line) });
  relay = await startRelay({}, { clock: new ManualClock(), log });
  people.olga = await come(Client.codeUser(relay, codes.pump, 'Olga'));
  people.otmar = await come(Client.codeUser(relay, codes.pump, 'Otmar'));
  people.frida = await come(Client.codeUser(relay, codes.compressor, 'Frida'));
  people.paul = await come(Client.codeUser(relay, codes.press, 'Paul'));
  for (const who of ['erika', 'emil', 'ada', 'otto'] as const)
    people[who] = await come(Client.employee(relay, emails[who]));
  people.helper = await come(employee(demoOrganization, employeeName));
  people.stranger = await come(employee(otherOrganization, secret.organization[3], 'administrator'));

  const { olga, erika, ada } = people;
  const ask = { reason: 'Shared', ticketIds: [] };
  await say(olga, sharedSession, { type: 'session.request', payload: ask });
  await say(erika, sharedSession, { type: 'session.confirm', payload: {} });
  const made = await erika.client.post(`/api/sessions/${sharedSession}/guest-link`, {});
  const guest = new Client(relay.origin);
  const { token } = (await made.json()) as { token: string };
  await guest.expectOk(guest.post('/api/guest', { token, name: 'Gus' }));
  people.gus = await come(guest);
  const customerId = newId<CustomerId>();
  hiddenIds.push(customerId);
  await say(ada, demoOrganization, {
    type: 'customer.add',
    payload: { customerId, name: customerName, contact: '' },
  });
  await internalSession(customerId);
  await ofOtherDevice();
  await ofOtherOrganization();
}

async function employee(
  organizationId: OrganizationId,
  name: string,
  role: 'employee' | 'administrator' = 'employee',
): Promise<Client> {
  const employeeId = newId<EmployeeId>();
  const payload = { employeeId, name, email: `${name}@trial.example`, role, responsibleFor: [] };
  await asAdministrator(relay, organizationId, { type: 'employee.invite', payload });
  await relay.storage.directory.putCredential({ employeeId, organizationId, passwordHash: 'none' });
  await relay.streams.submit('organization', organizationId, { type: 'service.join', employeeId });
  const client = new Client(relay.origin);
  client.cookie = `sightline=${(await relay.people.signInEmployee(employeeId)).token}`;
  return client;
}

/** When the session went internal, for each who was there: how much they had been sent by then. */
export const marks = new Map<string, { raw: number; bodies: number }>();
export let positionBefore = { epoch: null as string | null, position: 0 };

/** A session in a call, linked to a ticket, that goes internal while it runs; then everything happens in it. */
async function internalSession(customerId: CustomerId): Promise<void> {
  const { olga, otmar, erika, ada, helper } = people;
  const ticketIds = (await olga.client.me()).tickets.map((ticket) => ticket.id);
  await say(olga, sessionId, { type: 'session.request', payload: { reason: 'It drips', ticketIds } });
  await say(erika, sessionId, { type: 'session.confirm', payload: {} });
  await say(olga, sessionId, chat(secret.before));
  const helperId = (await helper.client.me()).subject.id as EmployeeId;
  const ring = { callId, mode: 'video' as const };
  await asAdministrator(relay, demoOrganization, {
    type: 'organization.change-settings',
    payload: { changes: { maxParticipants: 4 } },
  });
  await say(erika, sessionId, { type: 'call.start', payload: ring });
  await say(olga, sessionId, { type: 'call.answer', payload: ring });
  await say(erika, sessionId, { type: 'call.link-up', payload: { callId } });
  for (const who of [olga, otmar])
    await who.socket.sees(sessionId, (session) => session.status === 'IN_PROGRESS', 'the call');
  positionBefore = { epoch: olga.socket.epoch, position: olga.socket.position };
  await say(ada, sessionId, { type: 'session.set-visibility', payload: { visibility: 'internal' } });
  for (const who of [olga, otmar])
    await who.socket.message((one) => one.t === 'gone' && one.streamId === sessionId);
  // The ticket comes anew, without the session.
  for (const name of ['olga', 'otmar'] as const) {
    const who = people[name];
    await who.socket.message((one) => one.t === 'gone' && ticketIds.includes(one.streamId as TicketId));
    await settled(who);
    marks.set(name, { raw: who.socket.raw.length, bodies: who.client.received.length });
  }
  await say(ada, sessionId, { type: 'session.assign', payload: { employeeId: helperId } });
  await say(erika, sessionId, { type: 'session.reopen', payload: {} });
  await say(erika, sessionId, { type: 'session.link-customer', payload: { customerId } });
  const messageId = newId<MessageId>();
  await say(erika, sessionId, chat(chatText, messageId));
  const noteId = newId();
  await say(helper, sessionId, { type: 'note.add', payload: { noteId: noteId as never, text: noteText } });
  const picture = png(40, 30);
  const bytes = Buffer.concat([picture.bytes, Buffer.from(fileText)]);
  const meta = { ...picture.meta, bytes: bytes.length, sha256: await sha256(bytes) };
  await say(erika, sessionId, { type: 'screenshot.take', payload: { ...meta, screenshotId, callId } });
  const { mediaType } = meta;
  const metadata = { sessionId, itemId: screenshotId, kind: 'screenshot', sha256: meta.sha256, mediaType };
  expect((await upload(erika, metadata, bytes)).status).toBe(204);
  expect(await inDocument(erika, screenshotDocument(screenshotId), markText)).toBe('synced');
  await say(ada, sessionId, { type: 'session.cancel', payload: { reason: closeText } });
  hiddenIds.push(messageId, noteId, meta.sha256);
}

async function ofOtherDevice(): Promise<void> {
  const { frida, emil } = people;
  const [reason, text, title, content] = secret.device;
  await say(frida, compressorTicket, { type: 'ticket.open', payload: { title } });
  const itemId = newId<ItemId>();
  const bytes = Buffer.from(`${content} and some more`);
  const file = {
    itemId,
    name: `${content}.txt`,
    mediaType: 'text/plain' as const,
    bytes: bytes.length,
    sha256: await sha256(bytes),
  };
  await say(frida, compressorTicket, {
    type: 'ticket.send-file',
    payload: { messageId: newId<MessageId>(), text, file },
  });
  const { mediaType } = file;
  const metadata = {
    ticketId: compressorTicket,
    itemId,
    kind: 'ticket-file',
    sha256: file.sha256,
    mediaType,
  };
  expect((await upload(frida, metadata, bytes)).status).toBe(204);
  await say(frida, compressorSession, {
    type: 'session.request',
    payload: { reason, ticketIds: [compressorTicket] },
  });
  await say(emil, compressorSession, { type: 'session.confirm', payload: {} });
  await say(emil, compressorSession, chat(text));
  deviceIds.push(compressorSession, compressorTicket, itemId, file.sha256);
  deviceIds.push(...(await frida.client.me()).devices.map((device) => device.id));
}

async function ofOtherOrganization(): Promise<void> {
  const { paul, otto, stranger } = people;
  const [reason, text, title, , deviceName, customer] = secret.organization;
  await say(paul, pressTicket, { type: 'ticket.open', payload: { title } });
  await say(paul, pressSession, { type: 'session.request', payload: { reason, ticketIds: [pressTicket] } });
  await say(otto, pressSession, { type: 'session.confirm', payload: {} });
  await say(otto, pressSession, chat(text));
  const deviceId = newId<DeviceId>();
  const customerId = newId<CustomerId>();
  const added = { deviceId, name: deviceName, location: '' };
  await say(stranger, otherOrganization, { type: 'device.add', payload: added });
  await say(stranger, otherOrganization, {
    type: 'customer.add',
    payload: { customerId, name: customer, contact: '' },
  });
  organizationIds.push(pressSession, pressTicket, deviceId, customerId, otherOrganization);
}

/** Until everything that the relay had to say by now has come. */
export async function settled(who: Person): Promise<void> {
  await relay.sessions.idle();
  const requestId = Math.floor(Math.random() * 1e9);
  who.socket.say({ t: 'ping', requestId });
  await who.socket.message((one) => one.t === 'pong' && one.requestId === requestId);
}
