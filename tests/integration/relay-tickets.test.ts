import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CallId, CommandId, MessageId, SessionId, TicketId } from '#domain/ids.ts';
import { chainVerdictSchema } from '#domain/protocol/http.ts';
import type { TicketCommandBody } from '#domain/ticket/commands.ts';
import { linkedSessions, tickOf } from '#domain/ticket/ticket.ts';
import * as v from 'valibot';
import {
  administer,
  allKinds,
  Client,
  codes,
  command,
  confirm,
  demoOrganization,
  emails,
  eventually,
  newId,
  request,
  startRelay,
  type SyncClient,
} from '../harness/relay-harness.ts';
import { ManualClock } from '../harness/manual-clock.ts';

let relay: Awaited<ReturnType<typeof startRelay>>;
/** Stands still: what these tests see happens at once, by no timer of the relay's. */
const clock = new ManualClock();
interface Person {
  client: Client;
  socket: SyncClient;
}
let pump: Person;
let compressor: Person;
let erika: Person;
let emil: Person;
let ada: Person;
let otto: Person;

const come = async (pending: Promise<Client>): Promise<Person> => {
  const client = await pending;
  return { client, socket: await client.sync(undefined, allKinds) };
};

beforeAll(async () => {
  relay = await startRelay({}, { clock });
});
afterAll(() => relay.dispose());
beforeEach(async () => {
  pump = await come(Client.codeUser(relay, codes.pump, 'Paul'));
  compressor = await come(Client.codeUser(relay, codes.compressor));
  [erika, emil, ada, otto] = await Promise.all([
    come(Client.employee(relay, emails.erika)),
    come(Client.employee(relay, emails.emil)),
    come(Client.employee(relay, emails.ada)),
    come(Client.employee(relay, emails.otto)),
  ]);
});

const say = (who: Person, id: TicketId, body: TicketCommandBody) => who.socket.propose(command(id, 0, body));
const write = (text: string): TicketCommandBody & { type: 'ticket.send' } => ({
  type: 'ticket.send',
  payload: { messageId: newId<MessageId>(), text },
});
const openTicket = async (who: Person, title = 'Drips again'): Promise<TicketId> => {
  const id = newId<TicketId>();
  const [device] = (await who.client.me()).devices;
  const payload = { title, ...(device ? { deviceId: device.id } : {}) };
  expect(await say(who, id, { type: 'ticket.open', payload })).toBe('ok');
  return id;
};
const sees = (
  who: Person,
  id: TicketId,
  fits: (ticket: NonNullable<ReturnType<SyncClient['ticket']>>) => boolean,
) =>
  eventually(() => {
    const ticket = who.socket.ticket(id);
    return ticket && fits(ticket) ? ticket : undefined;
  }, 'the ticket');
const onSession = (who: Person, id: SessionId, body: Parameters<typeof command>[2]) =>
  who.socket.propose(command(id, 999, body));
const setVisibility = (id: SessionId, visibility: 'public' | 'internal') =>
  onSession(erika, id, { type: 'session.set-visibility', payload: { visibility } });
const chat = (text: string) =>
  ({ type: 'chat.send', payload: { messageId: newId<MessageId>(), text } }) as const;

test('the demo has one open ticket on each device, with numbers that go on', async () => {
  const all = (await ada.client.me()).tickets;
  expect(all.map((ticket) => [ticket.number, ticket.title])).toEqual([
    [1042, 'Pump P-101 loses pressure'],
    [1043, 'Compressor K-7 runs hot'],
  ]);
  const id = await openTicket(pump);
  expect(relay.streams.head).toBeGreaterThan(0);
  expect((await sees(erika, id, () => true)).number).toBe(1044);
  const twins = await Promise.all([openTicket(pump), openTicket(compressor), openTicket(erika)]);
  const numbers = await Promise.all(twins.map(async (one) => (await sees(ada, one, () => true)).number));
  expect(new Set(numbers).size).toBe(3);
  await sees(otto, (await otto.client.me()).tickets[0]?.id ?? newId(), (ticket) => ticket.number === 2001);
});

test('F103 a conversation goes both ways with ticks, live', async () => {
  const id = await openTicket(pump);
  await sees(erika, id, () => true);
  const message = write('It drips again');
  expect(await say(pump, id, message)).toBe('ok');
  const { messageId } = message.payload;
  await sees(erika, id, (ticket) => ticket.messages.length === 1);
  expect(tickOf(await sees(pump, id, (one) => one.messages.length === 1), messageId)).toBe('sent');
  expect(await say(erika, id, { type: 'ticket.mark-delivered', payload: { messageId } })).toBe('ok');
  await sees(pump, id, (ticket) => tickOf(ticket, messageId) === 'delivered');
  expect(await say(erika, id, { type: 'ticket.mark-read', payload: { messageId } })).toBe('ok');
  await sees(pump, id, (ticket) => tickOf(ticket, messageId) === 'read');
  expect(await say(erika, id, { type: 'ticket.close', payload: { reason: 'New seal' } })).toBe('ok');
  expect(await say(pump, id, write('And now?'))).toBe('ticket-closed');
  expect((await pump.client.me()).tickets.some((ticket) => ticket.id === id)).toBe(false);
  expect(await say(pump, id, { type: 'ticket.reopen', payload: {} })).toBe('forbidden');
  expect(await say(erika, id, { type: 'ticket.reopen', payload: {} })).toBe('ok');
});

test('T14 T16 T17 T50 P90 a ticket is nothing to anybody else, and nobody links to one of another device', async () => {
  const canary = 'canary-ticket-7312';
  const id = await openTicket(pump, canary);
  expect(await say(pump, id, write(canary))).toBe('ok');
  const tries = [
    write('x'),
    { type: 'ticket.close' as const, payload: { reason: '' } },
    { type: 'ticket.open' as const, payload: { title: 'x' } },
  ];
  for (const stranger of [compressor, emil, otto]) {
    for (const body of tries) expect(await say(stranger, id, body)).toBe('not-found');
    const own = newId<SessionId>();
    const payload = { reason: 'x', ticketIds: [id] };
    expect(['ticket-unknown', 'forbidden', 'device-missing']).toContain(
      await onSession(stranger, own, { type: 'session.request', payload }),
    );
    expect((await stranger.client.request(`/api/streams/${id}/chain`)).status).toBe(404);
    const fresh = await stranger.client.sync(undefined, allKinds);
    expect(fresh.ticket(id)).toBeUndefined();
    expect(
      [...stranger.client.received, ...stranger.client.sockets.flatMap((one) => one.raw)].join(),
    ).not.toContain(canary);
  }
  const session = await request(compressor.socket);
  await confirm(emil.socket, session);
  for (const ticketId of [id, (await otto.client.me()).tickets[0]?.id ?? id])
    expect(await onSession(emil, session, { type: 'session.link-ticket', payload: { ticketId } })).toBe(
      'ticket-unknown',
    );
  // A machine's id in place of the own one counts for nothing.
  const [device] = (await compressor.client.me()).devices;
  const foreign = { title: 'x', ...(device ? { deviceId: device.id } : {}) };
  expect(await say(pump, newId(), { type: 'ticket.open', payload: foreign })).toBe('not-found');
});

test('F11 F70 P91 links stand on both sides, from the opening on and later, and are undone on both', async () => {
  const [first, second] = [await openTicket(pump), await openTicket(pump)];
  const [device] = (await erika.client.me()).devices;
  const id = newId<SessionId>();
  const payload = {
    reason: 'From the ticket',
    ticketIds: [first],
    ...(device ? { deviceId: device.id } : {}),
  };
  expect(await onSession(erika, id, { type: 'session.create', payload })).toBe('ok');
  await sees(pump, first, (ticket) => linkedSessions(ticket).includes(id));
  const link = { type: 'session.link-ticket' as const, payload: { ticketId: second } };
  expect(await onSession(erika, id, link)).toBe('ok');
  const linked = await sees(erika, second, (ticket) => linkedSessions(ticket).includes(id));
  expect(erika.socket.events.get(second)?.at(-1)?.actor).toMatchObject({ name: 'Erika Expert' });
  expect(linked.sessions).toMatchObject([{ sessionId: id, visibility: 'public' }]);
  expect((await relay.sessions.get(id))?.ticketIds).toEqual([first, second]);
  expect(await onSession(erika, id, { ...link, type: 'session.unlink-ticket' })).toBe('ok');
  await sees(pump, second, (ticket) => linkedSessions(ticket).length === 0);
  // A new ticket from a session: both commands in one push.
  const third = newId<TicketId>();
  const answers = await erika.socket.push(
    command(third, 0, {
      type: 'ticket.open',
      payload: { title: 'Follow-up', ...(device ? { deviceId: device.id } : {}) },
    }),
    command(id, 999, { type: 'session.link-ticket', payload: { ticketId: third } }),
  );
  expect(answers.map((one) => one.ok)).toEqual([true, true]);
  await sees(pump, third, (ticket) => linkedSessions(ticket).includes(id));
});

test('C19 F16 chat of a linked session stands in the ticket, unless that is switched off', async () => {
  const ticketId = await openTicket(pump);
  const id = newId<SessionId>();
  const request = { type: 'session.request' as const, payload: { reason: 'x', ticketIds: [ticketId] } };
  expect(await onSession(pump, id, request)).toBe('ok');
  await confirm(erika.socket, id);
  expect(await onSession(erika, id, chat('Please close the valve'))).toBe('ok');
  const seen = await sees(pump, ticketId, (ticket) => ticket.messages.length === 1);
  expect(seen.messages[0]).toMatchObject({
    text: 'Please close the valve',
    author: { name: 'Erika Expert' },
  });
  const mirror = (mirrorChatToTicket: boolean) =>
    administer(ada.socket, {
      type: 'organization.change-settings',
      payload: { changes: { mirrorChatToTicket } },
    });
  expect(await mirror(false)).toBe('ok');
  expect(await onSession(erika, id, chat('Not for the ticket'))).toBe('ok');
  expect(await mirror(true)).toBe('ok');
  expect(await onSession(pump, id, chat('It is closed'))).toBe('ok');
  const after = await sees(pump, ticketId, (ticket) => ticket.messages.length === 2);
  expect(after.messages.map((message) => message.text)).toEqual(['Please close the valve', 'It is closed']);
});

test('T14 T15 P92 nothing of an internal session stays in a ticket that a code user has, live and at the next contact', async () => {
  const canary = 'canary-mirrored-5120';
  const ticketId = await openTicket(pump);
  const id = newId<SessionId>();
  const ask = { type: 'session.request' as const, payload: { reason: 'x', ticketIds: [ticketId] } };
  expect(await onSession(pump, id, ask)).toBe('ok');
  await confirm(erika.socket, id);
  expect(await onSession(erika, id, chat(canary))).toBe('ok');
  expect(await say(pump, ticketId, write('mine'))).toBe('ok');
  await sees(pump, ticketId, (ticket) => ticket.messages.length === 2);
  const { epoch, position } = pump.socket;
  const sinceMs = clock.nowMs();
  expect(await setVisibility(id, 'internal')).toBe('ok');
  const purged = await sees(pump, ticketId, (ticket) => ticket.messages.length === 1);
  expect(clock.nowMs()).toBe(sinceMs);
  expect(JSON.stringify([...pump.socket.events])).not.toContain(canary);
  expect(JSON.stringify(purged)).not.toContain(id);
  // Whoever was away, and whoever begins anew.
  const back = await pump.client.sync({ epoch, position }, allKinds);
  expect(back.messages.some((one) => one.t === 'gone' && one.streamId === ticketId)).toBe(true);
  const fresh = await pump.client.sync(undefined, allKinds);
  for (const socket of [back, fresh]) {
    expect(socket.raw.join()).not.toContain(canary);
    expect(socket.raw.join().replaceAll(`"streamId":"${id}"`, '')).not.toContain(id);
    expect(socket.ticket(ticketId)).toEqual(purged);
  }
  // What is said meanwhile stays inside, and the numbers of what the code user writes have no gap.
  expect(await onSession(erika, id, chat(`${canary} again`))).toBe('ok');
  const mine = command(ticketId, 0, write('more'));
  const [outcome] = await fresh.push(mine);
  const seen = await eventually(() => {
    const ticket = fresh.ticket(ticketId);
    return ticket?.messages.length === 2 ? ticket : undefined;
  }, 'the own message');
  expect(outcome).toMatchObject({ ok: true, seq: seen.seq });
  expect(fresh.raw.join()).not.toContain(canary);
  // And back again.
  expect(await setVisibility(id, 'public')).toBe('ok');
  const whole = await eventually(() => {
    const ticket = fresh.ticket(ticketId);
    return ticket?.messages.length === 4 ? ticket : undefined;
  }, 'everything again');
  expect(whole).toEqual((await relay.streams.load(ticketId))?.state);
});

test('X18 of withdraw and confirm, and of cancel and start, the first in the relay’s order stands', async () => {
  for (let round = 0; round < 20; round += 1) {
    const id = await request(pump.socket);
    await erika.socket.sees(id, () => true, 'the request');
    const bodies = [
      { type: 'session.withdraw' as const, payload: { reason: '' } },
      { type: 'session.confirm' as const, payload: {} },
    ] as const;
    const [withdrawn, confirmed] = await Promise.all([
      pump.socket.propose(command(id, 1, bodies[0])),
      erika.socket.propose(command(id, 1, bodies[1])),
    ]);
    expect([withdrawn, confirmed].sort()).toEqual(['ok', 'stale']);
    const won = withdrawn === 'ok' ? 'CANCELLED' : 'CONFIRMED';
    for (const who of [pump, erika]) await who.socket.sees(id, (one) => one.status === won, won);
    if (won === 'CANCELLED') continue;
    const call = { callId: newId<CallId>(), mode: 'video' as const };
    const answers = await Promise.all([
      erika.socket.propose(command(id, 2, { type: 'session.cancel', payload: { reason: '' } })),
      pump.socket.propose(command(id, 2, { type: 'call.start', payload: call })),
    ]);
    expect(answers[0]).toBe('ok');
    const session = await relay.sessions.get(id);
    expect([session?.status, session?.calls.some((one) => one.state !== 'ended')]).toEqual([
      'CANCELLED',
      false,
    ]);
  }
});

test('P93 the same message and the same mark a thousand times are one each', async () => {
  const id = await openTicket(pump);
  const message = command(id, 0, write('once'));
  const copies = Array<unknown>(200).fill(message);
  const answers = (await Promise.all([1, 2, 3, 4, 5].map(() => pump.socket.push(...copies)))).flat();
  expect(answers.every((one) => one.ok && one.seq === 2)).toBe(true);
  // With ids of their own the commands are others, and the message is still one.
  const others = Array.from({ length: 100 }, () => ({ ...message, id: newId<CommandId>() }));
  expect((await pump.socket.push(...others)).every((one) => !one.ok && one.reason === 'already-exists')).toBe(
    true,
  );
  const { messageId } = message.payload;
  const marks = Array.from({ length: 200 }, () =>
    command(id, 0, { type: 'ticket.mark-read' as const, payload: { messageId } }),
  );
  expect((await erika.socket.push(...marks)).every((one) => one.ok)).toBe(true);
  expect((await relay.streams.load(id))?.events.length).toBe(3);
});

test('T49 P68 a rating counts once, from the session’s code user, after a completed call', async () => {
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  const callId = newId<CallId>();
  const rate = { type: 'rating.give' as const, payload: { callId, score: 5 as const, comment: 'Fine' } };
  expect(await onSession(pump, id, rate)).not.toBe('ok');
  for (const [who, body] of [
    [pump, { type: 'call.start', payload: { callId, mode: 'video' } }],
    [erika, { type: 'call.answer', payload: { callId, mode: 'video' } }],
    [pump, { type: 'call.link-up', payload: { callId } }],
  ] as const)
    expect(await onSession(who, id, body)).toBe('ok');
  expect(await onSession(pump, id, rate)).not.toBe('ok');
  expect(await onSession(pump, id, { type: 'call.leave', payload: { callId } })).toBe('ok');
  const tablet = await come(Client.codeUser(relay, codes.pump, 'Other'));
  for (const who of [erika, ada, tablet]) expect(await onSession(who, id, rate)).not.toBe('ok');
  for (const who of [compressor, otto]) expect(await onSession(who, id, rate)).toBe('not-found');
  expect(await onSession(pump, id, rate)).toBe('ok');
  expect(await onSession(pump, id, rate)).toBe('already-rated');
  expect((await relay.sessions.get(id))?.ratings).toMatchObject([{ score: 5, comment: 'Fine' }]);
  // The other tablet at the machine gets a place holder, and nothing of what was said.
  await tablet.socket.sees(
    id,
    (session) => session.seq === (erika.socket.session(id)?.seq ?? 0),
    'all of it',
  );
  expect(tablet.socket.raw.join()).not.toContain('Fine');
});

test('F78 notes of several people are for employees, and not in any frame to a code user', async () => {
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  const note = (text: string) => ({ type: 'note.add' as const, payload: { noteId: newId<never>(), text } });
  expect(await onSession(erika, id, note('canary-note seal worn'))).toBe('ok');
  expect(await onSession(ada, id, note('canary-note order parts'))).toBe('ok');
  expect(await onSession(pump, id, note('x'))).toBe('forbidden');
  expect(await onSession(erika, id, note('x'.repeat(10_001)))).toBe('text-too-long');
  await pump.socket.sees(id, (session) => session.seq === 4, 'four events');
  const fresh = await pump.client.sync(undefined, allKinds);
  for (const raw of [pump.socket.raw, fresh.raw]) expect(raw.join()).not.toContain('canary-note');
  expect((await relay.sessions.get(id))?.notes.map((one) => one.author.name)).toEqual([
    'Erika Expert',
    'Ada Admin',
  ]);
});

test('T55 the chain of every stream holds, and tampering with the database shows', async () => {
  const id = await openTicket(pump);
  expect(await say(pump, id, write('as it was'))).toBe('ok');
  const verdict = async (streamId: string) => {
    const response = await ada.client.request(`/api/streams/${streamId}/chain`);
    return response.ok ? v.parse(chainVerdictSchema, await response.json()) : response.status;
  };
  expect(await verdict(id)).toMatchObject({ ok: true });
  expect(await verdict(demoOrganization)).toMatchObject({ ok: true });
  expect((await erika.client.request(`/api/streams/${demoOrganization}/chain`)).status).toBe(404);
  expect((await pump.client.request(`/api/streams/${id}/chain`)).status).toBe(404);
  const { default: Database } = await import('better-sqlite3');
  const file = new Database(`${relay.settings.dataDir}/sightline.sqlite`);
  file
    .prepare(`update events set payload = replace(payload, 'was', 'were') where stream_id = ? and seq = 2`)
    .run(id);
  file.close();
  expect(await verdict(id)).toEqual({ ok: false, seq: 2 });
});
