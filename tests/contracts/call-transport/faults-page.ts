import { Peer } from 'peerjs';
import { peerJsTransport } from '../../../src/lib/call/adapters/peerjs/index.ts';
import type { CallTransport } from '../../../src/lib/call/call-transport.ts';
import { check, liveTrack, Witness } from './contract.ts';
import { FrameNames } from '../../../src/lib/call/frames/frame-names.ts';
import { watchSeenFrames } from '../../../src/lib/call/frames/seen-frames.ts';
import { patienceMs } from '../../harness/patience.ts';
import { makeTrack } from './make-track.ts';
import { makeNumberedTrack, readNumbered } from './numbered-frames.ts';
import { Room } from './room.ts';
import { connections, linked, traffic, watchConnections } from './watched-connections.ts';

watchConnections();
const workers: Worker[] = [];
globalThis.Worker = class extends Worker {
  constructor(...args: ConstructorParameters<typeof Worker>) {
    super(...args);
    workers.push(this);
  }
};
const port = Number(new URLSearchParams(location.search).get('peers'));
const server = { host: location.hostname, port, path: '/sockets/calls/', secure: false };

let room = new Room(server);
let anna: Witness;
let bert: Witness;

const transportOf = (selfId: string): CallTransport =>
  peerJsTransport(room.signalling(selfId))({ sessionId: 's'.repeat(22), callId: 'c'.repeat(22), selfId });

const until = async <T>(what: string, found: () => T | undefined | Promise<T | undefined>) => {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const value = await found();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`not seen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const framesGoOn = async (what: string) => {
  const before = (await traffic()).framesDecoded;
  await until(what, async () => ((await traffic()).framesDecoded > before + 10 ? true : undefined));
};
const linkStates = (witness: Witness) =>
  witness.heard.flatMap((h) => (h.event === 'linkChanged' ? [h.args[1]] : []));
const nowLinked = (witness: Witness) =>
  until('linked', () => (linkStates(witness).at(-1) === 'connected' ? true : undefined));

/** Scenes that the test plays one after the other; the test itself stops and starts what is outside of the page. */
const scenes = {
  async begin(options: { camera: boolean }): Promise<void> {
    room = new Room(server);
    connections.length = 0;
    anna = new Witness(transportOf('anna'));
    bert = new Witness(transportOf('bert'));
    if (options.camera) await anna.transport.publish('camera', makeTrack('video'));
    await anna.transport.join();
    await bert.transport.join();
    await anna.connected('bert');
    await bert.connected('anna');
    if (options.camera) {
      await liveTrack(bert, 'anna', 'camera');
      await framesGoOn('video at the start');
    }
  },

  async end(): Promise<void> {
    await anna.transport.leave();
    await bert.transport.leave();
    check(linked().length === 0, 'no connection is left');
  },

  framesGoOn: () => framesGoOn('video'),

  /** Names of frames as the one side shows them and as the other has sent them, until enough were seen. */
  async framesAndNames(
    from: 'answerer' | 'caller',
  ): Promise<{ seen: number; unnamed: number; untold: number; late: number }> {
    // Whoever came later called.
    const [sender, receiver] = from === 'answerer' ? [anna, bert] : [bert, anna];
    const [sending, receiving] =
      from === 'answerer' ? (['anna', 'bert'] as const) : (['bert', 'anna'] as const);
    if (from === 'caller') await sender.transport.publish('camera', makeTrack('video'));
    const track = await liveTrack(receiver, sending, 'camera');
    const video = document.createElement('video');
    video.muted = true;
    document.body.append(video);
    const seen: (number | undefined)[] = [];
    const stop = watchSeenFrames(video, ({ name }) => seen.push(name));
    // Frames go on to be told when the element is given another stream.
    for (const enough of [20, 40]) {
      video.srcObject = new MediaStream([track]);
      await video.play();
      await until('frames', () => (seen.length >= enough ? true : undefined));
    }
    stop();
    video.remove();
    const names = seen.filter((name) => name !== undefined);
    const told = () => new Set(sender.sentNames(receiving));
    await until('the newest name', () => (told().has(names.at(-1) ?? -1) ? true : undefined));
    const known = told();
    const nowMs = performance.timeOrigin + performance.now();
    const late = sender.heard.flatMap((h) =>
      h.event === 'framesSent' ? h.args[1].filter(({ atMs }) => Math.abs(nowMs - atMs) > 60_000) : [],
    );
    return {
      seen: seen.length,
      unnamed: seen.length - names.length,
      untold: names.filter((name) => !known.has(name)).length,
      late: late.length,
    };
  },

  /** Whether the picture that a name stands for is the picture that was seen: both carry their number. */
  async namesOfNumbered(): Promise<{ asked: number; right: number; unknown: number }> {
    const names = new FrameNames();
    let told: number[] = [];
    anna.transport.on('framesSent', (to, frames) => {
      names.noteSent(to, frames);
      told.push(...frames.map(({ name }) => name));
    });
    const numbers = new Map<number, number>();
    const read = new Set<number>();
    const result = { asked: 0, right: 0, unknown: 0 };
    const stops: (() => void)[] = [];
    // Another camera after the first: its own names, and none of the one before.
    for (let camera = 1; camera <= 2; camera += 1) {
      for (const stop of stops.splice(0)) stop();
      numbers.clear();
      read.clear();
      names.cameraChanged();
      told = [];
      const track = makeNumberedTrack();
      const ownFrames = (number: number, frame: VideoFrame) => {
        const timeMs = frame.timestamp / 1_000;
        numbers.set(timeMs, number);
        read.add(number);
        names.noteOwnFrame(timeMs, performance.timeOrigin + performance.now());
      };
      stops.push(readNumbered(track.clone(), ownFrames));
      await anna.transport.publish('camera', track);
      const remote = await liveTrack(bert, 'anna', 'camera');
      const seen: { name: number; number: number }[] = [];
      const theirFrames = (number: number, frame: VideoFrame) => {
        const { rtpTimestamp: name } = (
          frame as unknown as { metadata(): { rtpTimestamp?: number } }
        ).metadata();
        if (name !== undefined) seen.push({ name, number });
      };
      stops.push(readNumbered(remote, theirFrames));
      // The first frames that are asked for are those after it is known.
      await until('known', () => (names.knows('bert') ? true : undefined));
      seen.splice(0);
      for (let asked = 0; asked < 90; asked += 1) {
        // As somebody asks who points at what is seen: soon. But the camera's side has to have heard of it by then.
        const { name, number } = await until('a frame', () => {
          const [first] = told;
          // Frames of the camera before it may still be under way.
          while (seen[0] && first !== undefined && ((seen[0].name - first) | 0) < 0) seen.shift();
          const next = seen[0];
          const at = next ? told.indexOf(next.name) : -1;
          if (!next || at < 0 || told.length <= at + 4) return undefined;
          seen.shift();
          // A busy reader leaves frames out: what was not read has no time that could be right.
          return read.has(next.number) ? next : undefined;
        });
        const timeMs = names.timeOf('bert', name);
        result.asked += 1;
        if (timeMs === undefined) result.unknown += 1;
        else if (numbers.get(timeMs) === number) result.right += 1;
      }
    }
    for (const stop of stops) stop();
    return result;
  },

  namesAreTold: async () => {
    const before = anna.sentNames('bert').length;
    await anna.until('more names', () => (anna.sentNames('bert').length > before + 8 ? true : undefined));
  },

  /** An exception in the worker, or its end without a word. */
  async breakWorker(how: 'throws' | 'is gone'): Promise<void> {
    for (const worker of workers.splice(0)) {
      if (how === 'is gone') worker.terminate();
      else worker.dispatchEvent(new ErrorEvent('error'));
    }
  },

  setRelay: async (reachable: boolean) => void (room.reachable = reachable),

  addresses: async () => room.addresses(),

  relayedFrames: async () => room.relayedFrames,

  freshAddresses: (old: string[]) =>
    until('fresh addresses', () => {
      const now = room.addresses();
      return now.length === old.length && now.every((id) => !old.includes(id)) ? true : undefined;
    }),

  states: async () => [linkStates(anna), linkStates(bert)],

  made: async () => connections.length,

  async control(): Promise<void> {
    const mark = `mark ${performance.now()}`;
    anna.transport.sendControl(mark);
    await bert.until('control', () => (bert.control('anna').includes(mark) ? true : undefined));
  },

  async live(): Promise<void> {
    const before = bert.live('anna').length;
    await until('a datagram', () => {
      anna.transport.sendLive(new Uint8Array([1, 2, 3]));
      return bert.live('anna').length > before ? true : undefined;
    });
  },

  /** Closes one end without a word, as a crash would. */
  async breakOneEnd(): Promise<void> {
    linked()[0]?.close();
  },

  downSeen: () => anna.until('down', () => (linkStates(anna).includes('reconnecting') ? true : undefined)),
  upAgain: async () => {
    await nowLinked(anna);
    await nowLinked(bert);
  },

  async nothingIsSent(): Promise<number> {
    // Packets come every 20 ms where there is any source at all; a hundred animation turns are plenty.
    let turns = 0;
    await until('turns', () => (++turns > 20 ? true : undefined));
    return (await traffic(linked())).packetsSent;
  },

  async publishNothingAgain(): Promise<void> {
    await anna.transport.publish('camera', null);
    await bert.until('no camera', () => (bert.track('anna', 'camera') === null ? true : undefined));
  },

  /** Somebody who is not in the roster calls, with media and with each serializer of a data connection. */
  async strangerCalls(): Promise<{ connections: number; answered: boolean }> {
    const before = connections.length;
    const target = room.addresses()[0] as string;
    const stranger = new Peer(`stranger-${crypto.randomUUID()}`, {
      ...server,
      key: 'peerjs',
      config: { iceServers: [] },
    });
    stranger.on('error', () => undefined);
    await new Promise<void>((resolve) => stranger.on('open', () => resolve()));
    const made = connections.length;
    const calls = [
      stranger.call(target, new MediaStream([makeTrack('video')])),
      ...['binary', 'binary-utf8', 'json', 'raw'].map((serialization) =>
        stranger.connect(target, { serialization, metadata: { deep: [[[[]]]] } }),
      ),
    ];
    const own = calls.length;
    let turns = 0;
    await until('turns in which an answer would come', () => (++turns > 30 ? true : undefined));
    const answered = calls.some((one) => one.peerConnection.currentRemoteDescription !== null);
    const extra = connections.length - made - own;
    stranger.destroy();
    check(before <= made, 'counted');
    return { connections: extra, answered };
  },

  /** The five bytes that freeze PeerJS's own reader, and bombs of brackets, over both channels of ours. */
  async poison(): Promise<void> {
    const remote = linked()[0] as RTCPeerConnection;
    const poison = new Uint8Array([0xdd, 0x10, 0, 0, 0]);
    for (const id of [1, 2]) {
      const channel = channelOf(remote, id);
      channel.send(poison);
      channel.send('['.repeat(20_000));
      channel.send('{"a":'.repeat(5_000));
      channel.send('not json');
      channel.send(new Uint8Array(60_000));
    }
    await scenes.control();
  },
};

const channels = new WeakMap<RTCPeerConnection, Map<number, RTCDataChannel>>();
const original = RTCPeerConnection.prototype.createDataChannel;
RTCPeerConnection.prototype.createDataChannel = function (label, init) {
  const channel = original.call(this, label, init);
  if (init?.id !== undefined) {
    const known = channels.get(this) ?? new Map<number, RTCDataChannel>();
    channels.set(this, known.set(init.id, channel));
  }
  return channel;
};
function channelOf(connection: RTCPeerConnection, id: number): RTCDataChannel {
  const channel = channels.get(connection)?.get(id);
  if (!channel) throw new Error(`no channel ${id}`);
  return channel;
}

export type Scenes = typeof scenes;
Object.assign(globalThis, { scenes });
document.title = 'ready';
