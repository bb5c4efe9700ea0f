import { Peer } from 'peerjs';
import { peerJsTransport } from '../../../src/lib/call/adapters/peerjs/index.ts';
import { loadPeerJs } from '../../../src/lib/call/adapters/peerjs/media-socket.ts';
import { CallEngine } from '../../../src/lib/call/call-engine.ts';
import { createLocalMedia } from '../../../src/lib/call/devices/local-media.ts';
import { openRoom, query, roomSignalling, server } from './room-client.ts';

/**
 * Two who call each other, in three ways. `wait` is the one who is there already, camera on. `press` is START: it
 * ends with the first frame of the other's camera, and gives the milliseconds until then.
 */
interface Way {
  wait(): Promise<void>;
  press(): Promise<number>;
}

/** Frames are counted where they leave the decoder: a hidden page paints none, but gets them all the same. */
async function firstFrame(track: MediaStreamTrack): Promise<void> {
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  const { value } = await reader.read();
  value?.close();
  await reader.cancel();
}

const camera = () =>
  navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 1280, height: 720 } });

function engineOf(selfId: string): CallEngine {
  return new CallEngine({
    call: { sessionId: 's', callId: 'c', selfId },
    transport: peerJsTransport(roomSignalling(selfId)),
    media: createLocalMedia({ preferredFacing: 'environment' }),
    onLinkUp: () => undefined,
    locks: navigator.locks,
    makeStream: (track) => new MediaStream([track]),
  });
}

const ours: Way = {
  async wait() {
    const engine = engineOf('waiting');
    await engine.join('video');
    await new Promise<void>((resolve) => {
      const look = () => (engine.snapshot.own.camera === 'on' ? resolve() : undefined);
      engine.subscribe(look);
      look();
    });
  },
  async press() {
    const pressed = performance.now();
    const engine = engineOf('pressing');
    const track = new Promise<MediaStreamTrack>((resolve) => {
      engine.subscribe(({ participants: [other] }) => {
        const [found] = other?.cameraStream?.getVideoTracks() ?? [];
        if (found) resolve(found);
      });
    });
    void engine.join('video');
    await firstFrame(await track);
    return performance.now() - pressed;
  },
};

/** The floor: nothing is waited for that the standard does not ask for; the own camera follows when it is there. */
const raw: Way = {
  async wait() {
    const stream = await camera();
    const room = await openRoom();
    const connection = new RTCPeerConnection();
    trickle(connection, room);
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
  },
  async press() {
    const pressed = performance.now();
    const stream = camera();
    const room = await openRoom();
    const connection = new RTCPeerConnection();
    trickle(connection, room);
    const track = new Promise<MediaStreamTrack>((resolve) => {
      connection.addEventListener('track', (event) => {
        if (event.track.kind === 'video') resolve(event.track);
      });
    });
    const audio = connection.addTransceiver('audio', { direction: 'sendrecv' });
    const video = connection.addTransceiver('video', { direction: 'sendrecv' });
    void stream.then((own) => {
      void audio.sender.replaceTrack(own.getAudioTracks()[0] ?? null);
      void video.sender.replaceTrack(own.getVideoTracks()[0] ?? null);
    });
    await connection.setLocalDescription();
    room.send(JSON.stringify({ t: 'description', description: connection.localDescription }));
    await firstFrame(await track);
    return performance.now() - pressed;
  },
};

function trickle(connection: RTCPeerConnection, room: WebSocket): void {
  const early: RTCIceCandidateInit[] = [];
  connection.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate) room.send(JSON.stringify({ t: 'candidate', candidate }));
  });
  room.onmessage = async ({ data }) => {
    const message = JSON.parse(data as string) as {
      t: string;
      description?: RTCSessionDescriptionInit;
      candidate?: RTCIceCandidateInit;
    };
    if (message.candidate) {
      if (connection.remoteDescription) await connection.addIceCandidate(message.candidate);
      else early.push(message.candidate);
    }
    if (!message.description) return;
    await connection.setRemoteDescription(message.description);
    if (message.description.type === 'offer') {
      await connection.setLocalDescription();
      room.send(JSON.stringify({ t: 'description', description: connection.localDescription }));
    }
    for (const candidate of early.splice(0)) await connection.addIceCandidate(candidate);
  };
}

/** As in PeerJS's own examples: an id of the server's, the own camera, then the call. */
const stock: Way = {
  async wait() {
    const stream = await camera();
    const peer = new Peer(`waiting-${query.get('room')}`, { ...server, config: { iceServers: [] } });
    peer.on('call', (call) => call.answer(stream));
    await new Promise<void>((resolve) => peer.on('open', () => resolve()));
  },
  async press() {
    const pressed = performance.now();
    const peer = new Peer({ ...server, config: { iceServers: [] } });
    await new Promise<void>((resolve) => peer.on('open', () => resolve()));
    const call = peer.call(`waiting-${query.get('room')}`, await camera());
    const stream = await new Promise<MediaStream>((resolve) => call.on('stream', resolve));
    await firstFrame(stream.getVideoTracks()[0] as MediaStreamTrack);
    return performance.now() - pressed;
  },
};

const ways: Record<string, Way> = { ours, raw, stock };
Object.assign(globalThis, { way: ways[query.get('way') ?? ''] });
// As an app can while START is on the screen; the stock page has its library loaded by then too.
await loadPeerJs();
document.title = 'ready';
