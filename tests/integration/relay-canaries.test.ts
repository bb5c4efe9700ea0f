import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
import { callDocument, screenshotDocument } from '#domain/protocol/documents.ts';
import type { StreamEvent, StreamId } from '#domain/protocol/streams.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import { attempt, attemptSibling, attemptOpening, triedAs } from '#domain/session/authorization-trial.ts';
import { actions, openings } from '#domain/session/permissions.ts';
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

const otherOrganization = 'OtherServiceAG00000001' as OrganizationId;
const logged: string[] = [];
let relay: Awaited<ReturnType<typeof startRelay>>;

interface Person {
  client: Client;
  socket: SyncClient;
  /** Every frame of document sockets. */
  bytes: Buffer[];
}
const people = {} as Record<
  'olga' | 'otmar' | 'frida' | 'paul' | 'erika' | 'emil' | 'ada' | 'otto' | 'stranger' | 'gus' | 'helper',
  Person
>;

const come = async (pending: Promise<Client> | Client): Promise<Person> => {
  const client = await pending;
  return { client, socket: await client.sync(undefined, allKinds), bytes: [] };
};

/** Texts, names and bytes that are for few, by whom they are hidden from. */
const secret = {
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
const hiddenIds: string[] = [];
const deviceIds: string[] = [];
const organizationIds: string[] = [];
const sessionId = newId<SessionId>();
const callId = newId<CallId>();
const screenshotId = newId<ScreenshotId>();
const compressorSession = newId<SessionId>();
const compressorTicket = newId<TicketId>();
const pressSession = newId<SessionId>();
const pressTicket = newId<TicketId>();
const sharedSession = newId<SessionId>();

const say = async (who: Person, id: StreamId, body: Parameters<typeof command>[2]): Promise<void> => {
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
async function inDocument(who: Person, name: string, text?: string): Promise<string> {
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
function heard(who: Person, since?: { raw: number; bodies: number }): string {
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
function expectNone(who: string, text: string, secrets: readonly string[]): void {
  const found = secrets.filter((one) => spellings(one).some((spelling) => text.includes(spelling)));
  expect([who, found]).toEqual([who, []]);
}

beforeAll(async () => {
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
});
afterAll(() => relay.dispose());

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
const marks = new Map<string, { raw: number; bodies: number }>();
let positionBefore = { epoch: null as string | null, position: 0 };

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
async function settled(who: Person): Promise<void> {
  await relay.sessions.idle();
  const requestId = Math.floor(Math.random() * 1e9);
  who.socket.say({ t: 'ping', requestId });
  await who.socket.message((one) => one.t === 'pong' && one.requestId === requestId);
}

/** A replica as it stood at a position. */
function until(socket: SyncClient, position: number) {
  const events = new Map<StreamId, StreamEvent[]>();
  for (const [id, log] of socket.events) {
    const had = log.filter((event) => event.position <= position);
    if (had.length > 0) events.set(id, had);
  }
  return { epoch: socket.epoch, position, events };
}

/** Everything that a curious client can do with ids that it has come by. */
async function crawl(who: Person, own: readonly StreamId[]): Promise<void> {
  const { client } = who;
  const sessions = [sessionId, compressorSession, pressSession].filter((id) => !own.includes(id));
  const tickets = [compressorTicket, pressTicket].filter((id) => !own.includes(id));
  const items = [screenshotId, ...deviceIds.slice(2, 3)];
  for (const id of [...sessions, ...tickets, otherOrganization, demoOrganization]) {
    await client.request(`/api/streams/${id}/chain`);
    await client.post(`/api/sessions/${id}/guest-link`, {});
    for (const purpose of ['calls', 'y-webrtc'])
      await client.post('/api/socket-tickets', { purpose, sessionId: id, callId });
    for (const item of items) {
      await client.request(`/api/blobs/${id}/${item}`);
      await client.request(`/api/blobs/${id}/${item}`, { method: 'HEAD' });
    }
    who.socket.say({ t: 'in-call', sessionId: id as SessionId, callId, deviceKey: 'x', peerId: null });
  }
  for (const path of [
    '/api/me',
    '/api/passkeys',
    '/api/openapi.json',
    '/healthz',
    `/api/sessions/${sessionId}`,
  ])
    await client.request(path);
  for (const name of [screenshotDocument(screenshotId), callDocument(callId)])
    expect(await inDocument(who, name)).toBe('not-found');
  const world = {
    deviceId: (deviceIds.at(-1) ?? '') as DeviceId,
    callId,
    messageId: newId<MessageId>(),
    helperId: newId<EmployeeId>(),
    assignedId: newId<EmployeeId>(),
    candidateId: newId<EmployeeId>(),
    ticketId: compressorTicket,
    customerId: newId<CustomerId>(),
    newId,
  };
  const bodies = [
    ...actions.flatMap((action) => attempt(action, 'CONFIRMED', 'public', world) ?? []),
    ...(['call.reject', 'rating.skip', 'session.unassign', 'session.unlink-ticket'] as const).map((one) =>
      attemptSibling(one, world),
    ),
    ...openings.map((opening) => attemptOpening(opening, world)),
  ];
  expect(bodies.length).toBeGreaterThan(Object.keys(triedAs).length - 6);
  for (const id of sessions)
    for (const outcome of await who.socket.push(...bodies.map((body) => command(id, 999, body))))
      expect(outcome.ok).toBe(false);
  await settled(who);
}

/** What is not hidden from them. */
const owned: Partial<Record<keyof typeof people, StreamId[]>> = {
  frida: [compressorSession, compressorTicket],
  emil: [compressorSession, compressorTicket],
  paul: [pressSession, pressTicket],
  otto: [pressSession, pressTicket],
  stranger: [pressSession, pressTicket],
};
const wrongOnes = [
  // Of the machine, but not of what is internal there.
  { name: 'olga', secrets: [...secret.internal, ...secret.device, ...secret.organization], knewBefore: true },
  {
    name: 'otmar',
    secrets: [...secret.internal, ...secret.device, ...secret.organization],
    knewBefore: true,
  },
  { name: 'gus', secrets: [...secret.internal, ...secret.device, ...secret.organization], knewBefore: false },
  { name: 'frida', secrets: [...secret.internal, ...secret.organization], knewBefore: false },
  { name: 'paul', secrets: [...secret.internal, ...secret.device], knewBefore: false },
  { name: 'otto', secrets: [...secret.internal, ...secret.device], knewBefore: false },
  { name: 'stranger', secrets: [...secret.internal, ...secret.device], knewBefore: false },
  // Works here, at another machine: colleagues and customers of the organization are known to all of them.
  {
    name: 'emil',
    secrets: [
      ...secret.internal.filter((one) => one !== customerName && one !== employeeName),
      ...secret.organization,
    ],
    knewBefore: false,
  },
  { name: 'erika', secrets: [...secret.device, ...secret.organization], knewBefore: true },
  { name: 'ada', secrets: [...secret.organization], knewBefore: true },
] as const;

describe('canaries: nothing of what is internal, of another machine, of another organization', () => {
  test('T14 T15 F68 while a session is internal, the code users’ sockets are silent', async () => {
    for (const name of ['olga', 'otmar'] as const) {
      await settled(people[name]);
      const since = marks.get(name);
      const frames = people[name].socket.raw.slice(since?.raw).filter((frame) => !frame.includes('"pong"'));
      const kinds = frames.map((frame) => (JSON.parse(frame) as { t: string }).t);
      expect([name, kinds.filter((kind) => kind !== 'directory')]).toEqual([name, []]);
    }
  });

  for (const { name, secrets, knewBefore } of wrongOnes)
    test(`T14 T16 T17 T19 T46 T50 ${name} has none of it in any byte: live, by asking, from the start, catching up`, async () => {
      const who = people[name];
      const sees = name === 'erika' || name === 'ada';
      if (!sees) await crawl(who, owned[name] ?? []);
      const fresh = await who.client.sync(undefined, allKinds);
      const half = await who.client.sync(until(fresh, Math.floor(fresh.position / 2)), allKinds);
      const back = await who.client.sync(until(fresh, positionBefore.position), allKinds);
      const everything = heard(who);
      expectNone(name, everything, secrets);
      if (!knewBefore) expectNone(name, everything, [secret.before]);
      if (sees) return;
      for (const socket of [fresh, half, back]) {
        const text = socket.raw.join('\n');
        expectNone(`${name} from the start`, text, [secret.before]);
        // Gone is said of what the client may have; of nothing else is there even an id.
        const ids = [
          ...hiddenIds,
          screenshotId,
          callId,
          ...(name === 'frida' || name === 'emil' ? [] : deviceIds),
        ];
        expectNone(`${name} ids`, text, [...ids, ...(isStranger(name) ? [] : organizationIds)]);
        if (!knewBefore || socket === fresh) expectNone(`${name} session`, text, [sessionId]);
      }
    });

  test('those for whom it is have all of it: the search finds what there is to find', async () => {
    const { erika, frida, otto, ada } = people;
    expect(await inDocument(erika, screenshotDocument(screenshotId))).toBe('synced');
    await erika.client.request(`/api/blobs/${sessionId}/${screenshotId}`);
    await frida.client.request(`/api/blobs/${compressorTicket}/${deviceIds[2]}`);
    for (const [who, secrets] of [
      [erika, [secret.before, ...secret.internal]],
      [frida, secret.device],
      [otto, secret.organization.filter((one) => !one.includes('device'))],
      [ada, [...secret.device.slice(0, 3), chatText, noteText]],
    ] as const) {
      await who.client.me();
      await who.client.sync(undefined, allKinds);
      const text = heard(who);
      expect(secrets.filter((one) => !text.includes(one))).toEqual([]);
    }
  });

  test('T14 counts: with an internal session more, what a code user is told of is the same to the byte', async () => {
    const { olga, erika } = people;
    const me = async () => (await olga.client.request('/api/me')).text();
    const start = async () => {
      const socket = await olga.client.sync(undefined, ['session']);
      return socket.messages.flatMap((one) => (one.t === 'events' ? one.events : []));
    };
    const before = [await me(), await start()];
    const [device] = (await erika.client.me()).devices;
    for (let more = 0; more < 3; more += 1) {
      const id = newId<SessionId>();
      const payload = { deviceId: device?.id, reason: 'x', ticketIds: [] };
      await say(erika, id, { type: 'session.create', payload });
      await say(erika, id, { type: 'session.set-visibility', payload: { visibility: 'internal' } });
    }
    expect([await me(), await start()]).toEqual(before);
  });

  test('T46 P53 no text, name, code or token of all this is in the log', () => {
    expect(logged.join('')).not.toContain('canary');
    for (const { client } of Object.values(people))
      expectNone('log', logged.join(''), [client.cookie.replace('sightline=', '')]);
    for (const name of ['Olga', 'Otmar', 'Frida', 'Erika', codes.pump])
      expect(logged.join('')).not.toContain(name);
  });
});

const isStranger = (name: string) => name === 'paul' || name === 'otto' || name === 'stranger';
