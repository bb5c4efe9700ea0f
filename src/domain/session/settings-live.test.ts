import { describe, expect, test } from 'vitest';
import type { CommandId } from '../ids.ts';
import type { OrganizationSettings } from '../organization/settings.ts';
import { parseSessionCommand, type SessionCommandBody } from './commands.ts';
import { decide } from './decide.ts';
import { nextDeadline } from './deadlines.ts';
import {
  callOne,
  callTwo,
  contextOf,
  idOf,
  Log,
  people,
  press,
  pump,
  refOf,
  say,
  sessionId,
  sessionIn,
} from '#harness/domain/sessions.ts';
import { liveCall } from './video-session.ts';

const { opener, tablet, guest, assigned, responsible, moderator } = people;
const reasonOf = (decision: { ok: boolean; reason?: string }) => (decision.ok ? 'ok' : decision.reason);

/** A session, and then the organization's settings change. */
function changed(log: Log, settings: Partial<OrganizationSettings>): Log {
  Object.assign(log.settings, settings);
  return log;
}
const services = (more: Partial<OrganizationSettings['services']>) => ({
  services: { text: true, voice: true, video: true, ...more },
});
const start = (mode: 'video' | 'voice' | 'text'): SessionCommandBody => ({
  type: 'call.start',
  payload: { callId: callOne, mode },
});
const answer = (mode: 'video' | 'voice' | 'text'): SessionCommandBody => ({
  type: 'call.answer',
  payload: { callId: callOne, mode },
});

describe('F14 C2 direct calls', () => {
  const direct = { directCall: true };

  test('F14 CONFIRMED and ringing at once, in one step, with nobody’s confirmation', () => {
    const log = new Log(direct).must(opener, say.callDirectly({ reason: ' Smoke ' }));
    expect(log.events.map((event) => event.type)).toEqual(['session.created', 'call.started']);
    expect(log.current).toMatchObject({ status: 'CONFIRMED', direct: true, reason: 'Smoke' });
    expect(log.current.device.id).toBe(pump);
    expect(liveCall(log.current)).toMatchObject({ id: callOne, number: 1, state: 'ringing' });
    expect(nextDeadline(log.current)?.command.type).toBe('relay.miss-call');
    expect(log.current.history.map((step) => step.status)).toEqual(['CONFIRMED']);
  });

  test('F14 F72 P60 it rings those who answer for the machine: they have received it and may answer', () => {
    const log = new Log(direct).must(opener, say.callDirectly());
    expect(log.current.receivedBy).toEqual([refOf(assigned)]);
    expect(log.current.assigned).toEqual([refOf(assigned)]);
    expect(reasonOf(log.run(moderator, say.answer()))).toBe('not-assigned');
    log.must(assigned, say.answer()).must(opener, say.linkUp());
    expect(log.current.status).toBe('IN_PROGRESS');
  });

  test('F14 missed: the session stays CONFIRMED, and either side can start again', () => {
    const log = new Log(direct).must(opener, say.callDirectly());
    const due = nextDeadline(log.current);
    if (!due) throw new Error('nothing is due');
    log.must({ kind: 'relay' }, due.command, { nowMs: due.atMs });
    expect(log.current.status).toBe('CONFIRMED');
    expect(reasonOf(log.run(assigned, say.start(callTwo)))).toBe('ok');
  });

  test('F14 off by default, and refused', () => {
    expect(reasonOf(new Log().run(opener, say.callDirectly()))).toBe('direct-call-switched-off');
  });

  test('F15 C2 only employees may start: forced off, however the switch is set', () => {
    const log = new Log({ ...direct, whoMayStart: 'employeeOnly' });
    expect(reasonOf(log.run(opener, say.callDirectly()))).toBe('direct-call-switched-off');
  });

  test('C2 C7 it is independent of requests', () => {
    const log = new Log({ ...direct, allowRequests: false });
    expect(reasonOf(log.judge(opener, say.request()))).toBe('requests-switched-off');
    expect(reasonOf(log.run(opener, say.callDirectly()))).toBe('ok');
  });

  test('F14 T10 T17 no employee, no guest, no foreign machine, no unknown ticket', () => {
    const log = new Log(direct);
    for (const who of [assigned, moderator])
      expect(reasonOf(log.run(who, say.callDirectly({ deviceId: pump })))).toBe('forbidden');
    expect(reasonOf(log.run(guest, say.callDirectly()))).toBe('forbidden');
    expect(reasonOf(log.run(opener, say.callDirectly({ deviceId: press })))).toBe('not-found');
    expect(reasonOf(log.run(opener, say.callDirectly({ ticketIds: [idOf('none')] })))).toBe('ticket-unknown');
    expect(reasonOf(log.run(opener, say.callDirectly({ reason: 'x'.repeat(2001) })))).toBe('reason-too-long');
  });
});

describe('F42 services, F28 support: read when a command is judged', () => {
  test.each([
    ['video', 'video'],
    ['voice', 'voice'],
    ['text', 'text'],
  ] as const)(
    'F42 %s switched off: nobody starts, answers or calls directly so; the others go',
    (service, mode) => {
      const off = services({ [service]: false });
      for (const who of [opener, assigned])
        expect(reasonOf(changed(sessionIn('CONFIRMED'), off).run(who, start(mode)))).toBe(
          'service-switched-off',
        );
      const rung = changed(sessionIn('CONFIRMED').must(assigned, say.start()), off);
      expect(reasonOf(rung.run(opener, answer(mode)))).toBe('service-switched-off');
      const call = say.callDirectly({ mode });
      expect(reasonOf(new Log({ directCall: true, ...off }).run(opener, call))).toBe('service-switched-off');
      for (const other of (['video', 'voice', 'text'] as const).filter((one) => one !== mode))
        expect(reasonOf(changed(sessionIn('CONFIRMED'), off).run(opener, start(other)))).toBe('ok');
    },
  );

  test('F2 F28 F42 what there is none of is not asked for either; an employee still keeps a record', () => {
    const nothing = services({ text: false, voice: false, video: false });
    expect(reasonOf(new Log(nothing).run(opener, say.request()))).toBe('service-switched-off');
    expect(reasonOf(new Log(nothing).run(assigned, say.create()))).toBe('ok');
    expect(reasonOf(new Log(services({ video: false })).run(opener, say.request()))).toBe('ok');
    const context = {
      ...contextOf(opener),
      device: (id: string) => ({ ...deviceOf(id), supportEnabled: false }),
    };
    const command = { id: idOf<CommandId>('c'), streamId: sessionId, baseSeq: 0, clientAtMs: 0 };
    expect(reasonOf(decide(undefined, { ...command, ...say.request() }, context))).toBe(
      'support-switched-off',
    );
  });

  test('F42 text switched off: no chat, for nobody', () => {
    const log = changed(sessionIn('CONFIRMED'), services({ text: false }));
    for (const who of [opener, assigned])
      expect(reasonOf(log.run(who, say.chat()))).toBe('service-switched-off');
  });

  test('F42 a change in the middle of a call: the call goes on, can be left and ended; the next does not start', () => {
    const log = changed(sessionIn('IN_PROGRESS'), services({ text: false, voice: false, video: false }));
    expect(reasonOf(log.run(opener, say.screenshot()))).toBe('ok');
    log.must(opener, say.leave());
    expect(log.current.status).toBe('DONE');
    log.must(assigned, say.reopen());
    expect(reasonOf(log.run(opener, say.start(callTwo)))).toBe('service-switched-off');
  });

  test('F28 live support off for the machine: the call is out of reach, the rest of the session is not', () => {
    const log = sessionIn('CONFIRMED');
    const context = contextOf(opener, log.nowMs);
    const judge = (body: SessionCommandBody) =>
      reasonOf(
        decide(
          log.current,
          { id: idOf('c'), streamId: log.current.id, baseSeq: log.current.seq, clientAtMs: 0, ...body },
          { ...context, device: (id) => ({ ...deviceOf(id), supportEnabled: false }) },
        ),
      );
    expect(judge(say.start())).toBe('support-switched-off');
    expect(judge(say.chat())).toBe('ok');
    expect(judge(say.cancel())).toBe('ok');
  });

  const deviceOf = (id: string) => ({
    id,
    name: 'Pump',
    organizationId: opener.organizationId,
    responsible: [],
  });
});

describe('F4 C2 C3 C7 C11 C15 C18 what is live and what was frozen', () => {
  test('F4 C7 requests off: a forged request is refused from that moment; what was requested goes on', () => {
    const log = new Log().must(opener, say.request());
    changed(log, { allowRequests: false });
    expect(reasonOf(new Log({ allowRequests: false }).run(opener, say.request()))).toBe(
      'requests-switched-off',
    );
    expect(reasonOf(log.run(responsible, say.confirm()))).toBe('ok');
  });

  test('F15 C2 C18 C15 C11 P61 a session keeps who may start, who may cancel, how it ends, who may track', () => {
    const log = changed(sessionIn('CONFIRMED'), {
      whoMayStart: 'employeeOnly',
      codeUserMayCancelConfirmed: false,
      keepOpenUntilClosed: true,
      codeUserMayTrack: true,
      reviewWindow: 'manual',
      sessionRating: false,
    });
    expect(reasonOf(log.judge(opener, say.cancel()))).toBe('ok');
    log.must(opener, say.start()).must(assigned, say.answer()).must(opener, say.linkUp());
    expect(log.current.settings.codeUserMayTrack).toBe(false);
    log.must(opener, say.leave());
    expect(log.current.status).toBe('DONE');
    expect(log.current.closesAtMs).toBe(log.nowMs + 600_000);
    expect(reasonOf(log.run(opener, say.rate()))).toBe('ok');
  });
});

describe('F72 who received, who conducts', () => {
  test('F72 F7 a request names who received it; confirming names who conducts; later changes keep both', () => {
    const log = new Log().must(opener, say.request());
    expect(log.current).toMatchObject({ receivedBy: [refOf(assigned)], assigned: [] });
    log.must(responsible, say.confirm());
    expect(log.current).toMatchObject({ receivedBy: [refOf(assigned)], assigned: [refOf(responsible)] });
    log.must(moderator, say.assign(moderator)).must(moderator, say.unassign(responsible));
    expect(log.current).toMatchObject({ receivedBy: [refOf(assigned)], assigned: [refOf(moderator)] });
  });

  test('F18 a moderator adds oneself as responsible, and then conducts', () => {
    const log = sessionIn('CONFIRMED');
    expect(reasonOf(log.run(moderator, say.start()))).toBe('not-assigned');
    log.must(moderator, say.assign(moderator)).must(moderator, say.start()).must(tablet, say.answer());
    expect(liveCall(log.current)?.legs.map((leg) => leg.name)).toEqual(['mona', 'tablet']);
  });
});

describe('commands from outside', () => {
  const envelope = { id: idOf('c'), streamId: idOf('s'), baseSeq: 0, clientAtMs: 0 };
  const parses = (body: object) => {
    try {
      return parseSessionCommand({ ...envelope, ...body }).type;
    } catch {
      return 'malformed';
    }
  };

  test('every command that can be said is understood as it was said', () => {
    for (const make of Object.values(say)) {
      const body = (make as () => SessionCommandBody)();
      expect(parseSessionCommand({ ...envelope, ...body })).toMatchObject(body);
    }
  });

  test.each([
    { type: 'rating.give', payload: { callId: callOne, score: 0 } },
    { type: 'rating.give', payload: { callId: callOne, score: 6 } },
    { type: 'rating.give', payload: { callId: callOne, score: 2.5 } },
    { type: 'rating.give', payload: { callId: callOne, score: '5' } },
    { type: 'rating.give', payload: { score: 5 } },
    { type: 'note.add', payload: { noteId: 'short', text: 'x' } },
    { type: 'note.add', payload: { noteId: idOf('n'), text: 7 } },
    { type: 'chat.mark-read', payload: {} },
    { type: 'session.set-status', payload: { status: 'OPEN' } },
    { type: 'session.call-directly', payload: { mode: 'video' } },
    { type: 'session.link-ticket', payload: { ticketId: '../x' } },
    { type: 'session.withheld', payload: {} },
    { type: 'relay.purge' },
  ])('malformed: %j', (body) => {
    expect(parses(body)).toBe('malformed');
  });

  test('T43 a clock ten years off is no fault: it is only shown', () => {
    for (const years of [-10, 10]) {
      const clientAtMs = Date.UTC(2026 + years, 0);
      expect(parseSessionCommand({ ...envelope, clientAtMs, ...say.confirm() }).clientAtMs).toBe(clientAtMs);
    }
  });

  test('T47 fields that are not a command’s are dropped, whoever sends them', () => {
    const extra = {
      manual: true,
      direct: true,
      automatic: true,
      actor: { kind: 'employee', id: assigned.id },
      organizationId: 'theirs',
      settings: { directCall: true },
      status: 'CLOSED',
      role: 'administrator',
      visibility: 'internal',
      assigned: [{ id: opener.id, name: 'opener' }],
    };
    for (const [name, make] of Object.entries(say)) {
      if (name === 'setStatus' || name === 'visibility') continue;
      const body = (make as () => SessionCommandBody)();
      const sent = { ...envelope, ...extra, ...body, payload: { ...extra, ...body.payload } };
      expect(Object.keys(parseSessionCommand(sent)).sort()).toEqual([
        'baseSeq',
        'clientAtMs',
        'id',
        'payload',
        'streamId',
        'type',
      ]);
      expect(parseSessionCommand(sent)).toEqual({
        ...envelope,
        ...parseSessionCommand({ ...envelope, ...body }),
      });
    }
  });

  test('a text that is too long, but fits a frame, gets as far as its own reason', () => {
    const body = say.note('x'.repeat(40_000));
    expect(parses(body)).toBe('note.add');
    expect(reasonOf(sessionIn('DONE').run(assigned, body))).toBe('text-too-long');
  });
});
