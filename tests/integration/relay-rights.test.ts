import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallId, CommandId, DeviceId, ScreenshotId, SessionId } from '#domain/ids.ts';
import { defaultSettings, type OrganizationSettings } from '#domain/organization/settings.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import { sessionStatuses, type SessionStatus } from '#domain/session/status.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import {
  Client,
  codes,
  command,
  confirm,
  emails,
  newId,
  opening,
  request,
  startRelay,
  type SyncClient,
  asAdministrator,
  demoOrganization,
  switchCode,
} from '../harness/relay-harness.ts';

let relay: Awaited<ReturnType<typeof startRelay>>;
const clock = new ManualClock();
interface Person {
  client: Client;
  socket: SyncClient;
}
let pump: Person;
let compressor: Person;
let press: Person;
let erika: Person;
let emil: Person;
let ada: Person;
let otto: Person;

const come = async (pending: Promise<Client>): Promise<Person> => {
  const client = await pending;
  return { client, socket: await client.sync() };
};

beforeAll(async () => {
  relay = await startRelay({}, { clock });
  pump = await come(Client.codeUser(relay, codes.pump));
  compressor = await come(Client.codeUser(relay, codes.compressor));
  press = await come(Client.codeUser(relay, codes.press));
  [erika, emil, ada, otto] = await Promise.all([
    come(Client.employee(relay, emails.erika)),
    come(Client.employee(relay, emails.emil)),
    come(Client.employee(relay, emails.ada)),
    come(Client.employee(relay, emails.otto)),
  ]);
});
afterAll(() => relay.dispose());

const setSettings = (changes: Partial<OrganizationSettings>) =>
  asAdministrator(relay, demoOrganization, {
    type: 'organization.change-settings',
    payload: { changes: { ...defaultSettings, ...changes } },
  });

const statusNow = async (id: SessionId) => (await relay.sessions.get(id))?.status;
const say = (who: Person, id: SessionId, body: SessionCommandBody, baseSeq = 999) =>
  who.socket.propose(command(id, baseSeq, body));
const callStart = (): SessionCommandBody => ({
  type: 'call.start',
  payload: { callId: newId<CallId>(), mode: 'video' },
});

/** A session of the pump in the wanted status. */
async function sessionIn(status: SessionStatus): Promise<SessionId> {
  const id = await request(pump.socket);
  if (status === 'REQUESTED') return id;
  await confirm(erika.socket, id);
  if (status === 'CONFIRMED') return id;
  if (status === 'CANCELLED') {
    await say(erika, id, { type: 'session.cancel', payload: { reason: '' } });
    return id;
  }
  const payload = { callId: newId<CallId>(), mode: 'voice' as const };
  await say(pump, id, { type: 'call.start', payload });
  await say(erika, id, { type: 'call.answer', payload });
  await say(pump, id, { type: 'call.link-up', payload });
  if (status === 'IN_PROGRESS') return id;
  await say(erika, id, { type: 'call.leave', payload });
  if (status === 'CLOSED') await say(erika, id, { type: 'session.close', payload: {} });
  return id;
}

/** What a modified client would send to reach a status. */
const forged: Record<SessionStatus, SessionCommandBody[]> = {
  REQUESTED: [{ type: 'session.request', payload: opening('again') }],
  CONFIRMED: [
    { type: 'session.confirm', payload: {} },
    { type: 'session.reopen', payload: {} },
    { type: 'session.create', payload: opening('mine') },
  ],
  IN_PROGRESS: [
    { type: 'call.link-up', payload: { callId: newId<CallId>() } },
    { type: 'call.answer', payload: { callId: newId<CallId>(), mode: 'video' } },
  ],
  DONE: [{ type: 'call.leave', payload: { callId: newId<CallId>() } }],
  CLOSED: [{ type: 'session.close', payload: {} }],
  CANCELLED: [
    { type: 'session.decline', payload: { reason: 'x' } },
    { type: 'session.withdraw', payload: { reason: '' } },
    { type: 'session.cancel', payload: { reason: '' } },
  ],
};
/** What a code user may do by the table of statuses: withdraw an own request, cancel what is confirmed. */
const allowed = new Set(['REQUESTED session.withdraw', 'CONFIRMED session.cancel']);

for (const from of sessionStatuses) {
  test(`T8 a modified client of a code user moves ${from} along no pair but its own`, async () => {
    for (const to of sessionStatuses) {
      for (const body of forged[to]) {
        const id = await sessionIn(from);
        const before = await relay.sessions.get(id);
        expect(before?.status).toBe(from);
        const answer = await say(pump, id, body);
        const after = await relay.sessions.get(id);
        if (allowed.has(`${from} ${body.type}`)) {
          expect([answer, after?.status]).toEqual(['ok', 'CANCELLED']);
        } else {
          expect(answer, `${from} to ${to} by ${body.type}`).not.toBe('ok');
          expect(after).toEqual(before);
        }
      }
    }
  });
}

test('T8 what only the relay does cannot be proposed by anybody', async () => {
  const id = await sessionIn('DONE');
  const close = { ...command(id, 99, { type: 'session.close', payload: {} }), type: 'relay.close' };
  for (const who of [pump, erika, ada]) expect(await who.socket.propose(close)).toBe('malformed');
  expect(await statusNow(id)).toBe('DONE');
});

test('T9 a call starts in CONFIRMED alone', async () => {
  for (const status of ['REQUESTED', 'CANCELLED', 'CLOSED', 'DONE'] as const) {
    const id = await sessionIn(status);
    expect(await say(pump, id, callStart()), status).not.toBe('ok');
    expect((await relay.sessions.get(id))?.calls.filter((call) => call.state !== 'ended')).toEqual([]);
  }
  expect(await say(pump, await sessionIn('CONFIRMED'), callStart())).toBe('ok');
});

test('T10 with direct calls off, or on in mid-way, a code user gets no session that nobody confirmed', async () => {
  const create = () => say(pump, newId<SessionId>(), { type: 'session.create', payload: opening('now') }, 0);
  const forgedDirect = () => {
    const good = command(newId<SessionId>(), 0, { type: 'session.create', payload: opening('now') });
    return pump.socket.propose({ ...good, payload: { ...good.payload, direct: true } });
  };
  const requested = await request(pump.socket);
  for (const directCall of [false, true, false]) {
    await setSettings({ directCall });
    expect(await create()).toBe('forbidden');
    expect(await forgedDirect()).toBe('forbidden');
    expect(await say(pump, requested, callStart())).toBe('illegal-transition');
  }
});

test('F4 with requests off a forged request is refused, and on again it works', async () => {
  await setSettings({ allowRequests: false });
  const id = newId<SessionId>();
  const body = { type: 'session.request' as const, payload: opening('please') };
  expect(await say(pump, id, body, 0)).toBe('requests-switched-off');
  expect(await relay.sessions.get(id)).toBeUndefined();
  expect((await pump.client.me()).organization.settings.allowRequests).toBe(false);
  await setSettings({});
  expect(await say(pump, id, body, 0)).toBe('ok');
});

test('F4 P26 the directory is told to be fetched anew when a switch was set', async () => {
  await setSettings({ allowRequests: false });
  await setSettings({});
  await pump.socket.message((one) => one.t === 'directory-changed');
  expect(otto.socket.messages.some((one) => one.t === 'directory-changed')).toBe(false);
});

test('T11 F18 an employee who is not assigned conducts and manages nothing', async () => {
  const id = await sessionIn('CONFIRMED');
  const actions: SessionCommandBody[] = [
    callStart(),
    { type: 'session.cancel', payload: { reason: '' } },
    { type: 'session.close', payload: {} },
    { type: 'session.reopen', payload: {} },
    { type: 'chat.send', payload: { messageId: newId(), text: 'Hi' } },
    { type: 'session.set-visibility', payload: { visibility: 'internal' } },
  ];
  for (const body of actions) expect(await say(emil, id, body), body.type).toBe('not-found');
  await ada.socket.sees(id, () => true, 'the session');
  expect(await say(ada, id, callStart())).toBe('not-assigned');
  // A moderator takes part after assigning herself.
  const { id: adaId } = (await ada.client.me()).subject;
  expect(await say(ada, id, { type: 'session.assign', payload: { employeeId: adaId as never } })).toBe('ok');
  expect(await say(ada, id, callStart())).toBe('ok');
});

test('T11 P17 rights are judged at every message, not once at joining', async () => {
  const id = await sessionIn('CONFIRMED');
  const { id: emilId } = (await emil.client.me()).subject;
  const employeeId = emilId as never;
  expect(await say(erika, id, { type: 'session.assign', payload: { employeeId } })).toBe('ok');
  await emil.socket.sees(id, () => true, 'the session');
  expect(await say(emil, id, { type: 'chat.send', payload: { messageId: newId(), text: 'Here' } })).toBe(
    'ok',
  );
  expect(await say(erika, id, { type: 'session.unassign', payload: { employeeId } })).toBe('ok');
  expect(await say(emil, id, callStart())).toBe('not-found');
  await emil.socket.message((one) => one.t === 'gone' && one.streamId === id);
});

test('T13 P32 of a thousand races between two employees exactly one wins each', async () => {
  const second = (await emil.client.me()).subject;
  const [device] = (await pump.client.me()).devices;
  if (second.kind !== 'employee' || !device || second.responsibleFor === 'all') throw new Error('no demo');
  const answersFor = (responsibleFor: DeviceId[]) =>
    asAdministrator(relay, demoOrganization, {
      type: 'employee.set-responsibilities',
      payload: { employeeId: second.id, responsibleFor },
    });
  await answersFor([...second.responsibleFor, device.id]);
  const rival = (await come(Client.employee(relay, emails.emil))).socket;
  const races = 1000;
  const outcomes: string[] = [];
  for (let done = 0; done < races; done += 250) {
    const ids = Array.from({ length: 250 }, () => newId<SessionId>());
    const body = { type: 'session.request' as const, payload: opening('race') };
    const opened = await pump.socket.push(...ids.map((id) => command(id, 0, body)));
    expect(opened.every((one) => one.ok)).toBe(true);
    const confirms = () => ids.map((id) => command(id, 1, { type: 'session.confirm' as const, payload: {} }));
    const withdraws = () =>
      ids.map((id) => command(id, 1, { type: 'session.withdraw' as const, payload: { reason: '' } }));
    const [one, two, three] = await Promise.all([
      erika.socket.push(...confirms()),
      rival.push(...confirms()),
      pump.socket.push(...withdraws()),
    ]);
    for (const [index, id] of ids.entries()) {
      const answers = [one[index], two[index], three[index]];
      const winners = answers.filter((answer) => answer?.ok);
      const losers = answers.flatMap((answer) => (answer && !answer.ok ? answer.reason : []));
      expect(winners.length).toBe(1);
      expect(losers).toEqual(['stale', 'stale']);
      const session = await relay.sessions.get(id);
      outcomes.push(session?.status ?? 'none');
      expect(session?.seq).toBe(2);
    }
  }
  expect(outcomes.length).toBe(races);
  await answersFor(second.responsibleFor);
  emil = await come(Client.employee(relay, emails.emil));
});

test('T13 P33 a command based on an older state is refused as stale, and the loser is told the new one', async () => {
  const id = await request(pump.socket);
  expect(await say(pump, id, { type: 'session.withdraw', payload: { reason: '' } }, 1)).toBe('ok');
  expect(await say(erika, id, { type: 'session.confirm', payload: {} }, 1)).toBe('stale');
  await erika.socket.sees(id, (session) => session.status === 'CANCELLED', 'the withdrawal');
});

test('T14 T16 T17 nothing of a session reaches anybody it is not visible to', async () => {
  const canary = 'canary-8471';
  const { devices, tickets } = await pump.client.me();
  const [device] = devices;
  const id = newId<SessionId>();
  const body = {
    type: 'session.request' as const,
    payload: { reason: canary, ticketIds: tickets.map((one) => one.id) },
  };
  expect(await say(pump, id, body, 0)).toBe('ok');
  await confirm(erika.socket, id);
  const payload = { callId: newId<CallId>(), mode: 'video' as const };
  const screenshotId = newId<ScreenshotId>();
  await say(pump, id, { type: 'call.start', payload });
  await say(erika, id, { type: 'call.answer', payload });
  const picture = {
    screenshotId,
    bytes: 10,
    sha256: 'a'.repeat(64),
    mediaType: 'image/png' as const,
    width: 2,
    height: 2,
  };
  expect(await say(pump, id, { type: 'screenshot.take', payload: picture })).toBe('ok');
  await say(erika, id, { type: 'chat.send', payload: { messageId: newId(), text: canary } });

  const strangers = [compressor, press, otto, emil];
  for (const [index, stranger] of strangers.entries()) {
    const { client } = stranger;
    // Every route, with every id of the session, the machine and the ticket.
    for (const purpose of ['calls', 'y-webrtc']) {
      const response = await client.post('/api/socket-tickets', {
        purpose,
        sessionId: id,
        callId: payload.callId,
      });
      expect(response.status).toBe(404);
    }
    expect((await client.request(`/api/blobs/${id}/${screenshotId}`)).status).toBe(404);
    const metadata = {
      sessionId: id,
      itemId: screenshotId,
      kind: 'screenshot',
      sha256: picture.sha256,
      mediaType: picture.mediaType,
    };
    const upload = await client.request('/api/uploads', {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': '10',
        'upload-metadata': Object.entries(metadata)
          .map(([key, value]) => `${key} ${btoa(value)}`)
          .join(','),
      },
    });
    expect(upload.status).toBe(404);
    await client.request('/api/me');
    // Every command at this session, and openings that name the foreign machine and ticket.
    const answers = await stranger.socket.push(
      ...Object.values(forged)
        .flat()
        .map((one) => ({ ...command(id, 99, one), id: newId<CommandId>() })),
    );
    expect(answers.every((one) => !one.ok)).toBe(true);
    const foreign = {
      ...opening('x', device?.id as DeviceId),
      ticketIds: tickets.map((ticket) => ticket.id),
    };
    for (const type of ['session.request', 'session.create'] as const) {
      const answer = await say(stranger, newId<SessionId>(), { type, payload: foreign }, 0);
      expect(['not-found', 'forbidden', 'ticket-unknown'], `${index} ${type}`).toContain(answer);
    }
    stranger.socket.say({
      t: 'in-call',
      sessionId: id,
      callId: payload.callId,
      deviceKey: 'x',
      peerId: null,
    });
    await stranger.socket.message((one) => one.t === 'error' && one.reason === 'not-found');
    const fresh = await client.sync();
    const everything = [...client.received, ...client.sockets.flatMap((one) => one.raw)].join('\n');
    for (const secret of [canary, screenshotId, payload.callId, 'a'.repeat(64)])
      expect(everything, `${index}`).not.toContain(secret);
    // What the stranger named is repeated in no event.
    expect(fresh.session(id)).toBeUndefined();
  }
  // The other organization and the other machine do not even learn of the machine.
  for (const stranger of [compressor, press, otto])
    expect(stranger.client.received.join()).not.toContain('Pump P-101');
});

test('T17 ids of another organization in a command of the own one are unknown', async () => {
  const { devices } = await pump.client.me();
  const pressTickets = (await press.client.me()).tickets.map((ticket) => ticket.id);
  const payload = { reason: 'x', ticketIds: pressTickets };
  expect(await say(pump, newId<SessionId>(), { type: 'session.request', payload }, 0)).toBe('ticket-unknown');
  const id = await sessionIn('CONFIRMED');
  const ottoId = (await otto.client.me()).subject.id as never;
  expect(await say(erika, id, { type: 'session.assign', payload: { employeeId: ottoId } })).toBe(
    'employee-unknown',
  );
  expect(
    await say(otto, newId<SessionId>(), { type: 'session.create', payload: opening('x', devices[0]?.id) }, 0),
  ).toBe('not-found');
});

test('T17 P35 the id of a call or a screenshot of another session is taken', async () => {
  const mine = await sessionIn('CONFIRMED');
  const body = callStart();
  expect(await say(pump, mine, body)).toBe('ok');
  const theirs = await request(press.socket);
  await confirm(otto.socket, theirs);
  expect(await say(press, theirs, body)).toBe('already-exists');
});

test('T42 P31 a command id of somebody else is refused, also for another session', async () => {
  const id = await request(pump.socket);
  await erika.socket.sees(id, () => true, 'the request');
  const first = command(id, 1, { type: 'session.confirm', payload: {} });
  expect(await erika.socket.propose(first)).toBe('ok');
  expect(await ada.socket.propose(first)).toBe('already-exists');
  const other = await request(pump.socket);
  expect(await erika.socket.propose({ ...first, streamId: other })).toBe('already-exists');
  expect(await erika.socket.propose(first)).toBe('ok');
  expect((await relay.sessions.get(id))?.seq).toBe(2);
});

test('P82 a code that is switched off ends the sign-ins that it opened', async () => {
  const client = await Client.codeUser(relay, codes.compressor);
  await switchCode(relay, demoOrganization, 'Compressor K-7', false);
  expect((await client.request('/api/me')).status).toBe(401);
  await switchCode(relay, demoOrganization, 'Compressor K-7', true);
});
