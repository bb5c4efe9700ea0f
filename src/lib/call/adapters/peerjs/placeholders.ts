/**
 * PeerJS negotiates exactly the tracks of the stream that a call begins with, and never again. So every source needs
 * a track from the start, whether or not there is something to send. These tracks come from a connection that goes
 * nowhere: they cost no camera, no canvas and no audio context, and never carry anything.
 */
export interface Placeholders {
  audio: MediaStreamTrack;
  camera: MediaStreamTrack;
  screen: MediaStreamTrack;
  /** When no call is begun any more. */
  release(): void;
}

export function makePlaceholders(): Placeholders {
  const nowhere = new RTCPeerConnection();
  const track = (kind: 'audio' | 'video') =>
    nowhere.addTransceiver(kind, { direction: 'inactive' }).receiver.track;
  return {
    audio: track('audio'),
    camera: track('video'),
    screen: track('video'),
    release: () => nowhere.close(),
  };
}
