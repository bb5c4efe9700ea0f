import { expect, test } from 'vitest';
import type { CallMode } from '#domain/session/events.ts';
import type { EngineInput } from '../state/call-ports.ts';
import { PreparedEngines } from './prepared-engines.ts';

const input = (callId: string): EngineInput => ({
  sessionId: 's',
  callId,
  selfId: 'me',
  preferredFacing: 'user',
  onLinkUp: () => undefined,
});

function setUp() {
  const opened: { callId: string; modes: CallMode[]; ended: boolean }[] = [];
  let failure: Error | undefined;
  const engines = new PreparedEngines(async ({ callId }) => {
    if (failure) throw failure;
    const engine = {
      callId,
      modes: [] as CallMode[],
      ended: false,
      prepare: (mode: CallMode) => void engine.modes.push(mode),
      hangUp: async () => void (engine.ended = true),
    };
    opened.push(engine);
    return engine;
  });
  return { engines, opened, fail: (error: Error | undefined) => (failure = error) };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('F25 what a press on START got ready is what the call goes on with, and nothing can take it back then', async () => {
  const { engines, opened } = setUp();
  const cancel = engines.prepare({ ...input('c'), mode: 'video' });
  const engine = await engines.take(input('c'));
  cancel();
  await settled();
  expect(opened).toEqual([engine]);
  expect(engine).toMatchObject({ modes: ['video'], ended: false });
});

test('F25 a call that the relay refuses leaves no camera on', async () => {
  const { engines, opened } = setUp();
  engines.prepare({ ...input('c'), mode: 'video' })();
  await settled();
  expect(opened).toMatchObject([{ ended: true }]);
  expect(await engines.take(input('c'))).toMatchObject({ modes: [] });
});

test('another call ends what was got ready for the one before', async () => {
  const { engines, opened } = setUp();
  engines.prepare({ ...input('one'), mode: 'voice' });
  engines.prepare({ ...input('two'), mode: 'voice' });
  await engines.take(input('three'));
  await settled();
  expect(opened.map(({ callId, ended }) => [callId, ended])).toEqual([
    ['one', true],
    ['two', true],
    ['three', false],
  ]);
});

test('where getting ready failed the call opens afresh', async () => {
  const { engines, opened, fail } = setUp();
  fail(new Error('no code'));
  engines.prepare({ ...input('c'), mode: 'voice' });
  await settled();
  fail(undefined);
  await engines.take(input('c'));
  expect(opened).toHaveLength(1);
});
