import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import type { EmployeeId, CallId, SessionId } from '#domain/ids.ts';
import { closeCodes, protocolVersion } from '#domain/protocol/version.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import {
  Client,
  closedWith,
  codes,
  command,
  confirm,
  emails,
  newId,
  openSocket,
  request,
  startRelay,
  type SyncClient,
  asAdministrator,
  demoOrganization,
} from '../harness/relay-harness.ts';
import { seededRandom, seedFor } from '../harness/seeded.ts';

let relay: Awaited<ReturnType<typeof startRelay>>;
const clock = new ManualClock();
let pump: Client;
let pumpSocket: SyncClient;
let erika: Client;
let erikaSocket: SyncClient;
let sessionId: SessionId;
let callId: CallId;

const endpoints = [
  { path: '/sockets/sync', purpose: 'sync', parameter: 'ticket' },
  { path: '/sockets/documents', purpose: 'documents', parameter: 'ticket' },
  { path: '/sockets/calls/peerjs', purpose: 'calls', parameter: 'token' },
  { path: '/sockets/y-webrtc', purpose: 'y-webrtc', parameter: 'ticket' },
] as const;
type Endpoint = (typeof endpoints)[number];

beforeAll(async () => {
  relay = await startRelay({}, { clock });
  pump = await Client.codeUser(relay, codes.pump);
  erika = await Client.employee(relay, emails.erika);
  pumpSocket = await pump.sync();
  erikaSocket = await erika.sync();
  sessionId = await request(pumpSocket);
  await confirm(erikaSocket, sessionId);
  callId = newId();
  const payload = { callId, mode: 'video' as const };
  expect(await pumpSocket.propose(command(sessionId, 2, { type: 'call.start', payload }))).toBe('ok');
  expect(await erikaSocket.propose(command(sessionId, 3, { type: 'call.answer', payload }))).toBe('ok');
  // Present, so that time may be moved without anybody losing the place in the call.
  for (const socket of [pumpSocket, erikaSocket])
    socket.say({ t: 'in-call', sessionId, callId, deviceKey: 'one', peerId: null });
  await pumpSocket.message((one) => one.t === 'roster' && one.participants.length === 2);
});
afterAll(() => relay.dispose());

const stillServes = async () => expect((await pump.request('/healthz')).status).toBe(200);

/** The address of an endpoint with a fresh ticket. */
async function addressOf({ path, purpose, parameter }: Endpoint, client = pump): Promise<string> {
  const call = purpose === 'calls' || purpose === 'y-webrtc' ? { sessionId, callId } : {};
  const { ticket, peerId } = await client.ticket({ purpose, ...call });
  const peer = peerId ? `&id=${peerId}&key=peerjs` : '';
  return `${relay.origin.replace('http', 'ws')}${path}?${parameter}=${ticket}${peer}`;
}

const outcome = (pending: Promise<WebSocket>): Promise<string> =>
  pending.then(
    (socket) => {
      socket.terminate();
      return 'open';
    },
    (error: Error) => error.message,
  );

test('T2 every socket endpoint is known to this test', () => {
  const known = endpoints.map(({ path, purpose, parameter }) => ({ path, purpose, parameter }));
  expect(relay.gate.paths().sort((a, b) => a.path.localeCompare(b.path))).toEqual(
    [...known].sort((a, b) => a.path.localeCompare(b.path)),
  );
});

for (const endpoint of endpoints) {
  test(`T2 P10 ${endpoint.path} opens for its own origin alone`, async () => {
    const { port } = relay;
    const wrong = [
      undefined,
      'null',
      'https://evil.example',
      `http://sub.127.0.0.1.nip.io:${port}`,
      `http://127.0.0.1:${port + 1}`,
      `https://127.0.0.1:${port}`,
    ];
    for (const origin of wrong) {
      expect(await outcome(openSocket(await addressOf(endpoint), origin)), String(origin)).toBe(
        'refused 403',
      );
    }
    expect(await outcome(openSocket(await addressOf(endpoint), relay.origin))).toBe('open');
  });

  test(`T2 T42 P11 ${endpoint.path} takes a ticket once, within a minute, for its purpose`, async () => {
    const address = await addressOf(endpoint);
    expect(await outcome(openSocket(address, relay.origin))).toBe('open');
    expect(await outcome(openSocket(address, relay.origin))).toBe('refused 401');
    const late = await addressOf(endpoint);
    clock.advance(60_001);
    expect(await outcome(openSocket(late, relay.origin))).toBe('refused 401');
    for (const other of endpoints) {
      if (other.purpose === endpoint.purpose) continue;
      const wrong = new URL(await addressOf(other)).searchParams.get(other.parameter);
      const url = `${relay.origin.replace('http', 'ws')}${endpoint.path}?${endpoint.parameter}=${wrong}`;
      expect(await outcome(openSocket(url, relay.origin)), other.purpose).toBe('refused 401');
    }
    for (const ticket of ['', '%00', 'x'.repeat(5000)]) {
      const url = `${relay.origin.replace('http', 'ws')}${endpoint.path}?${endpoint.parameter}=${ticket}`;
      expect(await outcome(openSocket(url, relay.origin))).toBe('refused 401');
    }
  });

  test(`T6 T7 P14 ${endpoint.path} closes with 1009 on a frame of 1 MB, and the relay lives`, async () => {
    const socket = await openSocket(await addressOf(endpoint), relay.origin);
    const closed = closedWith(socket);
    socket.send('x'.repeat(1024 * 1024));
    expect((await closed).code).toBe(1009);
    await stillServes();
  });

  test(`T6 ${endpoint.path} survives thousands of malformed frames`, async () => {
    const seed = seedFor(`fuzz ${endpoint.path}`);
    const random = seededRandom(seed);
    let sockets = 0;
    for (; sockets < 300; sockets += 1) {
      // Tickets are rationed by the minute.
      if (sockets % 100 === 0) clock.advance(60_001);
      const socket = await openSocket(await addressOf(endpoint), relay.origin);
      const closed = closedWith(socket);
      if (endpoint.purpose === 'sync' && random() < 0.5)
        socket.send(JSON.stringify({ t: 'hello', version: protocolVersion, epoch: null, position: 0 }));
      // Mostly the first one closes the socket; what follows must do no harm either.
      for (let i = 0; i < 8; i += 1) socket.send(malformed(random));
      socket.close();
      await closed;
    }
    await stillServes();
    const fresh = await erika.sync();
    expect(fresh.session(sessionId)?.id, `seed ${seed}`).toBe(sessionId);
  });
}

const samples = [
  '{"t":"hello","version":1,"epoch":null,"position":0}',
  '{"t":"push","requestId":1,"commands":[{"id":1}]}',
  '{"t":"in-call","sessionId":"x","callId":"y","deviceKey":"z","peerId":null}',
  '{"t":"live","callId":"x","data":"AAAA"}',
  '{"type":"OFFER","dst":"x","payload":{"type":"media"}}',
  '{"type":"publish","topic":"x","data":{}}',
  '{"type":"subscribe","topics":["x"]}',
  '[]',
  'null',
  '"__proto__"',
  '{"t":"push","requestId":1e999,"commands":null}',
];

/** Noise, broken JSON, and proper messages with one thing wrong. */
function malformed(random: () => number): string | Buffer {
  const kind = random();
  if (kind < 0.3) return Buffer.from(Array.from({ length: 1 + random() * 200 }, () => random() * 256));
  const sample = samples[Math.floor(random() * samples.length)] ?? '';
  if (kind < 0.5) return sample;
  if (kind < 0.6) return '['.repeat(1 + random() * 5000);
  const at = Math.floor(random() * sample.length);
  const letter = String.fromCharCode(random() * 0xd7ff);
  return sample.slice(0, at) + letter + sample.slice(at + Math.floor(random() * 3));
}

test('T6 P14 P20 broken JSON, binary noise and a second hello close the sync socket with 1003 and a reason', async () => {
  const hello = JSON.stringify({ t: 'hello', version: protocolVersion, epoch: null, position: 0 });
  const cases: (string | Buffer)[][] = [
    ['{"t":'],
    [Buffer.from([0xdd, 0x10, 0, 0, 0])],
    ['{"t":"push","requestId":1,"commands":[]}'],
    [hello, hello],
  ];
  for (const frames of cases) {
    const socket = await openSocket(await addressOf(endpoints[0]), relay.origin);
    const closed = closedWith(socket);
    for (const frame of frames) socket.send(frame);
    const { code, reason } = await closed;
    expect(code).toBe(closeCodes.malformed);
    expect(reason).not.toBe('');
  }
});

test('T6 P30 malformed and unknown commands are answered one by one, the rest of the push counts', async () => {
  const good = command(sessionId, 9, {
    type: 'chat.send',
    payload: { messageId: newId(), text: 'Still here' },
  });
  const newer = { ...good, id: newId(), type: 'session.teleport' };
  const broken = { ...good, id: newId(), payload: { text: 5 } };
  const outcomes = await pumpSocket.push(null, newer, broken, 'x', good);
  expect(outcomes.map((one) => (one.ok ? 'ok' : one.reason))).toEqual([
    'malformed',
    'unknown-command',
    'malformed',
    'malformed',
    'ok',
  ]);
});

test('P20 a client of another version is told to update', async () => {
  const socket = await openSocket(await addressOf(endpoints[0]), relay.origin);
  const closed = closedWith(socket);
  socket.send(JSON.stringify({ t: 'hello', version: protocolVersion + 1, epoch: null, position: 0 }));
  expect((await closed).code).toBe(closeCodes.updateNeeded);
});

test('T7 P14 a flood closes the socket that floods, and others are served', async () => {
  const socket = await openSocket(await addressOf(endpoints[0]), relay.origin);
  const closed = closedWith(socket);
  socket.send(JSON.stringify({ t: 'hello', version: protocolVersion, epoch: null, position: 0 }));
  for (let i = 0; i < 2000; i += 1) socket.send(`{"t":"ping","requestId":${i}}`);
  expect((await closed).code).toBe(closeCodes.tooMany);
  await stillServes();
});

test('P3 P16 signing out ends every socket of the sign-in and its tickets', async () => {
  const client = await Client.employee(relay, emails.erika);
  const sync = await client.sync();
  const documents = await openSocket(await addressOf(endpoints[1], client), relay.origin);
  const documentsClosed = closedWith(documents);
  const spare = await addressOf(endpoints[0], client);
  expect((await client.post('/api/sign-out', {})).status).toBe(204);
  expect((await sync.closed).code).toBe(closeCodes.signedOut);
  await documentsClosed;
  expect(await outcome(openSocket(spare, relay.origin))).toBe('refused 401');
  expect((await client.request('/api/me')).status).toBe(401);
});

test('T12 P17 P22 whoever loses the right to the session loses its call sockets', async () => {
  const emilClient = await Client.employee(relay, emails.emil);
  const socket = await emilClient.sync();
  const { subject } = await emilClient.me();
  await asAdministrator(relay, demoOrganization, {
    type: 'employee.set-responsibilities',
    payload: { employeeId: subject.id as EmployeeId, responsibleFor: [] },
  });
  expect((await socket.closed).code).toBe(closeCodes.restarting);
  const again = await emilClient.sync({ epoch: socket.epoch, position: socket.position });
  expect(again.messages.find((one) => one.t === 'welcome')).toMatchObject({ reset: true });
});

test('T9 P12 sockets of a call only for who takes part in it, while it lives', async () => {
  const { tickets, request: ask } = ticketAsker();
  const ada = await Client.employee(relay, emails.ada);
  const emil = await Client.employee(relay, emails.emil);
  const otto = await Client.employee(relay, emails.otto);
  const press = await Client.codeUser(relay, codes.press);
  for (const purpose of ['calls', 'y-webrtc']) {
    expect(await ask(pump, purpose, sessionId, callId)).toBe('ok');
    expect(await ask(erika, purpose, sessionId, callId)).toBe('ok');
    expect(await ask(ada, purpose, sessionId, callId)).toBe('not-assigned');
    for (const stranger of [emil, otto, press])
      expect(await ask(stranger, purpose, sessionId, callId)).toBe('not-found');
    expect(await ask(pump, purpose, sessionId, newId())).toBe('no-call');
    const requested = await request(pumpSocket);
    expect(await ask(pump, purpose, requested, newId())).toBe('no-call');
  }
  expect(new Set(tickets).size).toBe(tickets.length);
  // Over: DONE, then CLOSED, then CANCELLED after a reopening.
  expect(await pumpSocket.propose(command(sessionId, 9, { type: 'call.link-up', payload: { callId } }))).toBe(
    'ok',
  );
  expect(await pumpSocket.propose(command(sessionId, 9, { type: 'call.leave', payload: { callId } }))).toBe(
    'ok',
  );
  expect(await ask(pump, 'calls', sessionId, callId)).toBe('call-over');
  for (const type of ['session.close', 'session.reopen', 'session.cancel'] as const) {
    const payload = type === 'session.cancel' ? { reason: '' } : {};
    expect(
      await erikaSocket.propose({
        ...command(sessionId, 999, { type: 'session.close', payload: {} }),
        type,
        payload,
      }),
    ).toBe('ok');
    expect(await ask(pump, 'calls', sessionId, callId)).toBe('call-over');
  }
});

function ticketAsker() {
  const tickets: string[] = [];
  return {
    tickets,
    async request(client: Client, purpose: string, session: SessionId, call: CallId): Promise<string> {
      const response = await client.post('/api/socket-tickets', {
        purpose,
        sessionId: session,
        callId: call,
      });
      const body = (await response.json()) as { code?: string; ticket?: string; peerId?: string };
      if (body.peerId) tickets.push(body.peerId);
      return response.ok ? 'ok' : (body.code ?? 'no code');
    },
  };
}

test('an unknown socket path and a plain request to a socket are refused', async () => {
  const base = relay.origin.replace('http', 'ws');
  expect(await outcome(openSocket(`${base}/sockets/nothing`, relay.origin))).toBe('refused 404');
  expect((await pump.request('/sockets/sync')).status).toBe(404);
});

test('an idle connection is kept for longer than proxies keep theirs: no request meets one that is just being closed', async () => {
  const response = await pump.request('/healthz');
  const seconds = Number(/timeout=(\d+)/.exec(response.headers.get('keep-alive') ?? '')?.[1]);
  expect(seconds).toBeGreaterThan(60);
});

test('T7 a request whose head never ends is cut off after 5 s', async () => {
  const socket = connect(relay.port, '127.0.0.1');
  const ended = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.resume();
  socket.write('GET /sockets/sync HTTP/1.1\r\nHost: x\r\n');
  await ended;
});
