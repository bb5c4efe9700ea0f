import type { CallSignalling } from '../../call-signalling.ts';
import type { CallTransportFactory } from '../../call-transport.ts';
import { PeerJsCallTransport } from './peerjs-call-transport.ts';

/** Calls over PeerJS. One signalling per transport: it is closed when the transport leaves. */
export function peerJsTransport(signalling: CallSignalling): CallTransportFactory {
  return (call) => new PeerJsCallTransport(call, signalling);
}
