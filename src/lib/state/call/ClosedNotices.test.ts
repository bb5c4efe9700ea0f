import { expect, test } from 'vitest';
import type { DeviceNotice } from '../../call/call-snapshot.ts';
import { ClosedNotices } from './ClosedNotices.svelte.ts';

const missing: DeviceNotice = {
  whose: 'own',
  device: 'camera',
  reason: 'missing',
  failure: 'camera-missing',
  back: false,
};
const others: DeviceNotice = {
  whose: 'other',
  participantId: 'tablet',
  name: 'Tablet',
  device: 'microphone',
  reason: 'denied',
};

test('X43 what was put away stays away, for the same device and the same reason alone', () => {
  const closed = new ClosedNotices();
  closed.close(missing);
  closed.keepOnly([missing, others]);
  expect(closed.open([missing, others])).toEqual([others]);
  const again: DeviceNotice = { ...missing, reason: 'busy', failure: 'camera-busy' };
  expect(closed.open([again])).toEqual([again]);
  const back: DeviceNotice = { ...missing, back: true };
  expect(closed.open([back])).toEqual([back]);
});

test('X43 what went away and came back is said again', () => {
  const closed = new ClosedNotices();
  closed.close(others);
  closed.keepOnly([missing]);
  closed.keepOnly([missing, others]);
  expect(closed.open([others])).toEqual([others]);
});
