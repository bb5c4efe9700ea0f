import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  CallId,
  CustomerId,
  DeviceId,
  EmployeeId,
  ItemId,
  MessageId,
  NoteId,
  SessionId,
  TicketId,
} from '#domain/ids.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import type { OrganizationEvent } from '#domain/organization/events.ts';
import type { SessionEvent } from '#domain/session/events.ts';
import type { StreamEvent, StreamId } from '#domain/protocol/streams.ts';
import type { TicketEvent } from '#domain/ticket/events.ts';
import { isVisible, written } from '#domain/visible-text.ts';
import { hostileTexts } from '../harness/hostile-texts.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import {
  allKinds,
  Client,
  codes,
  command,
  demoOrganization,
  emails,
  newId,
  startCall,
  startRelay,
  confirm,
  request,
  type SyncClient,
} from '../harness/relay-harness.ts';

let relay: Awaited<ReturnType<typeof startRelay>>;
interface Person {
  client: Client;
  socket: SyncClient;
}
let pump: Person;
let erika: Person;
let ada: Person;
let deviceId: DeviceId;
const come = async (pending: Promise<Client>): Promise<Person> => {
  const client = await pending;
  return { client, socket: await client.sync(undefined, allKinds) };
};

beforeAll(async () => {
  relay = await startRelay({}, { clock: new ManualClock() });
  pump = await come(Client.codeUser(relay, codes.pump, 'Paul'));
  erika = await come(Client.employee(relay, emails.erika));
  ada = await come(Client.employee(relay, emails.ada));
  const [device] = (await pump.client.me()).devices;
  if (!device) throw new Error('no device');
  deviceId = device.id;
});
afterAll(() => relay.dispose());

/** What a text may be refused for; each has its sentence on the screen. */
const clear = new Set<ErrorCode>([
  'text-missing',
  'reason-missing',
  'name-missing',
  'text-too-long',
  'reason-too-long',
  'email-invalid',
  'malformed',
]);

type Body = Parameters<typeof command>[2];
interface Field {
  name: string;
  who: () => Person;
  stream: StreamId;
  body: (text: string) => Body;
  /** What of an accepted event is the text. */
  kept: (event: never) => string | undefined;
}

/** Sends all texts through one field, and looks at what the relay keeps and tells everybody. */
async function tryField({ name, who, stream, body, kept }: Field): Promise<void> {
  const { socket } = who();
  const commands = hostileTexts.map((text) => command(stream, 999, body(text)));
  const outcomes = [];
  for (let from = 0; from < commands.length; from += 15)
    outcomes.push(...(await socket.push(...commands.slice(from, from + 15))));
  await relay.streams.idle();
  const events = (await relay.storage.events.read(stream)) as StreamEvent[];
  const byCommand = new Map(events.map((event) => [event.commandId as string, event]));
  for (const [at, outcome] of outcomes.entries()) {
    const text = hostileTexts[at] ?? '';
    if (!outcome.ok) {
      expect([name, text, clear.has(outcome.reason as ErrorCode) ? '' : outcome.reason]).toEqual([
        name,
        text,
        '',
      ]);
      continue;
    }
    const event = byCommand.get(commands[at]?.id as string);
    // Nothing is changed but what stands around it: no half of it, nothing made harmless, nothing doubled.
    if (event) expect([name, text, kept(event as never)]).toEqual([name, text, written(text)]);
  }
  expect(outcomes.filter((one) => one.ok).length, name).toBeGreaterThan(name === 'email' ? -1 : 90);
}

const chainOf = async (id: StreamId) =>
  (await (await ada.client.request(`/api/streams/${id}/chain`)).json()) as { ok: boolean };

test('T38 hostile texts through every field of a session come back as they were, or are refused with a reason', async () => {
  expect(hostileTexts.length).toBeGreaterThanOrEqual(150);
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  await ada.socket.sees(id, () => true, 'the session');
  const fields: Omit<Field, 'stream'>[] = [
    {
      name: 'chat',
      who: () => pump,
      body: (text) => ({ type: 'chat.send', payload: { messageId: newId<MessageId>(), text } }),
      kept: (event: SessionEvent) => (event.type === 'chat.sent' ? event.payload.text : undefined),
    },
    {
      name: 'note',
      who: () => erika,
      body: (text) => ({ type: 'note.add', payload: { noteId: newId<NoteId>(), text } }),
      kept: (event: SessionEvent) => (event.type === 'note.added' ? event.payload.text : undefined),
    },
  ];
  for (const field of fields) await tryField({ ...field, stream: id });
  expect(await chainOf(id)).toMatchObject({ ok: true });
  // What was told live is what is kept, also for who comes later.
  const kept = JSON.stringify((await relay.sessions.get(id))?.chat.map((message) => message.text));
  expect(JSON.stringify((await pump.socket.sees(id, () => true, 'it')).chat.map((one) => one.text))).toBe(
    kept,
  );
  expect(JSON.stringify((await erika.client.sync()).session(id)?.chat.map((one) => one.text))).toBe(kept);
});

test('T38 hostile reasons of requests, refusals, cancellations; comments of ratings', async () => {
  const outcomesOf = async (who: Person, commands: ReturnType<typeof command>[]) => {
    const outcomes = [];
    for (let from = 0; from < commands.length; from += 15)
      outcomes.push(...(await who.socket.push(...commands.slice(from, from + 15))));
    return outcomes.map((one) => (one.ok ? 'ok' : one.reason));
  };
  const ids = hostileTexts.map(() => newId<SessionId>());
  const asked = await outcomesOf(
    pump,
    hostileTexts.map((reason, at) =>
      command(ids[at] as SessionId, 0, { type: 'session.request', payload: { reason, ticketIds: [] } }),
    ),
  );
  const declined = await outcomesOf(
    erika,
    hostileTexts.map((reason, at) =>
      command(ids[at] as SessionId, 99, { type: 'session.decline', payload: { reason } }),
    ),
  );
  for (const [at, text] of hostileTexts.entries()) {
    const session = await relay.sessions.get(ids[at] as SessionId);
    if (asked[at] === 'ok') expect(session?.reason).toBe(written(text));
    else expect(['reason-missing', 'reason-too-long']).toContain(asked[at]);
    if (!session) continue;
    if (declined[at] === 'ok') expect(session.history.at(-1)?.reason).toBe(written(text));
    else expect(['reason-missing', 'reason-too-long']).toContain(declined[at]);
  }
  expect(asked.filter((one) => one === 'ok').length).toBeGreaterThan(130);

  const some = hostileTexts
    .filter((text) => text.length < 60)
    .join(' ')
    .slice(0, 2000);
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  await pump.socket.sees(id, (session) => session.status === 'CONFIRMED', 'confirmed');
  const callId: CallId = await startCall(id, pump, erika);
  const leave = command(id, 999, { type: 'call.leave', payload: { callId } });
  expect(await pump.socket.propose(leave)).toBe('ok');
  const rate = { type: 'rating.give' as const, payload: { callId, score: 3 as const, comment: some } };
  expect(await pump.socket.propose(command(id, 999, rate))).toBe('ok');
  expect((await relay.sessions.get(id))?.ratings[0]?.comment).toBe(written(some));
  expect(await chainOf(id)).toMatchObject({ ok: true });
});

test('T38 hostile texts in tickets: messages, titles, names of files', async () => {
  const ticketId = newId<TicketId>();
  const open = { type: 'ticket.open' as const, payload: { deviceId, title: 'Texts' } };
  expect(await erika.socket.propose(command(ticketId, 0, open))).toBe('ok');
  await tryField({
    name: 'message',
    who: () => pump,
    stream: ticketId,
    body: (text) => ({ type: 'ticket.send', payload: { messageId: newId<MessageId>(), text } }),
    kept: (event: TicketEvent) => (event.type === 'ticket.message' ? event.payload.text : undefined),
  });
  const short = hostileTexts.filter((text) => isVisible(text) && text.length <= 200);
  for (let from = 0; from < short.length; from += 20) {
    const some = short.slice(from, from + 20);
    const files = some.map((name) => {
      const sha256 = 'b'.repeat(64);
      return { itemId: newId<ItemId>(), name, mediaType: 'text/plain' as const, bytes: 5, sha256 };
    });
    const outcomes = await pump.socket.push(
      ...files.map((file) =>
        command(ticketId, 0, {
          type: 'ticket.send-file',
          payload: { messageId: newId<MessageId>(), text: '', file },
        }),
      ),
    );
    for (const [at, outcome] of outcomes.entries())
      if (!outcome.ok) expect([some[at], clear.has(outcome.reason as ErrorCode)]).toEqual([some[at], true]);
    const titles = await pump.socket.push(
      ...some.map((title) => command(newId<TicketId>(), 0, { type: 'ticket.open', payload: { title } })),
    );
    for (const [at, outcome] of titles.entries()) expect([some[at], outcome.ok]).toEqual([some[at], true]);
  }
  const kept = new Set((await pump.client.me()).tickets.map((ticket) => ticket.title));
  expect(short.slice(-20).filter((title) => !kept.has(title.trim().toWellFormed()))).toEqual([]);
  expect(await chainOf(ticketId)).toMatchObject({ ok: true });
});

test('T38 hostile names and addresses of devices, employees, customers', async () => {
  const stream = demoOrganization;
  const fields: Omit<Field, 'stream' | 'who'>[] = [
    {
      name: 'device name',
      body: (name) => ({ type: 'device.rename', payload: { deviceId, name, location: '' } }),
      kept: (event: OrganizationEvent) => (event.type === 'device.renamed' ? event.payload.name : undefined),
    },
    {
      name: 'location',
      body: (location) => ({ type: 'device.rename', payload: { deviceId, name: 'Pump P-101', location } }),
      kept: (event: OrganizationEvent) =>
        event.type === 'device.renamed' ? event.payload.location : undefined,
    },
    {
      name: 'employee',
      body: (name) => ({
        type: 'employee.invite',
        payload: {
          employeeId: newId<EmployeeId>(),
          name,
          email: `${newId().toLowerCase()}@texts.example`,
          role: 'employee',
          responsibleFor: [],
        },
      }),
      kept: (event: OrganizationEvent) =>
        event.type === 'employee.invited' ? event.payload.name : undefined,
    },
    {
      name: 'email',
      body: (email) => ({
        type: 'employee.invite',
        payload: {
          employeeId: newId<EmployeeId>(),
          name: 'Name',
          email,
          role: 'employee',
          responsibleFor: [],
        },
      }),
      kept: (event: OrganizationEvent) =>
        event.type === 'employee.invited' ? event.payload.email : undefined,
    },
    {
      name: 'customer',
      body: (name) => ({
        type: 'customer.add',
        payload: { customerId: newId<CustomerId>(), name, contact: name.slice(0, 100) },
      }),
      kept: (event: OrganizationEvent) => (event.type === 'customer.added' ? event.payload.name : undefined),
    },
  ];
  for (const field of fields) await tryField({ ...field, stream, who: () => ada });
  const { storage } = relay;
  expect((await storage.events.read(stream)).length).toBeGreaterThan(300);
  expect(await chainOf(stream)).toMatchObject({ ok: true });
  // The directory of everybody is still one.
  expect((await pump.client.me()).devices).toHaveLength(1);
});

test('T38 hostile names at the door: a code user is called so, or is told what is wrong', async () => {
  for (const name of hostileTexts) {
    const client = new Client(relay.origin);
    const response = await client.post('/api/code', { code: codes.pump, name });
    if (response.ok) {
      const { subject } = await client.me();
      const known = isVisible(name) ? name.trim().toWellFormed() : 'Code user';
      expect(subject.name.toWellFormed()).toBe(known);
      expect([...response.headers.keys()].every((key) => /^[a-z0-9-]+$/.test(key))).toBe(true);
    } else {
      expect([name, response.status, name.trim().length > 120]).toEqual([name, 400, true]);
      expect(await response.json()).toEqual({ code: 'malformed' });
    }
  }
});

test('T14 a deep link to an internal session is answered as one that never was, to the byte', async () => {
  const id = await request(pump.socket, 'soon internal');
  await confirm(erika.socket, id);
  const hide = { type: 'session.set-visibility' as const, payload: { visibility: 'internal' as const } };
  expect(await erika.socket.propose(command(id, 999, hide))).toBe('ok');
  const answers = async (of: string) => {
    const { client } = pump;
    const responses = [
      await client.request(`/api/blobs/${of}/${newId()}`),
      await client.request(`/api/streams/${of}/chain`),
      await client.post(`/api/sessions/${of}/guest-link`, {}),
      await client.request(`/api/sessions/${of}/guest-link`, { method: 'DELETE' }),
      await client.post('/api/socket-tickets', { purpose: 'calls', sessionId: of, callId: newId() }),
      await client.request(`/sessions/${of}`),
    ];
    return Promise.all(
      responses.map(async (response) => {
        const head = [...response.headers].filter(([key]) => key !== 'date');
        return [response.status, head, await response.text()];
      }),
    );
  };
  const commands: Body[] = [
    { type: 'chat.send', payload: { messageId: newId<MessageId>(), text: 'x' } },
    { type: 'session.request', payload: { reason: 'x', ticketIds: [] } },
  ];
  expect(await answers(id)).toEqual(await answers(newId()));
  // To ask for a session with this id is no way to learn that it is taken: only that it cannot be had.
  expect(await pump.socket.propose(command(id as SessionId, 999, commands[0] as never))).toBe('not-found');
  expect(await pump.socket.propose(command(id as SessionId, 0, commands[1] as never))).toBe('not-found');
});

test('a note of 1 MB closes the socket that sent it; one that is a little too long is refused with its reason', async () => {
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  const note = (text: string) =>
    command(id, 999, { type: 'note.add', payload: { noteId: newId<NoteId>(), text } });
  expect(await erika.socket.propose(note('n'.repeat(10_000)))).toBe('ok');
  expect(await erika.socket.propose(note('n'.repeat(10_001)))).toBe('text-too-long');
  expect(await erika.socket.propose(note('ü'.repeat(30_000)))).toBe('text-too-long');
  const other = await erika.client.sync();
  void other.push(note('n'.repeat(1024 * 1024))).catch(() => undefined);
  expect((await other.closed).code).toBe(1009);
  expect((await relay.sessions.get(id))?.notes).toHaveLength(1);
  expect(await erika.socket.propose(note('goes on'))).toBe('ok');
});

test('T42 the same command a thousand times is one: of a session, in one push and in many', async () => {
  const id = newId<SessionId>();
  const ask = command(id, 0, { type: 'session.request', payload: { reason: 'once', ticketIds: [] } });
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => pump.socket.push(...Array.from({ length: 100 }, () => ask))),
  );
  expect(answers.flat().filter((one) => one.ok && one.seq === 1)).toHaveLength(1000);
  expect((await relay.sessions.get(id))?.seq).toBe(1);
  expect(pump.socket.events.get(id)).toHaveLength(1);
});
