import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import {
  allowsDirectCall,
  defaultSettings,
  freezeSettings,
  organizationSettingsSchema,
  usualReviewMs,
} from './settings.ts';

const parses = (input: unknown) => v.safeParse(organizationSettingsSchema, input).success;

describe('settings of an organization', () => {
  test('C1 C2 C3 C7 C10 C11 C15 C18 the defaults are those of the rules', () => {
    expect(defaultSettings).toMatchObject({
      allowRequests: true,
      directCall: false,
      whoMayStart: 'both',
      codeUserMayCancelConfirmed: true,
      keepOpenUntilClosed: false,
      reviewWindow: 'wrapUp',
      reviewMs: 600_000,
      retention: 'keep',
      codeUserMayTrack: false,
      guestMayEdit: true,
      employeeCamera: false,
      drawingLifetimeMs: 5000,
      services: { text: true, voice: true, video: true },
      mirrorChatToTicket: true,
      sessionRating: true,
      requestExpiryMs: null,
    });
  });

  test('F73 two take part by default', () => {
    expect(defaultSettings.maxParticipants).toBe(2);
  });

  test.each([
    [{ maxParticipants: 1 }, false],
    [{ maxParticipants: 2 }, true],
    [{ maxParticipants: 4 }, true],
    [{ maxParticipants: 5 }, false],
    [{ maxParticipants: 2.5 }, false],
    [{ drawingLifetimeMs: 999 }, false],
    [{ drawingLifetimeMs: 1000 }, true],
    [{ drawingLifetimeMs: 30_000 }, true],
    [{ drawingLifetimeMs: 30_001 }, false],
    [{ reviewMs: 0 }, true],
    [{ reviewMs: -1 }, false],
    [{ reviewMs: Infinity }, false],
    [{ reviewMs: 2 ** 31 - 1 }, true],
    [{ reviewMs: 2 ** 31 }, false],
    [{ requestExpiryMs: null }, true],
    [{ requestExpiryMs: 59_999 }, false],
    [{ requestExpiryMs: 60_000 }, true],
    [{ requestExpiryMs: 2 ** 31 }, false],
    [{ retentionDays: 36_501 }, false],
    [{ mirrorChatToTicket: 1 }, false],
    [{ sessionRating: null }, false],
    [{ retention: 'days', retentionDays: 0 }, false],
    [{ whoMayStart: 'codeUserOnly' }, false],
    [{ reviewWindow: 'never' }, false],
    [{ allowRequests: 'yes' }, false],
    [{ services: { video: false } }, true],
    [null, false],
    ['', false],
  ])('%j → %j', (input, expected) => {
    expect(parses(input)).toBe(expected);
  });

  test.each([
    [{ directCall: false, whoMayStart: 'both' }, false],
    [{ directCall: true, whoMayStart: 'both' }, true],
    [{ directCall: true, whoMayStart: 'employeeOnly' }, false],
    [{ directCall: false, whoMayStart: 'employeeOnly' }, false],
  ] as const)('F14 F15 C2 employeeOnly forces direct calls off: %j → %j', (settings, expected) => {
    expect(allowsDirectCall(settings)).toBe(expected);
  });

  test('C1 every window that is offered can be set', () => {
    for (const reviewMs of usualReviewMs) expect(parses({ reviewMs })).toBe(true);
  });

  test('settings that were stored before a switch existed get its default', () => {
    const stored: Record<string, unknown> = { ...defaultSettings };
    delete stored.sessionRating;
    delete stored.requestExpiryMs;
    expect(v.parse(organizationSettingsSchema, stored)).toEqual(defaultSettings);
  });

  test('C3 a session keeps only its own part, and a copy', () => {
    const frozen = freezeSettings(defaultSettings);
    expect(Object.keys(frozen).sort()).toEqual([
      'codeUserMayCancelConfirmed',
      'codeUserMayTrack',
      'drawingLifetimeMs',
      'employeeCamera',
      'guestMayEdit',
      'keepOpenUntilClosed',
      'maxParticipants',
      'requestExpiryMs',
      'retention',
      'retentionDays',
      'reviewMs',
      'reviewWindow',
      'sessionRating',
      'whoMayStart',
    ]);
    expect(frozen).not.toBe(defaultSettings);
  });
});
