import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessageId, SessionId } from '#domain/ids.ts';
import { parseRelayMessage, type RelayMessage } from '#domain/protocol/sync-messages.ts';
import { closeCodes, maxUnpackedBytes, protocolVersion } from '#domain/protocol/version.ts';
import {
  Client,
  closedWith,
  codes,
  command,
  confirm,
  emails,
  eventually,
  newId,
  openSocket,
  startRelay,
} from '../harness/relay-harness.ts';

let relay: Awaited<ReturnType<typeof startRelay>>;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.dispose());

/** A socket that packs, as the app's does. */
async function packing(client: Client) {
  const { ticket } = await client.ticket();
  const url = `${relay.origin.replace('http', 'ws')}/sockets/sync?ticket=${ticket}`;
  const socket = await openSocket(url, relay.origin);
  const heard: { message: RelayMessage; packed: boolean }[] = [];
  socket.on('message', (data, packed) => {
    const bytes = data as Buffer;
    const text = (packed ? inflateRawSync(bytes) : bytes).toString('utf8');
    heard.push({ message: parseRelayMessage(text), packed });
  });
  const say = (message: unknown, packed = false): void =>
    socket.send(packed ? deflateRawSync(JSON.stringify(message)) : JSON.stringify(message));
  say({ t: 'hello', version: protocolVersion, epoch: null, position: 0, packs: true });
  await eventually(() => heard.some(({ message }) => message.t === 'events' && message.done), 'everything');
  return { socket, heard, say };
}

const request = (id: SessionId) =>
  command(id, 0, { type: 'session.request', payload: { reason: 'It leaks', ticketIds: [] } });
const chat = (text: string) =>
  ({ type: 'chat.send', payload: { messageId: newId<MessageId>(), text } }) as const;

test('P18 a packed push is judged, and its events come packed, in one frame for all streams of the push', async () => {
  const machine = await packing(await Client.codeUser(relay, codes.pump));
  expect(machine.heard[0]?.message).toMatchObject({ t: 'welcome', packs: true });
  const ids = Array.from({ length: 40 }, () => newId<SessionId>());
  const commands = ids.flatMap((id) => [request(id), command(id, 1, chat('said at once'))]);
  machine.say({ t: 'push', requestId: 7, commands: [...commands, { nonsense: true }] }, true);
  const answer = await eventually(
    () => machine.heard.find(({ message }) => message.t === 'judged')?.message,
    'the answer',
  );
  expect(answer).toMatchObject({ t: 'judged', requestId: 7 });
  if (answer.t === 'judged') expect(answer.results).toEqual([...ids.flatMap(() => [1, 2]), 'malformed']);
  const told = machine.heard.filter(({ message }) => message.t === 'events' && message.events.length > 0);
  expect(told).toHaveLength(1);
  expect(told[0]?.packed).toBe(true);
  expect(told[0]?.message.t === 'events' && told[0].message.events.length).toBe(80);
  machine.socket.terminate();
});

test('P30 a push that names one before it as judged does not overtake one that was not', async () => {
  const machine = await packing(await Client.codeUser(relay, codes.pump));
  const answerTo = (requestId: number) =>
    eventually(
      () =>
        machine.heard.find(({ message }) => 'requestId' in message && message.requestId === requestId)
          ?.message,
      'the answer',
    );
  const id = newId<SessionId>();
  machine.say({ t: 'push', requestId: 1, commands: [request(id)] });
  machine.say({ t: 'push', requestId: 2, after: 1, commands: [command(id, 1, chat('behind it'))] });
  expect(await answerTo(2)).toMatchObject({ t: 'judged', results: [2] });
  // The one before it was lost on its way: it comes again first.
  machine.say({ t: 'push', requestId: 4, after: 3, commands: [command(id, 1, chat('too early'))] });
  expect(await answerTo(4)).toMatchObject({ t: 'error', reason: 'too-many-requests' });
  machine.socket.terminate();
});

test('P18 T6 what unpacks to more than a megabyte, or to nothing, closes the socket; the relay lives on', async () => {
  const client = await Client.codeUser(relay, codes.pump);
  for (const frame of [
    deflateRawSync(Buffer.alloc(maxUnpackedBytes + 1, 0x20)),
    deflateRawSync('{"t":"push","requestId":1,"commands":['),
    Buffer.from([0xff, 0x00, 0xff]),
  ]) {
    const { socket } = await packing(client);
    const closed = closedWith(socket);
    socket.send(frame);
    expect((await closed).code).toBe(closeCodes.malformed);
  }
  const flood = await packing(client);
  const closed = closedWith(flood.socket);
  for (let at = 0; at < 60; at += 1) flood.say({ t: 'ping', requestId: at }, true);
  expect((await closed).code).toBe(closeCodes.tooMany);
  expect((await fetch(`${relay.origin}/healthz`)).ok).toBe(true);
});

test('X8 T48 the same command sent a thousand times counts once, over one socket and over many', async () => {
  const [pump, erika] = [
    await Client.codeUser(relay, codes.pump),
    await Client.employee(relay, emails.erika),
  ];
  const machine = await pump.sync();
  const id = newId<SessionId>();
  const asked = request(id);
  expect(await machine.propose(asked)).toBe('ok');
  const office = await erika.sync();
  await confirm(office, id);
  const same = command(id, 2, chat('once'));
  const copies = Array.from({ length: 100 }, () => same);
  const answers = await Promise.all(Array.from({ length: 8 }, () => machine.push(...copies)));
  const second = await pump.sync();
  answers.push(await second.push(...copies), await second.push(...copies));
  const flat = answers.flat();
  expect(flat).toHaveLength(1000);
  expect(new Set(flat.map((one) => JSON.stringify(one))).size).toBe(1);
  expect(flat[0]).toMatchObject({ ok: true });
  // Somebody else who has caught the command gets nothing by it.
  expect(await office.propose(same)).toBe('already-exists');
  expect(await office.propose(command(id, 2, chat('after it')))).toBe('ok');
  await eventually(() => office.session(id)?.chat.length === 2, 'the second message');
  expect(office.session(id)?.chat.map((message) => message.text)).toEqual(['once', 'after it']);
  expect(machine.events.get(id)?.filter((event) => event.type === 'chat.sent')).toHaveLength(2);
});
