import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../error-codes.ts';
import { parseSessionCommand } from '../session/commands.ts';
import { parseSessionEvent } from '../session/events.ts';
import { say, sessionId, sessionIn } from '#harness/domain/sessions.ts';
import { parseClientMessage, parseRelayMessage } from './sync-messages.ts';
import { maxCommandsPerPush, maxFrameBytes } from './version.ts';

const anId = 'Abc-_0123456789abcdefg';
const client = (message: unknown) => parseClientMessage(JSON.stringify(message));
const fromRelay = (message: unknown) => parseRelayMessage(JSON.stringify(message));
const hello = { t: 'hello', version: 1, epoch: null, position: 0 };

describe('frames of a client', () => {
  test.each([
    hello,
    { ...hello, epoch: 'e1', position: 77 },
    { t: 'push', requestId: 1, commands: [] },
    { t: 'push', requestId: 1, commands: [null, 'junk', { anything: [1] }] },
    { t: 'ping', requestId: 0 },
    { t: 'in-call', sessionId: anId, callId: anId, deviceKey: 'tab', peerId: null },
    { t: 'in-call', sessionId: anId, callId: anId, deviceKey: 'tab', peerId: anId },
    { t: 'out-of-call', callId: anId },
    { t: 'live', callId: anId, data: 'AAEC' },
  ])('%j is taken as it is', (message) => {
    expect(client(message)).toEqual(message);
  });

  test('what does not belong in a frame is dropped', () => {
    expect(client({ ...hello, subject: { kind: 'employee', role: 'administrator' } })).toEqual(hello);
    const polluted = '{"t":"ping","requestId":1,"__proto__":{"admin":true},"constructor":{"x":1}}';
    expect(parseClientMessage(polluted)).toEqual({ t: 'ping', requestId: 1 });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test.each([
    ['an unknown type', { t: 'shutdown' }],
    ['no type', { requestId: 1 }],
    ['a type of the relay', { t: 'welcome', version: 1, epoch: '', reset: false, nowMs: 0 }],
    ['the type of a prototype', { t: '__proto__' }],
    ['a type that is a list', { t: ['ping'], requestId: 1 }],
    ['a negative position', { ...hello, position: -1 }],
    ['a broken position', { ...hello, position: 1.5 }],
    ['a position as text', { ...hello, position: '1' }],
    ['no epoch', { t: 'hello', version: 1, position: 0 }],
    ['commands that are no list', { t: 'push', requestId: 1, commands: { length: 1 } }],
    ['too many commands', { t: 'push', requestId: 1, commands: Array(maxCommandsPerPush + 1).fill(0) }],
    ['an id that is a path', { t: 'out-of-call', callId: '../../../../etc/passwd' }],
    ['a device key of 65 characters', { ...inCall(), deviceKey: 'x'.repeat(65) }],
    ['a peer id that is none', { ...inCall(), peerId: 'victim' }],
    ['live data over 8 KiB', { t: 'live', callId: anId, data: 'A'.repeat(11_001) }],
  ])('T6 %s is none', (_name, message) => {
    expect(client(message)).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['broken JSON', '{"t":"ping","requestId":'],
    ['two values', '{}{}'],
    ['a number', '7'],
    ['null', 'null'],
    ['text', '"ping"'],
    ['a list', '[{"t":"ping","requestId":1}]'],
    ['NaN', '{"t":"ping","requestId":NaN}'],
    ['a number beyond all numbers', '{"t":"ping","requestId":1e999}'],
    ['a byte order mark', '\ufeff{"t":"ping","requestId":1}'],
    ['binary noise', String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code))],
    ['lone surrogates', '\ud800\udfff\udc00'],
  ])('T6 %s is none, and does not throw', (_name, frame) => {
    expect(parseClientMessage(frame)).toBeUndefined();
  });

  test('T5 deep nesting neither throws nor is taken', () => {
    const depth = 500_000;
    for (const [open, close] of [
      ['[', ']'],
      ['{"t":', '}'],
    ] as const) {
      expect(parseClientMessage(open.repeat(depth))).toBeUndefined();
      expect(parseClientMessage(open.repeat(depth) + '1' + close.repeat(depth))).toBeUndefined();
    }
  });

  test('T5 a deeply nested command in a frame that is allowed is refused as a command', () => {
    const depth = Math.floor(maxFrameBytes / 2) - 100;
    const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const message = parseClientMessage(`{"t":"push","requestId":1,"commands":[${nested}]}`);
    expect(message?.t).toBe('push');
    if (message?.t === 'push') expect(() => parseSessionCommand(message.commands[0])).toThrow();
  });

  test('T6 a frame of many megabytes is judged quickly', () => {
    const text = 'x'.repeat(8_000_000);
    expect(client({ t: 'live', callId: anId, data: text })).toBeUndefined();
    expect(client({ t: text })).toBeUndefined();
    expect(parseClientMessage(text)).toBeUndefined();
  });

  test('T6 random frames never throw (seed 7)', () => {
    const frame = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.json({ maxDepth: 6 }),
      fc
        .record({
          t: fc.constantFrom('hello', 'push', 'ping', 'in-call', 'out-of-call', 'live'),
          requestId: fc.anything(),
          commands: fc.anything(),
          callId: fc.anything(),
          position: fc.anything(),
          data: fc.anything(),
        })
        .map((value) => {
          try {
            return JSON.stringify(value);
          } catch (error) {
            return String(error);
          }
        }),
    );
    fc.assert(
      fc.property(frame, (text) => {
        const message = parseClientMessage(text);
        if (message) expect(typeof message.t).toBe('string');
      }),
      { seed: 7, numRuns: 1000 },
    );
  });
});

function inCall() {
  return { t: 'in-call', sessionId: anId, callId: anId, deviceKey: 'tab', peerId: null };
}

describe('frames of the relay', () => {
  test.each([
    { t: 'welcome', version: 1, epoch: 'e', reset: true, nowMs: 5 },
    { t: 'gone', streamId: anId, position: 9 },
    { t: 'pong', requestId: 1, nowMs: 5 },
    { t: 'call-elsewhere', callId: anId },
    { t: 'live', callId: anId, from: 'me', data: '' },
    { t: 'directory-changed' },
    { t: 'error', requestId: null, reason: 'malformed' },
    { t: 'error', requestId: 4, reason: 'too-many-requests' },
    {
      t: 'roster',
      sessionId: anId,
      callId: anId,
      participants: [
        { participantId: anId, kind: 'guest', name: 'G', deviceKey: 'd', peerId: null, order: 1 },
      ],
    },
    {
      t: 'pushed',
      requestId: 1,
      outcomes: [
        { ok: true, commandId: anId, seq: 3 },
        { ok: false, commandId: 'whatever it said', reason: 'stale' },
      ],
    },
  ])('%j is taken as it is', (message) => {
    expect(fromRelay(message)).toEqual(message);
  });

  test('T13 every code there is can be the reason of a refusal', () => {
    for (const reason of errorCodes) {
      const outcomes = [{ ok: false, commandId: anId, reason }];
      expect(fromRelay({ t: 'pushed', requestId: 1, outcomes })).toMatchObject({ outcomes });
    }
  });

  test('events are parsed one by one, and come out as they were appended', () => {
    const { events } = sessionIn('CLOSED');
    expect(fromRelay({ t: 'events', events, position: 9, done: true })).toEqual({
      t: 'events',
      events,
      position: 9,
      done: true,
    });
  });

  test.each([
    ['an unknown type', { t: 'reboot' }],
    ['a reason that there is not', { t: 'error', requestId: null, reason: 'because' }],
    ['an event that is none', { t: 'events', events: [{}], position: 1, done: true }],
    ['an event of an unknown type', { ...eventsWith({ type: 'session.exploded' }) }],
    ['an event with a wrong payload', { ...eventsWith({ payload: { reason: 7 } }) }],
    ['an event with number 0', { ...eventsWith({ seq: 0 }) }],
    ['an event of nobody', { ...eventsWith({ actor: undefined }) }],
  ])('%s throws', (_name, message) => {
    expect(() => fromRelay(message)).toThrow();
  });

  test.each(['', '{', 'null', '[]', '7'])('%j throws', (frame) => {
    expect(() => parseRelayMessage(frame)).toThrow();
  });
});

function eventsWith(more: object) {
  return { t: 'events', events: [{ ...sessionIn('REQUESTED').events[0], ...more }], position: 1, done: true };
}

describe('commands', () => {
  const envelope = { id: anId, streamId: sessionId, baseSeq: 3, clientAtMs: 5 };
  const parse = (more: object) => parseSessionCommand({ ...envelope, ...more });

  test('every command there is, there and back', () => {
    for (const make of Object.values(say) as (typeof say.confirm)[]) {
      const command = { ...envelope, ...make() };
      expect(parseSessionCommand(JSON.parse(JSON.stringify(command)))).toEqual(
        JSON.parse(JSON.stringify(command)),
      );
    }
  });

  test('T8 nobody sends the relay’s own commands, or events', () => {
    for (const type of ['relay.close', 'relay.miss-call', 'relay.lose-leg', 'relay.store-screenshot'])
      expect(() => parse({ type, callId: anId, participantId: anId, payload: {} })).toThrow();
    for (const type of ['session.confirmed', 'session.requested', 'screenshot.stored', '__proto__', ''])
      expect(() => parse({ type, payload: {} })).toThrow();
  });

  test('T8 who acts, when, and as what is never read from the command', () => {
    const forged = parse({
      ...say.confirm(),
      actor: { kind: 'employee' },
      subject: { kind: 'relay' },
      atMs: 1,
      payload: { status: 'CLOSED' },
    });
    expect(forged).toEqual({ ...envelope, type: 'session.confirm', payload: {} });
  });

  test.each([
    ['no id', { id: undefined }],
    ['an id that is none', { id: 'x' }],
    ['no session', { streamId: null }],
    ['a negative base', { baseSeq: -1 }],
    ['a broken base', { baseSeq: 0.5 }],
    ['a base beyond all numbers', { baseSeq: Infinity }],
    ['a time beyond all numbers', { clientAtMs: Infinity }],
    ['a time as text', { clientAtMs: 'now' }],
    ['no payload', { payload: undefined }],
  ])('%s is malformed', (_name, more) => {
    expect(() => parse({ ...say.confirm(), ...more })).toThrow();
  });

  test('T43 any time of the client’s is taken, and never decides', () => {
    for (const clientAtMs of [-1e15, 0, 1e15]) expect(parse({ ...say.confirm(), clientAtMs })).toBeTruthy();
  });

  test('texts: a little too long has a reason of its own, far too long is malformed', () => {
    expect(() => parse(say.request({ reason: 'x'.repeat(65_536) }))).not.toThrow();
    expect(() => parse(say.request({ reason: 'x'.repeat(65_537) }))).toThrow();
    expect(() => parse(say.chat('x'.repeat(65_536)))).not.toThrow();
    expect(() => parse(say.chat('x'.repeat(65_537)))).toThrow();
    expect(() => parse(say.request({ ticketIds: Array(21).fill(anId) }))).toThrow();
  });

  test.each([
    { bytes: 0 },
    { bytes: 16 * 1024 * 1024 + 1 },
    { bytes: 1.5 },
    { width: 0 },
    { height: 8193 },
    { sha256: 'A'.repeat(64) },
    { sha256: '' },
    { mediaType: 'image/svg+xml' as never },
    { screenshotId: '../shot' as never },
  ])('T33 T37 a screenshot with %j is malformed', (more) => {
    expect(() => parse(say.screenshot('shot', more))).toThrow();
  });
});

test('an event keeps nothing that is not of its type', () => {
  const [event] = sessionIn('REQUESTED').events;
  expect(parseSessionEvent({ ...event, secret: 1 })).not.toHaveProperty('secret');
});
