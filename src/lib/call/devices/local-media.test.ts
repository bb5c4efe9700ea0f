import { describe, expect, it } from 'vitest';
import { FakeDevices, type FakeTrack } from '../testing/fake-devices.ts';
import { LocalMedia } from './local-media.ts';

function setUp(preferredFacing: 'environment' | 'user' = 'environment') {
  const devices = new FakeDevices();
  const media = new LocalMedia({ preferredFacing, devices: devices.access, permission: devices.permission });
  return { devices, media };
}
const fake = (track: MediaStreamTrack | null) => track as unknown as FakeTrack;

describe('own camera and microphone', () => {
  it('asks once for both, rear camera first, with echo cancellation', async () => {
    const { devices, media } = setUp();
    await media.start({ camera: true, microphone: true });
    expect(devices.requests).toHaveLength(1);
    expect(devices.requests[0]).toMatchObject({
      audio: { echoCancellation: true, noiseSuppression: true },
      video: { facingMode: 'environment' },
    });
    expect([media.state('camera'), media.state('microphone'), media.facing]).toEqual([
      'on',
      'on',
      'environment',
    ]);
  });

  it('F36 does not touch the camera unless it is wanted', async () => {
    const { devices, media } = setUp('user');
    await media.start({ microphone: true });
    expect(devices.requests.every((request) => !request.video)).toBe(true);
    expect(media.state('camera')).toBe('off');
  });

  it('does not ask again for what runs or is being asked for', async () => {
    const { devices, media } = setUp();
    await Promise.all([media.start({ camera: true }), media.start({ camera: true })]);
    await media.start({ camera: true });
    expect(devices.requests).toHaveLength(1);
  });

  it.each([
    ['NotAllowedError', 'camera-denied'],
    ['NotFoundError', 'camera-missing'],
    ['NotReadableError', 'camera-busy'],
  ])('X43 %s of the camera is %s, and the microphone still works', async (name, reason) => {
    const { devices, media } = setUp();
    devices.videoError = name;
    devices.permissions = { camera: 'denied', microphone: 'granted' };
    if (name !== 'NotAllowedError') devices.permissions = {};
    await media.start({ camera: true, microphone: true });
    expect(media.failure('camera')).toBe(reason);
    expect(media.failure('microphone')).toBeNull();
    expect(media.state('microphone')).toBe('on');
  });

  it('a refusal is not followed by another question', async () => {
    const { devices, media } = setUp();
    devices.videoError = devices.audioError = 'NotAllowedError';
    await media.start({ camera: true, microphone: true });
    expect(devices.requests).toHaveLength(1);
    expect([media.failure('camera'), media.failure('microphone')]).toEqual([
      'camera-denied',
      'microphone-denied',
    ]);
  });

  it('says media-unsupported where the page has no devices', async () => {
    const media = new LocalMedia({ preferredFacing: 'user', devices: undefined });
    await media.start({ camera: true, microphone: true });
    expect(media.failure('camera')).toBe('media-unsupported');
  });

  it('F96 muting disables the real track', async () => {
    const { media } = setUp();
    await media.start({ microphone: true });
    media.setEnabled('microphone', false);
    expect(media.track('microphone')?.enabled).toBe(false);
    expect(media.state('microphone')).toBe('disabled');
  });

  it('F97 stopping the camera ends its track', async () => {
    const { devices, media } = setUp();
    await media.start({ camera: true });
    media.stop('camera');
    expect(devices.running).toHaveLength(0);
    expect(media.state('camera')).toBe('off');
  });

  it('F97 a camera that comes after it was stopped does not run on', async () => {
    const { devices, media } = setUp();
    const answer = devices.hold();
    const starting = media.start({ camera: true });
    media.stop('camera');
    answer();
    await starting;
    expect(devices.tracks).toHaveLength(1);
    expect(devices.running).toHaveLength(0);
    expect(media.state('camera')).toBe('off');
  });

  it('F98 switching stops the old camera before it asks for the other', async () => {
    const { devices, media } = setUp();
    await media.start({ camera: true });
    expect(await media.switchCamera()).toMatchObject({ ok: true });
    expect(media.facing).toBe('user');
    expect(devices.running).toHaveLength(1);
    await media.switchCamera();
    expect(media.facing).toBe('environment');
  });

  it('F98 when the other camera fails, the one before comes back', async () => {
    const { devices, media } = setUp();
    await media.start({ camera: true });
    const original = devices.access.getUserMedia;
    let first = true;
    devices.access.getUserMedia = async (constraints) => {
      if (first) {
        first = false;
        throw Object.assign(new Error('busy'), { name: 'NotReadableError' });
      }
      return original(constraints);
    };
    expect(await media.switchCamera()).toEqual({ ok: false, reason: 'camera-busy' });
    expect([media.state('camera'), media.facing, media.failure('camera')]).toEqual([
      'on',
      'environment',
      'camera-busy',
    ]);
  });

  it.each([
    ['the camera is stopped', 'the other one is asked for', 0],
    ['the camera is stopped', 'the one before is asked for', 1],
    ['everything is closed', 'the other one is asked for', 0],
    ['everything is closed', 'the one before is asked for', 1],
  ] as const)('F97 F98 when %s while %s, no camera comes', async (how, _when, failures) => {
    const { devices, media } = setUp();
    await media.start({ camera: true });
    const original = devices.access.getUserMedia;
    let asked = 0;
    let answer: () => void = () => undefined;
    devices.access.getUserMedia = async (constraints) => {
      asked += 1;
      if (asked === failures + 1) await new Promise<void>((resolve) => (answer = resolve));
      if (asked === 1) throw Object.assign(new Error('busy'), { name: 'NotReadableError' });
      return original(constraints);
    };
    const switching = media.switchCamera();
    await expect.poll(() => asked).toBe(failures + 1);
    if (how === 'the camera is stopped') media.stop('camera');
    else media.close();
    answer();
    expect(await switching).toEqual({ ok: true, value: undefined });
    expect(asked).toBe(failures + 1);
    expect(devices.running).toHaveLength(0);
    expect([media.state('camera'), media.track('camera'), media.failure('camera')]).toEqual([
      'off',
      null,
      null,
    ]);
  });

  it('F98 a camera that is stopped while the other one is looked for does not come on', async () => {
    const { devices, media } = setUp('user');
    devices.cameras = [
      { deviceId: 'one', facingMode: '' },
      { deviceId: 'two', facingMode: '' },
    ];
    await media.start({ camera: true });
    const switching = media.switchCamera();
    media.stop('camera');
    expect(await switching).toEqual({ ok: true, value: undefined });
    expect([devices.requests.length, devices.running.length]).toEqual([1, 0]);
  });

  it('F98 cameras that do not say where they look are taken in turn', async () => {
    const { devices, media } = setUp('user');
    devices.cameras = [
      { deviceId: 'one', facingMode: '' },
      { deviceId: 'two', facingMode: '' },
    ];
    await media.start({ camera: true });
    await media.switchCamera();
    expect(fake(media.track('camera')).settings.deviceId).toBe('two');
    await media.switchCamera();
    expect(fake(media.track('camera')).settings.deviceId).toBe('one');
  });

  it('C20 a front camera is shown mirrored by default, a rear camera never', async () => {
    const { media } = setUp('user');
    await media.start({ camera: true });
    expect([media.facing, media.mirrored]).toEqual(['user', true]);
    await media.switchCamera();
    expect([media.facing, media.mirrored]).toEqual(['environment', false]);
  });

  it('F101 a phone call shows as interrupted, and the devices come back when it ends or on a tap', async () => {
    const { devices, media } = setUp();
    let changes = 0;
    await media.start({ camera: true, microphone: true });
    media.subscribe(() => (changes += 1));
    fake(media.track('microphone')).interrupt(true);
    expect([media.state('microphone'), changes]).toEqual(['interrupted', 1]);
    fake(media.track('microphone')).interrupt(false);
    expect(media.state('microphone')).toBe('on');
    fake(media.track('camera')).unplug();
    expect(media.state('camera')).toBe('interrupted');
    await media.resume();
    expect(media.state('camera')).toBe('on');
    expect(devices.running).toHaveLength(2);
  });

  it('X43 a device that is being asked for is starting, whichever it is', async () => {
    const { devices, media } = setUp();
    const answer = devices.hold();
    const starting = media.start({ camera: true, microphone: true });
    expect([media.reason('camera'), media.reason('microphone')]).toEqual(['starting', 'starting']);
    answer();
    await starting;
    expect([media.reason('camera'), media.reason('microphone')]).toEqual([null, null]);
  });

  it('X43 a plug that is pulled is told from an end by the system, whichever event comes first', async () => {
    const { devices, media } = setUp();
    await media.start({ camera: true, microphone: true });
    fake(media.track('camera')).unplug();
    devices.microphones = [];
    fake(media.track('microphone')).unplug();
    await expect.poll(() => media.reason('microphone')).toBe('unplugged');
    expect([media.failure('microphone'), media.reason('camera')]).toEqual(['microphone-unplugged', 'ended']);
    devices.cameras = devices.cameras.filter(({ facingMode }) => facingMode === 'user');
    devices.changed();
    await expect.poll(() => media.reason('camera')).toBe('unplugged');
  });

  it('X43 a permission that is taken back in the call is a refusal', async () => {
    const { devices, media } = setUp();
    await media.start({ microphone: true });
    devices.permissions = { microphone: 'denied' };
    fake(media.track('microphone')).unplug();
    await expect.poll(() => media.failure('microphone')).toBe('microphone-denied');
  });

  it('X43 what the system takes for a while is interrupted, and is well again by itself', async () => {
    const { media } = setUp();
    await media.start({ microphone: true });
    fake(media.track('microphone')).interrupt(true);
    expect([media.reason('microphone'), media.failure('microphone')]).toEqual(['interrupted', null]);
    fake(media.track('microphone')).interrupt(false);
    expect(media.reason('microphone')).toBeNull();
  });

  it('X43 a device that comes back is offered, and muted as before when it is taken', async () => {
    const { devices, media } = setUp();
    await media.start({ microphone: true });
    media.setEnabled('microphone', false);
    devices.microphones = [];
    fake(media.track('microphone')).unplug();
    await expect.poll(() => media.reason('microphone')).toBe('unplugged');
    devices.changed();
    await expect.poll(() => media.isBack('microphone')).toBe(false);
    devices.microphones = [{ deviceId: 'headset' }];
    devices.changed();
    await expect.poll(() => media.isBack('microphone')).toBe(true);
    expect([devices.running.length, devices.requests.length]).toEqual([0, 1]);
    await media.restart('microphone');
    expect([media.state('microphone'), media.isBack('microphone')]).toEqual(['disabled', false]);
  });

  it('X43 a microphone that was missing from the start is offered when one is plugged in', async () => {
    const { devices, media } = setUp();
    devices.microphones = [];
    await media.start({ microphone: true });
    expect(media.reason('microphone')).toBe('missing');
    devices.microphones = [{ deviceId: 'headset' }];
    devices.changed();
    await expect.poll(() => media.isBack('microphone')).toBe(true);
    await media.restart('microphone');
    expect([media.state('microphone'), media.reason('microphone')]).toEqual(['on', null]);
  });

  it('a device that is off by choice has no reason', async () => {
    const { media } = setUp();
    await media.start({ camera: true });
    media.stop('camera');
    expect(media.reason('camera')).toBeNull();
  });

  it('closing leaves nothing running', async () => {
    const { devices, media } = setUp();
    await media.start({ camera: true, microphone: true });
    media.close();
    expect(devices.running).toHaveLength(0);
  });
});
