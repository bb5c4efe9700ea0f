import { describe, expect, test } from 'vitest';
import { initialStatus, nextStatus, sessionStatuses, statusTriggers } from './status.ts';

// Written out from the rules by hand: what is 'no' cannot happen.
const no = undefined;
const table = {
  REQUESTED: {
    confirm: 'CONFIRMED',
    withdraw: 'CANCELLED',
    decline: 'CANCELLED',
    expire: 'CANCELLED',
    cancel: no,
    linkUp: no,
    callEnded: no,
    callEndedKeptOpen: no,
    endKeptOpen: no,
    close: no,
    reopen: no,
  },
  CONFIRMED: {
    confirm: no,
    withdraw: no,
    decline: no,
    expire: no,
    cancel: 'CANCELLED',
    linkUp: 'IN_PROGRESS',
    callEnded: no,
    callEndedKeptOpen: no,
    endKeptOpen: 'DONE',
    close: no,
    reopen: no,
  },
  IN_PROGRESS: {
    confirm: no,
    withdraw: no,
    decline: no,
    expire: no,
    cancel: 'CANCELLED',
    linkUp: no,
    callEnded: 'DONE',
    callEndedKeptOpen: 'CONFIRMED',
    endKeptOpen: no,
    close: no,
    reopen: no,
  },
  DONE: {
    confirm: no,
    withdraw: no,
    decline: no,
    expire: no,
    cancel: no,
    linkUp: no,
    callEnded: no,
    callEndedKeptOpen: no,
    endKeptOpen: no,
    close: 'CLOSED',
    reopen: 'CONFIRMED',
  },
  CLOSED: {
    confirm: no,
    withdraw: no,
    decline: no,
    expire: no,
    cancel: no,
    linkUp: no,
    callEnded: no,
    callEndedKeptOpen: no,
    endKeptOpen: no,
    close: no,
    reopen: 'CONFIRMED',
  },
  CANCELLED: {
    confirm: no,
    withdraw: no,
    decline: no,
    expire: no,
    cancel: no,
    linkUp: no,
    callEnded: no,
    callEndedKeptOpen: no,
    endKeptOpen: no,
    close: no,
    reopen: 'CONFIRMED',
  },
} as const;

describe('F19–F26 every status × every trigger', () => {
  test('the table names them all', () => {
    expect(Object.keys(table)).toEqual([...sessionStatuses]);
    for (const row of Object.values(table)) expect(Object.keys(row)).toEqual([...statusTriggers]);
  });

  for (const status of sessionStatuses)
    for (const trigger of statusTriggers) {
      const expected = table[status][trigger];
      test(`F26 ${status} × ${trigger} → ${expected ?? 'illegal'}`, () => {
        expect(nextStatus(status, trigger)).toBe(expected);
      });
    }

  test('F1 F8 F14 a session begins as REQUESTED by a request, else as CONFIRMED', () => {
    expect(initialStatus).toEqual({ request: 'REQUESTED', create: 'CONFIRMED', directCall: 'CONFIRMED' });
  });
});
