import { expect, test } from 'vitest';
import { participantMayTrack } from './participant-rights.ts';
import { may } from './permissions.ts';
import { liveCall } from './video-session.ts';
import { people, sessionIn } from '#harness/domain/sessions.ts';

test.each([true, false])(
  "F59 C11 whom the table lets track in a call, the camera's device lets too, and nobody else: setting %s",
  (codeUserMayTrack) => {
    const open = sessionIn('IN_PROGRESS').current;
    const session = { ...open, settings: { ...open.settings, codeUserMayTrack } };
    const legs = liveCall(session)?.legs ?? [];
    expect(legs.map((leg) => leg.kind).sort()).toEqual(['codeUser', 'employee']);
    for (const leg of legs) {
      const person = Object.values(people).find((one) => one.id === leg.participantId);
      if (!person) throw new Error('nobody of this id');
      expect(participantMayTrack(session, leg)).toBe(may(person, 'track', session));
    }
    expect(participantMayTrack(session, { participantId: 'somebody', kind: 'employee' })).toBe(false);
    expect(participantMayTrack(session, { participantId: 'guest', kind: 'guest' })).toBe(false);
  },
);
