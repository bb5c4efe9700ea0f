import { peerJsTransport } from '../../../src/lib/call/adapters/peerjs/index.ts';
import { callTransportContract, type TransportHarness } from './contract.ts';
import { Room } from './room.ts';

/** Runs the suite inside a page: both ends of every call live here, with a real PeerServer between them. */
const server = {
  host: location.hostname,
  port: Number(new URLSearchParams(location.search).get('peers')),
  path: '/sockets/calls/',
  secure: false,
};

function makeTrack(kind: 'audio' | 'video'): MediaStreamTrack {
  if (kind === 'audio') {
    const audio = new AudioContext();
    const destination = audio.createMediaStreamDestination();
    const tone = audio.createOscillator();
    tone.connect(destination);
    tone.start();
    return destination.stream.getAudioTracks()[0] as MediaStreamTrack;
  }
  const canvas = document.createElement('canvas');
  canvas.width = 160;
  canvas.height = 120;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  let frame = 0;
  setInterval(() => {
    context.fillStyle = `hsl(${(frame += 7)} 80% 50%)`;
    context.fillRect(0, 0, 160, 120);
  }, 50);
  return canvas.captureStream(20).getVideoTracks()[0] as MediaStreamTrack;
}

const harness: TransportHarness = {
  newCall() {
    const room = new Room(server);
    const callId = 'c'.repeat(22);
    return {
      transport: (participantId) =>
        peerJsTransport(room.signalling(participantId))({
          sessionId: 's'.repeat(22),
          callId,
          selfId: participantId,
        }),
    };
  },
  makeTrack,
};

Object.assign(globalThis, {
  contractTitles: callTransportContract.map((one) => one.title),
  runContractCase: async (title: string) => {
    const found = callTransportContract.find((one) => one.title === title);
    if (!found) throw new Error(`no case ${title}`);
    await found.run(harness);
  },
});
document.title = 'ready';
