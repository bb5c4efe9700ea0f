import type { Person } from '#domain/session/subject.ts';
import { callFeatures } from '../../../src/lib/call-features/registry.ts';
import {
  FakeCallNetwork,
  type FakeCallTransport,
} from '../../../src/lib/call/adapters/fake/fake-call-network.ts';
import { CallEngine } from '../../../src/lib/call/call-engine.ts';
import { LocalMedia } from '../../../src/lib/call/devices/local-media.ts';
import { grabFrame } from '../../../src/lib/call/frames/grab-frame.ts';
import type { CallFactoriesWithFeatures } from '../../../src/lib/state/call/call-feature.ts';
import type { CallFeature } from '../../../src/lib/state/call/call-feature.ts';
import type { CallMemory, RememberedCall } from '../../../src/lib/state/call/call-memory.ts';
import type { Sketchbook } from './sketchbook.ts';
import { Studio, StudioDevices } from './studio.ts';

/** What somebody else sends; each may be left out. */
export interface Sends {
  camera?: boolean;
  microphone?: 'on' | 'muted';
  /** Width and height of the camera's picture. */
  size?: readonly [number, number];
}

/**
 * A call in memory: the app's own engine and features for the person on the screen, bare ends for everybody else.
 * Neither a document nor anything that follows elements comes; a call goes on without them.
 */
export class CallRoom {
  readonly network = new FakeCallNetwork();
  readonly devices: StudioDevices;
  readonly memory: CallMemory;
  readonly factories: CallFactoriesWithFeatures;
  readonly #studio = new Studio();
  readonly #selfId: string;

  /** @param features more than the app has, as lines after the last one of its list */
  constructor(self: Person, sketches: Sketchbook, features: readonly CallFeature[] = []) {
    this.#selfId = self.id;
    this.devices = new StudioDevices(this.#studio);
    let remembered: RememberedCall | undefined;
    this.memory = { read: () => remembered, write: (call) => (remembered = call) };
    const never = () => new Promise<never>(() => undefined);
    this.factories = {
      warm: () => Promise.resolve(),
      features: () => Promise.resolve([...callFeatures, ...features]),
      createEngine: ({ sessionId, callId, selfId, preferredFacing, onLinkUp }) =>
        Promise.resolve(
          new CallEngine({
            call: { sessionId, callId, selfId },
            transport: () => this.network.transport(participant(self)),
            media: new LocalMedia({
              preferredFacing,
              devices: this.devices.access,
              permission: this.devices.permission,
            }),
            onLinkUp,
            makeStream: (track) => new MediaStream([track]),
          }),
        ),
      openStrokes: never,
      openVision: never,
      suggest: never,
      watchFrames: never,
      openScreenshot: (id) => Promise.resolve(sketches.open(id)),
      grabFrame,
      forgetScreenshot: () => Promise.resolve(),
    };
  }

  /** Somebody else comes, and sends what is said. */
  async comes(
    person: Person,
    { camera, microphone, size = [1280, 720] }: Sends = {},
  ): Promise<FakeCallTransport> {
    const end = this.network.transport(participant(person));
    if (camera) await end.publish('camera', this.#studio.camera(...size));
    if (microphone) await end.publish('microphone', this.#studio.microphone());
    end.media = { microphone: microphone ?? 'none', camera: camera ? 'on' : 'off', screen: 'none' };
    await end.join();
    return end;
  }

  /** The link between this person and somebody else. */
  link(person: Person, state: 'connected' | 'reconnecting'): void {
    this.network.setLink(this.#selfId, person.id, state);
  }

  close(): void {
    this.#studio.close();
  }
}

const participant = ({ id, name, kind }: Person) => ({ participantId: id, name, kind });
