import { describe, expect, test } from 'vitest';
import { fullestMode, offersSessions } from './offered.ts';

const none = { text: false, voice: false, video: false };

describe('what is offered at a machine', () => {
  test.each([
    ['all services', { text: true, voice: true, video: true }, true, true, 'video'],
    ['no video', { text: true, voice: true, video: false }, true, true, 'voice'],
    ['text alone', { ...none, text: true }, true, true, 'text'],
    ['no service', none, true, false, undefined],
    ['support off for the machine', { text: true, voice: true, video: true }, false, false, 'video'],
  ] as const)('F2 F28 F42 %s', (_name, services, supportEnabled, offered, mode) => {
    expect(offersSessions({ services, supportEnabled })).toBe(offered);
    expect(fullestMode(services)).toBe(mode);
  });
});
