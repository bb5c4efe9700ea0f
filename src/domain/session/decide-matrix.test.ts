import { describe, expect, test } from 'vitest';
import type { SessionCommandBody } from './commands.ts';
import { sessionStatuses } from './status.ts';
import type { Subject } from './subject.ts';
import { people, say, sessionIn, strangers, type Log, type Part } from '#harness/domain/sessions.ts';

// What comes out, by hand from the rules. A status: the session has moved there. 'ok': accepted, status as before.
// 'no' forbidden, 'hidden' not-found, 'assign' not-assigned (assign yourself first), 'illegal' illegal-transition.
const words: Record<string, string> = {
  no: 'forbidden',
  hidden: 'not-found',
  assign: 'not-assigned',
  illegal: 'illegal-transition',
  closed: 'session-closed',
  running: 'call-running',
  taken: 'already-answered',
  over: 'call-over',
  full: 'call-full',
};

const everybody = [
  'opener',
  'tablet',
  'guest',
  'assigned',
  'responsible',
  'moderator',
  'administrator',
] as const;
type Table = Record<Part, string>;

/** Columns: REQUESTED CONFIRMED IN_PROGRESS (opener and assigned in the call) DONE CLOSED CANCELLED. */
const tables: { row: string; name: string; command: () => SessionCommandBody; table: Table }[] = [
  {
    row: 'F33 T8',
    name: 'confirm',
    command: say.confirm,
    table: {
      opener: 'no no no no no no',
      tablet: 'no no no no no no',
      guest: 'no no no no hidden hidden',
      assigned: 'CONFIRMED illegal illegal illegal illegal illegal',
      responsible: 'CONFIRMED illegal illegal illegal illegal illegal',
      moderator: 'assign assign assign assign assign assign',
      administrator: 'assign assign assign assign assign assign',
    },
  },
  {
    row: 'F24',
    name: 'withdraw',
    command: say.withdraw,
    table: {
      opener: 'CANCELLED illegal illegal illegal illegal illegal',
      tablet: 'no no no no no no',
      guest: 'no no no no hidden hidden',
      assigned: 'no no no no no no',
      responsible: 'no no no no no no',
      moderator: 'no no no no no no',
      administrator: 'no no no no no no',
    },
  },
  {
    row: 'F24 T8',
    name: 'decline',
    command: say.decline,
    table: {
      opener: 'no no no no no no',
      tablet: 'no no no no no no',
      guest: 'no no no no hidden hidden',
      assigned: 'CANCELLED illegal illegal illegal illegal illegal',
      responsible: 'CANCELLED illegal illegal illegal illegal illegal',
      moderator: 'assign assign assign assign assign assign',
      administrator: 'assign assign assign assign assign assign',
    },
  },
  {
    row: 'F24 C18',
    name: 'cancel',
    command: say.cancel,
    table: {
      opener: 'illegal CANCELLED no illegal illegal illegal',
      tablet: 'illegal CANCELLED no illegal illegal illegal',
      guest: 'no no no no hidden hidden',
      assigned: 'illegal CANCELLED CANCELLED illegal illegal illegal',
      responsible: 'assign assign assign assign assign assign',
      moderator: 'illegal CANCELLED CANCELLED illegal illegal illegal',
      administrator: 'illegal CANCELLED CANCELLED illegal illegal illegal',
    },
  },
  {
    row: 'F23 F26',
    name: 'close',
    command: say.close,
    table: {
      opener: 'no no no no no no',
      tablet: 'no no no no no no',
      guest: 'no no no no hidden hidden',
      assigned: 'illegal illegal illegal CLOSED illegal illegal',
      responsible: 'assign assign assign assign assign assign',
      moderator: 'illegal illegal illegal CLOSED illegal illegal',
      administrator: 'illegal illegal illegal CLOSED illegal illegal',
    },
  },
  {
    row: 'F63 F64 F26',
    name: 'reopen',
    command: say.reopen,
    table: {
      opener: 'no no no no no no',
      tablet: 'no no no no no no',
      guest: 'no no no no hidden hidden',
      assigned: 'illegal illegal illegal CONFIRMED CONFIRMED CONFIRMED',
      responsible: 'assign assign assign assign assign assign',
      moderator: 'illegal illegal illegal CONFIRMED CONFIRMED CONFIRMED',
      administrator: 'illegal illegal illegal CONFIRMED CONFIRMED CONFIRMED',
    },
  },
  {
    row: 'F68',
    name: 'set-visibility internal',
    command: say.visibility,
    table: {
      opener: 'no no no no no no',
      tablet: 'no no no no no no',
      guest: 'no no no no hidden hidden',
      // Taking the code user out of the call ends it.
      assigned: 'ok ok DONE ok ok ok',
      responsible: 'assign assign assign assign assign assign',
      moderator: 'ok ok DONE ok ok ok',
      administrator: 'ok ok DONE ok ok ok',
    },
  },
  {
    row: 'F18',
    name: 'assign',
    command: say.assign,
    table: {
      opener: 'no no no no no no',
      tablet: 'no no no no no no',
      guest: 'no no no no hidden hidden',
      assigned: 'ok ok ok ok ok ok',
      responsible: 'assign assign assign assign assign assign',
      moderator: 'ok ok ok ok ok ok',
      administrator: 'ok ok ok ok ok ok',
    },
  },
  {
    row: 'F18',
    name: 'unassign the only one',
    command: say.unassign,
    table: {
      opener: 'no no no no no no',
      tablet: 'no no no no no no',
      guest: 'no no no no hidden hidden',
      assigned: 'ok ok last-employee ok ok ok',
      responsible: 'assign assign assign assign assign assign',
      moderator: 'ok ok last-employee ok ok ok',
      administrator: 'ok ok last-employee ok ok ok',
    },
  },
  {
    row: 'F19 F20 F35 T9 T11',
    name: 'START',
    command: say.start,
    table: {
      opener: 'illegal ok running closed closed closed',
      tablet: 'illegal ok running closed closed closed',
      guest: 'no no no no hidden hidden',
      assigned: 'illegal ok running closed closed closed',
      responsible: 'assign assign assign assign assign assign',
      moderator: 'assign assign assign assign assign assign',
      administrator: 'assign assign assign assign assign assign',
    },
  },
  {
    row: 'F73 T9 T11',
    name: 'answer (the call runs, two are in it)',
    command: say.answer,
    table: {
      opener: 'no-call no-call taken over over over',
      tablet: 'no-call no-call taken over over over',
      guest: 'no-call no-call full over hidden hidden',
      assigned: 'no-call no-call taken over over over',
      responsible: 'no-call no-call assign over over over',
      moderator: 'no-call no-call assign over over over',
      administrator: 'no-call no-call assign over over over',
    },
  },
  {
    row: 'F37 T11',
    name: 'reject (the call runs)',
    command: say.reject,
    table: {
      opener: 'no-call no-call taken over over over',
      tablet: 'no-call no-call taken over over over',
      guest: 'no-call no-call no over hidden hidden',
      assigned: 'no-call no-call taken over over over',
      responsible: 'no-call no-call assign over over over',
      moderator: 'no-call no-call assign over over over',
      administrator: 'no-call no-call assign over over over',
    },
  },
  {
    row: 'F21 T11',
    name: 'link-up (once more)',
    command: say.linkUp,
    table: {
      opener: 'no-call no-call ok over over over',
      tablet: 'no-call no-call no-call over over over',
      guest: 'no-call no-call no-call over hidden hidden',
      assigned: 'no-call no-call ok over over over',
      responsible: 'no-call no-call no-call over over over',
      moderator: 'no-call no-call no-call over over over',
      administrator: 'no-call no-call no-call over over over',
    },
  },
  {
    row: 'F22 F99',
    name: 'leave',
    command: say.leave,
    table: {
      opener: 'no-call no-call DONE over over over',
      tablet: 'no-call no-call no-call over over over',
      guest: 'no-call no-call no-call over hidden hidden',
      assigned: 'no-call no-call DONE over over over',
      responsible: 'no-call no-call no-call over over over',
      moderator: 'no-call no-call no-call over over over',
      administrator: 'no-call no-call no-call over over over',
    },
  },
  {
    row: 'F50 C16',
    name: 'take a screenshot in the first call',
    command: say.screenshot,
    table: {
      // Whoever was in the call may still bring a picture of it in, until the session is frozen.
      opener: 'no-call no-call ok ok no-call ok',
      tablet: 'no-call no-call no-call no-call no-call no-call',
      guest: 'no no no no hidden hidden',
      assigned: 'no-call no-call ok ok no-call ok',
      responsible: 'no no no no no no',
      moderator: 'no no no no no no',
      administrator: 'no no no no no no',
    },
  },
  {
    row: 'F109 C16',
    name: 'chat',
    command: say.chat,
    table: {
      opener: 'ok ok ok ok closed closed',
      tablet: 'ok ok ok ok closed closed',
      guest: 'ok ok ok ok hidden hidden',
      assigned: 'ok ok ok ok closed closed',
      responsible: 'assign assign assign assign assign assign',
      moderator: 'assign assign assign assign assign assign',
      administrator: 'assign assign assign assign assign assign',
    },
  },
  {
    row: 'F1',
    name: 'open it once more',
    command: say.request,
    table: {
      opener: 'already-exists already-exists already-exists already-exists already-exists already-exists',
      tablet: 'already-exists already-exists already-exists already-exists already-exists already-exists',
      guest: 'already-exists already-exists already-exists already-exists hidden hidden',
      assigned: 'already-exists already-exists already-exists already-exists already-exists already-exists',
      responsible:
        'already-exists already-exists already-exists already-exists already-exists already-exists',
      moderator: 'already-exists already-exists already-exists already-exists already-exists already-exists',
      administrator:
        'already-exists already-exists already-exists already-exists already-exists already-exists',
    },
  },
];

function outcome(log: Log, who: Subject, command: SessionCommandBody): string {
  const before = log.current.status;
  const decision = log.run(who, command);
  if (!decision.ok) return decision.reason;
  return log.current.status === before ? 'ok' : log.current.status;
}

describe('every command × status × part', () => {
  for (const { row, name, command, table } of tables)
    for (const part of everybody)
      test(`${row} ${name} by ${part}`, () => {
        const expected = table[part].split(' ').map((word) => words[word] ?? word);
        const found = sessionStatuses.map((status) => outcome(sessionIn(status), people[part], command()));
        expect(found).toEqual(expected);
      });
});

describe('F68 T14 every command on an internal session is not-found for those outside', () => {
  for (const { row, name, command } of tables)
    test(`${row} ${name}`, () => {
      for (const status of sessionStatuses)
        for (const part of ['opener', 'tablet', 'guest'] as const) {
          const log = sessionIn(status);
          log.must(people.moderator, say.visibility('internal'));
          expect(outcome(log, people[part], command())).toBe('not-found');
        }
    });
});

describe('T14 T16 T17 every command of a stranger is not-found, and appends nothing', () => {
  const illFormed = [
    say.chat(' '),
    say.chat('x'.repeat(4001)),
    say.decline(''),
    say.cancel('x'.repeat(2001)),
    say.screenshot('shot', { width: 8000, height: 8000 }),
  ];
  for (const [name, who] of Object.entries(strangers))
    test(name, () => {
      for (const status of sessionStatuses)
        for (const command of [...tables.map((one) => one.command()), ...illFormed]) {
          const log = sessionIn(status);
          const before = log.events.length;
          expect([command.type, outcome(log, who, command)]).toEqual([command.type, 'not-found']);
          expect(log.events).toHaveLength(before);
        }
    });
});

/** START has been pressed, nobody has answered. */
const ringing: {
  by: 'opener' | 'assigned';
  name: string;
  command: () => SessionCommandBody;
  table: Table;
}[] = [
  {
    by: 'opener',
    name: 'answer',
    command: say.answer,
    table: {
      opener: 'taken',
      tablet: 'no',
      guest: 'no',
      assigned: 'ok',
      responsible: 'assign',
      moderator: 'assign',
      administrator: 'assign',
    },
  },
  {
    by: 'opener',
    name: 'reject',
    command: say.reject,
    table: {
      opener: 'no',
      tablet: 'no',
      guest: 'no',
      assigned: 'ok',
      responsible: 'assign',
      moderator: 'assign',
      administrator: 'assign',
    },
  },
  {
    by: 'assigned',
    name: 'answer',
    command: say.answer,
    table: {
      opener: 'ok',
      tablet: 'ok',
      guest: 'ok',
      assigned: 'taken',
      responsible: 'assign',
      moderator: 'assign',
      administrator: 'assign',
    },
  },
  {
    by: 'assigned',
    name: 'reject',
    command: say.reject,
    table: {
      opener: 'ok',
      tablet: 'ok',
      guest: 'no',
      assigned: 'no',
      responsible: 'assign',
      moderator: 'assign',
      administrator: 'assign',
    },
  },
  {
    by: 'opener',
    name: 'START',
    command: say.start,
    table: {
      opener: 'running',
      tablet: 'running',
      guest: 'no',
      assigned: 'running',
      responsible: 'assign',
      moderator: 'assign',
      administrator: 'assign',
    },
  },
  {
    by: 'opener',
    name: 'leave',
    command: say.leave,
    table: {
      opener: 'ok',
      tablet: 'no-call',
      guest: 'no-call',
      assigned: 'no-call',
      responsible: 'no-call',
      moderator: 'no-call',
      administrator: 'no-call',
    },
  },
  {
    by: 'assigned',
    name: 'link-up',
    command: say.linkUp,
    table: {
      opener: 'no-call',
      tablet: 'no-call',
      guest: 'no-call',
      assigned: 'no-call',
      responsible: 'no-call',
      moderator: 'no-call',
      administrator: 'no-call',
    },
  },
];

describe('F35 F37 while it rings', () => {
  for (const { by, name, command, table } of ringing)
    for (const part of everybody)
      test(`F35 F37 T11 ${by} rings, ${part}: ${name}`, () => {
        const log = sessionIn('CONFIRMED').must(people[by], say.start());
        expect(outcome(log, people[part], command())).toBe(words[table[part]] ?? table[part]);
        expect(log.current.status).toBe('CONFIRMED');
      });
});
