import { peerJsTransport } from '../../../src/lib/call/adapters/peerjs/index.ts';
import { callTransportContract, type TransportHarness } from './contract.ts';
import { makeTrack } from './make-track.ts';
import { Room } from './room.ts';

/** Runs the suite inside a page: both ends of every call live here, with a real PeerServer between them. */
const server = {
  host: location.hostname,
  port: Number(new URLSearchParams(location.search).get('peers')),
  path: '/sockets/calls/',
  secure: false,
};

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
