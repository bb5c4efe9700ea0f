import { describe, expect, test } from 'vitest';
import { channelOf, channelStates, type ChannelFacts, type DeviceAbilities } from './channel.ts';
import { foldSession } from './fold.ts';
import { sessionStatuses } from './status.ts';
import { people, say, sessionIn } from '#harness/domain/sessions.ts';

const ready: DeviceAbilities = { webRtc: true, camera: 'ready', microphone: 'ready' };
const everything = { text: true, voice: true, video: true };
const facts = (more: Partial<ChannelFacts> = {}): ChannelFacts => ({
  sessions: [],
  services: everything,
  supportEnabled: true,
  abilities: ready,
  kind: 'codeUser',
  ...more,
});
const open = sessionIn('CONFIRMED').current;

describe('C12 F28 F29 F30 F31 the channel', () => {
  test('C12 four states, another axis than the status', () => {
    expect(channelStates).toEqual(['disabled', 'connected', 'disconnected', 'unavailable']);
  });

  test.each([
    ['the machine’s support is off', { supportEnabled: false }],
    ['every service is off', { services: { text: false, voice: false, video: false } }],
  ])('F28 disabled: %s, whatever is open or broken', (_name, more) => {
    expect(channelOf(facts({ ...more, sessions: [open] }))).toEqual({ state: 'disabled', obstacles: [] });
    const broken = { webRtc: false, camera: 'denied', microphone: 'missing' } as const;
    expect(channelOf(facts({ ...more, abilities: broken })).state).toBe('disabled');
  });

  test.each(sessionStatuses)('F29 F30 C12 with one session in %s', (status) => {
    const session = sessionIn(status).current;
    const isOpen = status === 'CONFIRMED' || status === 'IN_PROGRESS';
    expect(channelOf(facts({ sessions: [session] }))).toEqual(
      isOpen
        ? { state: 'connected', obstacles: [], sessionId: session.id }
        : { state: 'disconnected', obstacles: [] },
    );
  });

  test('F30 disconnected without any session', () => {
    expect(channelOf(facts()).state).toBe('disconnected');
  });

  test('F29 C15 F32 connected between the calls of a session that is kept open, also from the log alone', () => {
    const log = sessionIn('IN_PROGRESS', { keepOpenUntilClosed: true }).must(people.opener, say.leave());
    expect(channelOf(facts({ sessions: [log.current] })).state).toBe('connected');
    const restarted = foldSession(log.events);
    expect(channelOf(facts({ sessions: restarted ? [restarted] : [] })).state).toBe('connected');
    log.must(people.assigned, say.endSession());
    expect(channelOf(facts({ sessions: [log.current] })).state).toBe('disconnected');
  });

  test('F29 the chip leads to the call that runs, else to what changed last', () => {
    const older = { id: open.id, status: 'CONFIRMED', updatedAtMs: 1 } as const;
    const newer = { ...older, id: 'newer' as typeof open.id, updatedAtMs: 2 };
    const running = { ...older, id: 'running' as typeof open.id, status: 'IN_PROGRESS' } as const;
    expect(channelOf(facts({ sessions: [older, newer] })).sessionId).toBe('newer');
    expect(channelOf(facts({ sessions: [newer, running, older] })).sessionId).toBe('running');
  });

  test.each([
    ['no-webrtc', { webRtc: false }],
    ['camera-denied', { camera: 'denied' }],
    ['camera-missing', { camera: 'missing' }],
    ['microphone-denied', { microphone: 'denied' }],
    ['microphone-missing', { microphone: 'missing' }],
  ] as const)('F31 unavailable: %s is named, so that it can be fixed', (obstacle, abilities) => {
    const channel = channelOf(facts({ abilities: { ...ready, ...abilities }, sessions: [open] }));
    expect(channel).toEqual({ state: 'unavailable', obstacles: [obstacle] });
  });

  test('F31 all that is in the way is named at once', () => {
    const abilities: DeviceAbilities = { webRtc: true, camera: 'denied', microphone: 'missing' };
    expect(channelOf(facts({ abilities })).obstacles).toEqual(['camera-denied', 'microphone-missing']);
  });

  test('F31 what the browser has not been asked yet is no obstacle', () => {
    const abilities: DeviceAbilities = { webRtc: true, camera: 'unknown', microphone: 'unknown' };
    expect(channelOf(facts({ abilities })).state).toBe('disconnected');
  });

  test('F31 F42 what no service needs is no obstacle', () => {
    const none: DeviceAbilities = { webRtc: false, camera: 'missing', microphone: 'missing' };
    const textOnly = { text: true, voice: false, video: false };
    expect(channelOf(facts({ abilities: none, services: textOnly })).state).toBe('disconnected');
    const blind: DeviceAbilities = { ...ready, camera: 'missing' };
    const voice = { text: true, voice: true, video: false };
    expect(channelOf(facts({ abilities: blind, services: voice })).state).toBe('disconnected');
    expect(channelOf(facts({ abilities: blind, kind: 'employee' })).state).toBe('disconnected');
    expect(channelOf(facts({ abilities: blind, kind: 'guest' })).state).toBe('unavailable');
  });
});
