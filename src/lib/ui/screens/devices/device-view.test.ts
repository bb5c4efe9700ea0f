import { expect, test } from 'vitest';
import type { Directory } from '#domain/protocol/directory.ts';
import type { Organization } from '#domain/organization/organization.ts';
import { devicesOf, employeesOf, found, responsibleOf } from './device-view.ts';

const pump = { id: 'p', name: 'Pump P-101', location: 'Hall 2', supportEnabled: true };
const press = { id: 'x', name: 'Press X-1', location: 'Forming shop', supportEnabled: false };
const tenth = { ...pump, id: 't', name: 'Pump P-20' };
const directory = {
  devices: [
    { ...pump, responsible: [{ id: 'e', name: 'Erika' }] },
    { ...press, responsible: [] },
  ],
  employees: [{ id: 'e', name: 'Erika', role: 'employee', state: 'active' }],
} as unknown as Directory;
const record = {
  devices: [pump, press, tenth],
  employees: [
    { id: 'z', name: 'Alma', state: 'deactivated', responsibleFor: 'all' },
    { id: 'e', name: 'Erika', state: 'active', responsibleFor: ['p'] },
    { id: 'm', name: 'Emil', state: 'invited', responsibleFor: 'all' },
  ],
} as unknown as Organization;

test('an administrator sees the record, with what was just done; others what they may know', () => {
  expect(devicesOf(directory, undefined).map((one) => one.name)).toEqual(['Press X-1', 'Pump P-101']);
  expect(devicesOf(directory, record).map((one) => one.name)).toEqual([
    'Press X-1',
    'Pump P-20',
    'Pump P-101',
  ]);
  expect(responsibleOf(directory, undefined, 'p')).toEqual([{ id: 'e', name: 'Erika' }]);
  expect(responsibleOf(directory, record, 'x').map((one) => one.name)).toEqual(['Emil']);
  expect(employeesOf(directory, record).map((one) => one.name)).toEqual(['Emil', 'Erika', 'Alma']);
});

test('a device is found by any part of its words, in any order, without accents', () => {
  const names = (words: string) =>
    found(devicesOf(directory, undefined), words, (one) => `${one.name} ${one.location}`).map(
      (one) => one.id,
    );
  expect(names('')).toEqual(['x', 'p']);
  expect(names('2 pump')).toEqual(['p']);
  expect(names('FÓRMING')).toEqual(['x']);
  expect(names('pump forming')).toEqual([]);
});
