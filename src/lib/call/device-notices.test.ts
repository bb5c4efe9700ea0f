import { expect, it } from 'vitest';
import type { CallParticipant, OwnMedia } from './call-snapshot.ts';
import { deviceNotices } from './device-notices.ts';
import { deviceReasons } from './devices/device-reasons.ts';

const fine: OwnMedia = {
  microphone: 'on',
  camera: 'on',
  microphoneReason: null,
  cameraReason: null,
  microphoneBack: false,
  cameraBack: false,
  facing: 'unknown',
  mirrored: false,
  canSwitchCamera: false,
  cameraStream: null,
  cameraTrack: null,
  microphoneTrack: null,
};

function bert(media: Partial<CallParticipant['media']>, link: CallParticipant['link'] = 'connected') {
  return {
    participantId: 'b',
    name: 'Bert',
    kind: 'employee',
    link,
    linkChangedAtMs: 0,
    media: { microphone: 'none', camera: 'off', screen: 'none', ...media },
    quality: { level: 'good' },
    audioStream: null,
    cameraStream: null,
    screenStream: null,
  } satisfies CallParticipant;
}

it('X43 says nothing while all works, or is off by choice', () => {
  expect(deviceNotices({ own: fine, participants: [bert({})] })).toEqual([]);
  const off = { ...fine, microphone: 'muted', camera: 'off' } as const;
  expect(deviceNotices({ own: off, participants: [] })).toEqual([]);
});

it('X43 names every own device that gives nothing, each with its sentence', () => {
  const own = { ...fine, microphoneReason: 'interrupted', cameraReason: 'denied', cameraBack: true } as const;
  expect(deviceNotices({ own, participants: [] })).toEqual([
    {
      whose: 'own',
      device: 'microphone',
      reason: 'interrupted',
      failure: 'microphone-interrupted',
      back: false,
    },
    { whose: 'own', device: 'camera', reason: 'denied', failure: 'camera-denied', back: true },
  ]);
});

it('X43 a browser without devices is told of once', () => {
  const own = { ...fine, microphoneReason: 'unsupported', cameraReason: 'unsupported' } as const;
  expect(deviceNotices({ own, participants: [] })).toMatchObject([{ failure: 'media-unsupported' }]);
});

it('X43 an own device that is starting is seen on its button; of another one it is said', () => {
  const own = { ...fine, microphoneReason: 'starting' } as const;
  expect(deviceNotices({ own, participants: [bert({ microphoneReason: 'starting' })] })).toEqual([
    { whose: 'other', participantId: 'b', name: 'Bert', device: 'microphone', reason: 'starting' },
  ]);
});

it.each(deviceReasons)('X43 %s of another participant is said, for each device', (reason) => {
  const participants = [bert({ microphoneReason: reason, cameraReason: reason })];
  expect(deviceNotices({ own: fine, participants }).map(({ device }) => device)).toEqual([
    'microphone',
    'camera',
  ]);
});

it('says nothing of somebody who is not linked: what they said last may be old', () => {
  expect(
    deviceNotices({ own: fine, participants: [bert({ cameraReason: 'busy' }, 'reconnecting')] }),
  ).toEqual([]);
});
