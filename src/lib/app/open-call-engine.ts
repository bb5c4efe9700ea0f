import { peerJsTransport } from '../call/adapters/peerjs/index.ts';
import { CallEngine } from '../call/call-engine.ts';
import type { CallSignalling } from '../call/call-signalling.ts';
import type { CallRef } from '../call/call-transport.ts';
import { createLocalMedia, type LocalMedia } from '../call/devices/local-media.ts';
import type { Locks } from '../call/hold-call-lock.ts';
import { browserScreen } from '../call/screen-awake.ts';

export interface OpenCallEngineOptions {
  call: CallRef;
  signalling: CallSignalling;
  /** The code user shows the machine (environment), an employee the own face (user). */
  preferredFacing: 'environment' | 'user';
  onLinkUp: () => void;
  /** Devices that a preview has started already, so that nobody is asked twice. */
  media?: LocalMedia;
}

/** The call engine of this browser, over PeerJS. Load this file lazily: nobody needs it before the first call. */
export function openCallEngine(options: OpenCallEngineOptions): CallEngine {
  return new CallEngine({
    call: options.call,
    transport: peerJsTransport(options.signalling),
    media: options.media ?? createLocalMedia({ preferredFacing: options.preferredFacing }),
    onLinkUp: options.onLinkUp,
    locks: navigator.locks as Locks | undefined,
    screen: browserScreen(),
    makeStream: (track) => new MediaStream([track]),
  });
}
