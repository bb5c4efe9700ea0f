import { describe, expect, it } from 'vitest';
import type { TicketId } from '#domain/ids.ts';
import type { SessionStatus } from '#domain/session/status.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import { idOf, people, say, sessionIn } from '#harness/domain/sessions.ts';
import { countByStatus, everySession, filterCount, mySessions, selectSessions } from './session-list.ts';

const day = 24 * 60 * 60_000;
const noonMs = new Date(2026, 10, 20, 12).getTime();

/** A session in a status, and what of it matters here. */
function session(
  name: string,
  status: SessionStatus,
  more: Partial<VideoSession> & { assignees?: string[] } = {},
): VideoSession {
  const { assignees, ...rest } = more;
  const of = sessionIn(status).current;
  return {
    ...of,
    id: idOf(name),
    reason: name,
    updatedAtMs: noonMs,
    ...(assignees ? { assigned: assignees.map((one) => ({ id: idOf<never>(one), name: one })) } : {}),
    ...rest,
  };
}

const ticket = idOf<TicketId>('t-1042');
const rated = sessionIn('DONE').must(people.opener, say.rate(2)).current;

const all = [
  session('Pumpe läuft heiß', 'REQUESTED', { assignees: [], updatedAtMs: noonMs }),
  session('Seal change', 'DONE', {
    assignees: ['erika'],
    updatedAtMs: noonMs - day,
    device: { id: idOf('k7'), name: 'Compressor K-7' },
  }),
  session('Oil level', 'CLOSED', {
    assignees: ['zoe', 'erika'],
    updatedAtMs: noonMs - 9 * day,
    ratings: rated.ratings,
    ticketIds: [ticket],
  }),
  session('Belt', 'CANCELLED', { assignees: ['anton'], updatedAtMs: noonMs - 10 * day }),
];
const found = (query: Partial<typeof everySession>): string[] =>
  selectSessions(all, { ...everySession, ...query }, (id) =>
    id === ticket ? '1042 Loses oil' : undefined,
  ).map((one) => one.reason);

describe('lists of sessions', () => {
  it('F74 by default everything is there, the one that changed last first', () => {
    expect(found({})).toEqual(['Pumpe läuft heiß', 'Seal change', 'Oil level', 'Belt']);
  });

  it('F74 F84 every word has to be in it: reason, device, employee, ticket, whatever the case', () => {
    expect(found({ words: 'LÄUFT  heiss' })).toEqual(['Pumpe läuft heiß']);
    expect(found({ words: 'LÄUFT pumpe' })).toEqual(['Pumpe läuft heiß']);
    expect(found({ words: 'k-7 erika' })).toEqual(['Seal change']);
    expect(found({ words: '1042' })).toEqual(['Oil level']);
  });

  it('F74 status, device, employee and ticket', () => {
    expect(found({ status: 'CANCELLED' })).toEqual(['Belt']);
    expect(found({ deviceId: idOf('k7') })).toEqual(['Seal change']);
    expect(found({ employeeId: idOf('erika') })).toEqual(['Seal change', 'Oil level']);
    expect(found({ ticketId: ticket })).toEqual(['Oil level']);
  });

  it('F66 rating: a score, or completed without one', () => {
    expect(found({ rating: '2' })).toEqual(['Oil level']);
    expect(found({ rating: '5' })).toEqual([]);
    // The cancelled one had a call that was not completed.
    expect(found({ rating: 'none' })).toEqual(['Seal change']);
  });

  it('F74 days are whole and both are included, in local time', () => {
    expect(found({ from: '2026-11-19', until: '2026-11-19' })).toEqual(['Seal change']);
    expect(found({ from: '2026-11-19' })).toEqual(['Pumpe läuft heiß', 'Seal change']);
    expect(found({ until: '2026-11-11' })).toEqual(['Oil level', 'Belt']);
    expect(found({ from: 'not a day' })).toHaveLength(4);
  });

  it('F66 sorted by rating, employee, device, status; reversed', () => {
    expect(found({ order: 'rating' })[0]).toBe('Oil level');
    expect(found({ order: 'employee' })).toEqual(['Pumpe läuft heiß', 'Belt', 'Seal change', 'Oil level']);
    expect(found({ order: 'device' })[0]).toBe('Seal change');
    expect(found({ order: 'status' })).toEqual(['Pumpe läuft heiß', 'Seal change', 'Oil level', 'Belt']);
    expect(found({ order: 'updated', reversed: true })[0]).toBe('Belt');
  });

  it('the numbers on the tabs follow the filters, not the chosen tab', () => {
    const counts = countByStatus(all, { ...everySession, status: 'CLOSED', employeeId: idOf('erika') });
    expect(counts).toMatchObject({ all: 2, DONE: 1, CLOSED: 1, REQUESTED: 0 });
  });

  it('counts the filters that are set', () => {
    expect(filterCount(everySession)).toBe(0);
    expect(filterCount({ ...everySession, words: 'x', deviceId: 'd', from: '2026-01-01' })).toBe(2);
  });

  it('F76 my sessions: those that I am assigned to, ended ones for a while only', () => {
    const mine = mySessions(all, idOf('erika'), noonMs - 7 * day).map((one) => one.reason);
    expect(mine).toEqual(['Seal change']);
    const longer = mySessions(all, idOf('erika'), noonMs - 30 * day).map((one) => one.reason);
    expect(longer).toEqual(['Seal change', 'Oil level']);
  });

  it('F74 10,000 sessions are filtered and sorted without a wait', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      ...(all[index % all.length] as VideoSession),
      id: idOf<VideoSession['id']>(`s-${String(index)}`),
    }));
    let reads = 0;
    const counted = many.map(
      (session) => new Proxy(session, { get: (of, key) => (reads++, Reflect.get(of, key)) }),
    );
    expect(selectSessions(counted, { ...everySession, words: 'erika', order: 'device' })).toHaveLength(5000);
    // Work, not time: some looks at each session and those of sorting, far from one look of each at each other.
    expect(reads).toBeLessThan(200 * many.length);
  });
});
