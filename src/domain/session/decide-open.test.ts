import { describe, expect, test } from 'vitest';
import {
  idOf,
  knownTicket,
  Log,
  people,
  press,
  pump,
  refOf,
  relay,
  say,
  strangers,
} from '#harness/domain/sessions.ts';

const reasonOf = (decision: { ok: boolean; reason?: string }) => (decision.ok ? 'ok' : decision.reason);

describe('request', () => {
  test('F1 F5 F19 a code user requests: REQUESTED, with machine, reason and ticket', () => {
    const log = new Log().must(
      people.opener,
      say.request({ reason: '  It leaks ', ticketIds: [knownTicket] }),
    );
    expect(log.current).toMatchObject({
      status: 'REQUESTED',
      device: { id: pump, name: 'Pump P-101' },
      reason: 'It leaks',
      ticketIds: [knownTicket],
      openedBy: { kind: 'codeUser', id: people.opener.id, name: 'opener' },
      assigned: [],
      calls: [],
    });
    expect(log.events.map((event) => event.type)).toEqual(['session.requested']);
  });

  test('F6 F72 the request keeps who received it', () => {
    const log = new Log().must(people.opener, say.request());
    expect(log.current.receivedBy).toEqual([refOf(people.assigned)]);
  });

  test('F67 a new session is public, seen by both sides', () => {
    expect(new Log().must(people.opener, say.request()).current.visibility).toBe('public');
    expect(new Log().must(people.assigned, say.create()).current.visibility).toBe('public');
  });

  test('F4 where requests are off a forged one is refused with its reason', () => {
    const log = new Log({ allowRequests: false });
    expect(reasonOf(log.run(people.opener, say.request()))).toBe('requests-switched-off');
    expect(log.events).toEqual([]);
    log.settings.allowRequests = true;
    expect(reasonOf(log.run(people.opener, say.request()))).toBe('ok');
  });

  test.each([
    ['', 'reason-missing'],
    [' \n\t ', 'reason-missing'],
    ['x'.repeat(2000), 'ok'],
    [` ${'x'.repeat(2000)} `, 'ok'],
    ['x'.repeat(2001), 'reason-too-long'],
  ])('F5 reason %j', (reason, expected) => {
    expect(reasonOf(new Log().run(people.opener, say.request({ reason })))).toBe(expected);
  });

  test('T16 the machine is the one of the code, never one that the client names', () => {
    expect(reasonOf(new Log().run(people.opener, say.request({ deviceId: press })))).toBe('not-found');
    const same = new Log().must(people.opener, say.request({ deviceId: pump }));
    expect(same.current.device.id).toBe(pump);
    const none = new Log().must(strangers['code user of another machine'], say.request());
    expect(none.current.device.id).toBe(press);
  });

  test('T17 a code user whose machine is not of the own organization opens nothing', () => {
    const forged = strangers['code user of another organization, same machine id'];
    expect(reasonOf(new Log().run(forged, say.request()))).toBe('not-found');
  });

  test('T50 a foreign or unknown ticket is refused, and the same one twice is linked once', () => {
    const unknown = say.request({ ticketIds: [knownTicket, idOf('foreign-ticket')] });
    expect(reasonOf(new Log().run(people.opener, unknown))).toBe('ticket-unknown');
    const twice = new Log().must(people.opener, say.request({ ticketIds: [knownTicket, knownTicket] }));
    expect(twice.current.ticketIds).toEqual([knownTicket]);
  });

  test.each(['guest', 'assigned', 'responsible', 'moderator', 'administrator'] as const)(
    'F19 only a code user requests: %s is forbidden',
    (part) => {
      expect(reasonOf(new Log().run(people[part], say.request({ deviceId: pump })))).toBe('forbidden');
    },
  );
});

describe('create', () => {
  test('F8 an employee creates: CONFIRMED at once, creator assigned, no REQUESTED in the log', () => {
    const log = new Log().must(people.assigned, say.create({ ticketIds: [knownTicket], reason: '' }));
    expect(log.current).toMatchObject({
      status: 'CONFIRMED',
      assigned: [refOf(people.assigned)],
      receivedBy: [],
      ticketIds: [knownTicket],
    });
    expect(log.events.map((event) => event.type)).toEqual(['session.created']);
    expect(log.current.history.map((step) => step.status)).toEqual(['CONFIRMED']);
  });

  test.each(['opener', 'tablet', 'guest'] as const)('F1 F14 T10 %s cannot create', (part) => {
    for (const directCall of [false, true])
      expect(reasonOf(new Log({ directCall }).run(people[part], say.create()))).toBe('forbidden');
    expect(reasonOf(new Log().run(people[part], say.create({ deviceId: undefined })))).toBe('forbidden');
  });

  test('F9 F12 not without a machine', () => {
    const command = say.create({ deviceId: undefined });
    expect(reasonOf(new Log().run(people.assigned, command))).toBe('device-missing');
  });

  test('T17 only for machines that one answers for; moderators for any of the organization', () => {
    const create = (who: Parameters<Log['run']>[0], deviceId: string) =>
      reasonOf(new Log().run(who, say.create({ deviceId })));
    expect(create(people.assigned, press)).toBe('not-found');
    expect(create(people.responsible, press)).toBe('ok');
    expect(create(people.moderator, press)).toBe('ok');
    expect(create(people.administrator, press)).toBe('ok');
    expect(create(people.administrator, idOf('foreign-device'))).toBe('not-found');
    expect(create(people.administrator, idOf('no-such-device'))).toBe('not-found');
    expect(create(strangers['administrator of another organization'], pump)).toBe('not-found');
  });

  test('the relay opens nothing by itself', () => {
    expect(reasonOf(new Log().run(relay, say.request()))).toBe('forbidden');
    expect(reasonOf(new Log().run(relay, say.create()))).toBe('forbidden');
  });

  test('C3 the session keeps a copy of the settings it was made with', () => {
    const log = new Log({ retention: 'none', drawingLifetimeMs: 7000 }).must(people.assigned, say.create());
    expect(log.current.settings).toMatchObject({
      retention: 'none',
      drawingLifetimeMs: 7000,
      whoMayStart: 'both',
      codeUserMayCancelConfirmed: true,
      keepOpenUntilClosed: false,
      reviewWindow: 'wrapUp',
      reviewMs: 600_000,
    });
    expect(log.current.settings).not.toHaveProperty('allowRequests');
  });
});

test('every other command on a session that does not exist is not-found', () => {
  const commands = Object.entries(say).filter(
    ([name]) => !['request', 'create', 'callDirectly'].includes(name),
  );
  for (const [, make] of commands)
    for (const who of Object.values(people))
      expect(reasonOf(new Log().run(who, (make as typeof say.confirm)()))).toBe('not-found');
});
