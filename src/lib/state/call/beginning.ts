import type { CallMode } from '#domain/session/events.ts';
import type { RememberedCall } from './call-memory.ts';
import { mediaMode } from './media-mode.ts';

/** How the devices begin. */
export interface Beginning {
  readonly mode: CallMode;
  /** Without a microphone: the camera alone. */
  readonly cameraOnly?: boolean;
}

interface Entering {
  readonly callId: string;
  readonly kind: Parameters<typeof mediaMode>[0];
  readonly mode: CallMode;
  readonly settings: Parameters<typeof mediaMode>[2] | undefined;
  readonly remembered: RememberedCall | undefined;
}

/** As it was, for who was in this very call a moment ago; otherwise as it was pressed. */
export function beginningOf({ callId, kind, mode, settings, remembered }: Entering): Beginning {
  if (remembered?.callId !== callId) {
    return { mode: mediaMode(kind, mode, settings ?? { employeeCamera: false }) };
  }
  const { microphone, camera } = remembered;
  if (microphone) return { mode: camera ? 'video' : 'voice' };
  return { mode: 'text', cameraOnly: camera };
}
