import type { ErrorCode } from '#domain/error-codes.ts';
import type { DeviceKind } from './media-failure.ts';

/** Why a wanted device gives nothing, or not yet. Sent to the other side: words may be added, none changed. */
export const deviceReasons = [
  'starting',
  'denied',
  'missing',
  'busy',
  /** The plug was pulled, or the radio link to it has ended. */
  'unplugged',
  /** The system, the browser or its driver has ended it; it is still connected. */
  'ended',
  /** Taken away for a while, as by a phone call; it comes back by itself. */
  'interrupted',
  'unsupported',
] as const;
export type DeviceReason = (typeof deviceReasons)[number];

/** The reason that a device's failure is, in a word that fits every device. */
export function reasonOf(kind: DeviceKind, failure: ErrorCode): DeviceReason {
  return deviceReasons.find((reason) => failure === `${kind}-${reason}`) ?? 'unsupported';
}
