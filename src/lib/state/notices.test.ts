import { describe, expect, it } from 'vitest';
import { Log, people, say, strangers, linkedCall } from '../../domain/session/test-sessions.ts';
import type { Person } from '#domain/session/subject.ts';
import { noticesOf, ringingOf } from './notices.ts';

const kinds = (log: Log, subject: Person, seen: string[] = [], firstOpenedAtMs = 0): string[] =>
  noticesOf(log.current, { subject, seen: new Set(seen), firstOpenedAtMs }).map(
    (notice) => `${notice.kind}${notice.read ? ' read' : ''}`,
  );

describe('notices', () => {
  it('F6 a request is told to those who received it and who answer for the machine, to nobody else', () => {
    const log = new Log().must(people.opener, say.request());
    expect(kinds(log, people.assigned)).toEqual(['request']);
    expect(kinds(log, people.responsible)).toEqual(['request']);
    for (const other of [
      people.administrator,
      people.moderator,
      people.opener,
      strangers['employee of another machine'],
    ])
      expect(kinds(log, other)).toEqual([]);
  });

  it('F6 whoever was offline sees a request that still waits on next open, however old; a seen one is read', () => {
    const log = new Log().must(people.opener, say.request());
    expect(kinds(log, people.assigned, [], Number.MAX_SAFE_INTEGER)).toEqual(['request']);
    const [notice] = noticesOf(log.current, {
      subject: people.assigned,
      seen: new Set(),
      firstOpenedAtMs: 0,
    });
    expect(kinds(log, people.assigned, [notice?.id ?? ''])).toEqual(['request read']);
    expect(kinds(log.must(people.assigned, say.confirm()), people.responsible)).toEqual([]);
  });

  it('F33 the code user is told that the request was confirmed, or declined with the reason', () => {
    const confirmed = new Log().must(people.opener, say.request()).must(people.assigned, say.confirm());
    expect(kinds(confirmed, people.opener)).toEqual(['confirmed']);
    expect(kinds(confirmed, people.assigned)).toEqual([]);
    const declined = new Log().must(people.opener, say.request()).must(people.assigned, say.decline('No'));
    const notices = noticesOf(declined.current, {
      subject: people.opener,
      seen: new Set(),
      firstOpenedAtMs: 0,
    });
    expect(notices).toMatchObject([{ kind: 'declined', text: 'No', fromName: 'erika' }]);
  });

  it('F37 a call rings for the other side only, and until it is over', () => {
    const log = new Log().must(people.assigned, say.create()).must(people.assigned, say.start());
    const { nowMs } = log;
    expect(ringingOf(log.current, people.opener, nowMs)).toMatchObject({ fromName: 'erika', mode: 'video' });
    expect(ringingOf(log.current, people.tablet, nowMs)).toBeDefined();
    expect(ringingOf(log.current, people.assigned, nowMs)).toBeUndefined();
    expect(ringingOf(log.current, people.responsible, nowMs)).toBeUndefined();
    expect(ringingOf(log.current, people.opener, nowMs + 60_000)).toBeUndefined();
    log.must(people.opener, say.answer());
    expect(ringingOf(log.current, people.tablet, nowMs)).toBeUndefined();
  });

  it('B17 a missed call leaves an entry for those who were rung', () => {
    const log = new Log().must(people.assigned, say.create()).must(people.assigned, say.start());
    log.must(
      { kind: 'relay' },
      { type: 'relay.miss-call', callId: log.current.calls[0]?.id as never },
      { nowMs: log.nowMs + 60_000 },
    );
    expect(kinds(log, people.opener)).toContain('missed-call');
    expect(kinds(log, people.assigned)).toEqual([]);
    const answered = linkedCall(new Log().must(people.assigned, say.create()));
    expect(kinds(answered, people.opener)).not.toContain('missed-call');
  });
});
