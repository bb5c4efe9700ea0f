import { expect, test } from 'vitest';
import type { Workspace } from '../sync/workspace.ts';
import { isKnown } from './known.ts';

type Connection = Pick<Workspace['engine']['connection'], 'state' | 'caughtUp'>;

const at = (connection: Connection) => ({ engine: { connection } }) as unknown as Workspace;
const empty = { loaded: true, list: [] };

test('F74 empty is said only when it is known: not before the relay has told what there is', () => {
  expect(isKnown(undefined, undefined)).toBe(false);
  expect(isKnown(at({ state: 'online', caughtUp: true }), { loaded: false, list: [] })).toBe(false);
  expect(isKnown(at({ state: 'connecting', caughtUp: false }), empty)).toBe(false);
  expect(isKnown(at({ state: 'online', caughtUp: false }), empty)).toBe(false);
  expect(isKnown(at({ state: 'online', caughtUp: true }), empty)).toBe(true);
});

test('F74 what is there is shown at once, and without a link this device’s own is all there is', () => {
  expect(isKnown(at({ state: 'connecting', caughtUp: false }), { loaded: true, list: [1] })).toBe(true);
  expect(isKnown(at({ state: 'offline', caughtUp: false }), empty)).toBe(true);
});

test('F74 known once it stays known while the link comes and goes', () => {
  const connection = { state: 'online' as Connection['state'], caughtUp: true };
  const workspace = at(connection);
  expect(isKnown(workspace, empty)).toBe(true);
  Object.assign(connection, { state: 'connecting', caughtUp: false });
  expect(isKnown(workspace, empty)).toBe(true);
});
