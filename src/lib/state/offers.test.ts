import { describe, expect, it } from 'vitest';
import { contextOf, linkedCall, Log, people, say, sessionIn } from '#harness/domain/sessions.ts';
import type { Person } from '#domain/session/subject.ts';
import { manualStatuses, offerNames, offerVerdict } from './offers.ts';

const offered = (log: Log, subject: Person): string[] =>
  offerNames.filter((offer) => offerVerdict(offer, log.current, contextOf(subject, log.nowMs)) === true);

describe('offers', () => {
  it('F1 F19 on a request the code user may withdraw, not start and not confirm', () => {
    const log = new Log().must(people.opener, say.request());
    expect(offered(log, people.opener)).toEqual(expect.arrayContaining(['withdraw', 'chat']));
    for (const no of ['startCall', 'confirm', 'decline', 'close'])
      expect(offered(log, people.opener)).not.toContain(no);
    expect(offered(log, people.assigned)).toEqual(expect.arrayContaining(['confirm', 'decline']));
  });

  it('F20 confirmed: both sides are offered the start', () => {
    const log = new Log().must(people.opener, say.request()).must(people.assigned, say.confirm());
    expect(offered(log, people.opener)).toContain('startCall');
    expect(offered(log, people.assigned)).toContain('startCall');
    expect(offered(log, people.responsible)).not.toContain('startCall');
  });

  it('F15 where only employees may start, the code user gets the reason instead', () => {
    const log = new Log({ whoMayStart: 'employeeOnly' })
      .must(people.opener, say.request())
      .must(people.assigned, say.confirm());
    const context = contextOf(people.opener, log.nowMs);
    expect(offerVerdict('startCall', log.current, context)).toBe('start-reserved-for-employee');
  });

  it('F42 with video switched off a call starts by voice; with all switched off not at all', () => {
    const log = new Log().must(people.opener, say.request()).must(people.assigned, say.confirm());
    const verdictWith = (services: { text: boolean; voice: boolean; video: boolean }) =>
      offerVerdict('startCall', log.current, contextOf(people.opener, log.nowMs, { services }));
    expect(verdictWith({ text: true, voice: true, video: false })).toBe(true);
    expect(verdictWith({ text: false, voice: false, video: false })).toBe('service-switched-off');
  });

  it('F113 in a call both may draw and take pictures, the employee may track', () => {
    const log = linkedCall(new Log().must(people.assigned, say.create()));
    expect(offered(log, people.opener)).toEqual(expect.arrayContaining(['draw', 'takeScreenshot', 'leave']));
    expect(offered(log, people.assigned)).toContain('track');
    expect(offered(log, people.opener)).not.toContain('track');
  });

  it('F18 a moderator who is not assigned is offered to join in first', () => {
    const log = new Log().must(people.assigned, say.create());
    expect(offered(log, people.moderator)).toContain('assignSelf');
    expect(offered(log, people.moderator)).not.toContain('startCall');
  });

  it('F26 C17 by hand: the legal rows alone, and nothing for a code user', () => {
    const byHand = (status: Parameters<typeof sessionIn>[0], who: Person = people.assigned): string[] => {
      const log = sessionIn(status);
      return manualStatuses(log.current, contextOf(who, log.nowMs));
    };
    expect(byHand('REQUESTED')).toEqual(['CONFIRMED', 'CANCELLED']);
    expect(byHand('CONFIRMED')).toEqual(['CANCELLED']);
    expect(byHand('IN_PROGRESS')).toEqual(['DONE', 'CANCELLED']);
    expect(byHand('DONE')).toEqual(['CONFIRMED', 'CLOSED']);
    expect(byHand('CLOSED')).toEqual(['CONFIRMED']);
    expect(byHand('CANCELLED')).toEqual(['CONFIRMED']);
    expect(byHand('DONE', people.opener)).toEqual([]);
    expect(byHand('DONE', people.responsible)).toEqual([]);
  });

  it('F79 F65 F86 a call that runs can be ended with its session; notes after the end, ratings by the code user', () => {
    expect(offered(sessionIn('IN_PROGRESS'), people.assigned)).toContain('end');
    expect(offered(sessionIn('CONFIRMED'), people.assigned)).not.toContain('end');
    const closed = sessionIn('CLOSED');
    expect(offered(closed, people.assigned)).toEqual(
      expect.arrayContaining(['addNote', 'readNotes', 'seeRating']),
    );
    expect(offered(closed, people.opener)).toContain('rate');
    expect(offered(closed, people.opener)).not.toContain('readNotes');
  });
});
