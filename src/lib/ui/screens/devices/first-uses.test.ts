import { expect, test } from 'vitest';
import type { Directory } from '#domain/protocol/directory.ts';
import { firstUses } from './first-uses.ts';

type Devices = Directory['devices'];
const device = (code?: object, id = 'p'): Devices =>
  [{ id, name: 'Pump', location: '', responsible: [], supportEnabled: true, code }] as unknown as Devices;
const unused = { id: 'c1', state: 'active', sinceMs: 1 };
const used = { ...unused, firstUsedAtMs: 5, firstUsedBy: 'Paul' };

test('T23 the first use of a code is told once, also when it came with the code itself', () => {
  expect(firstUses(device(unused), device(used))).toEqual([
    { deviceId: 'p', deviceName: 'Pump', atMs: 5, by: 'Paul' },
  ]);
  expect(firstUses(device(), device(used)).length).toBe(1);
  expect(firstUses(device(used), device({ ...used, id: 'c2' })).length).toBe(1);
  expect(firstUses(device(used), device(used))).toEqual([]);
  expect(firstUses(device(used), device({ ...used, state: 'revoked' }))).toEqual([]);
  expect(firstUses(device(unused), device(unused))).toEqual([]);
  expect(firstUses(device(used, 'other'), device(used))).toEqual([]);
});
