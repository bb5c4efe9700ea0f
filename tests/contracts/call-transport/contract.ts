import type {
  CallTransport,
  CallTransportEvents,
  RemoteMedia,
  TrackSource,
} from '../../../src/lib/call/call-transport.ts';
import { patienceMs } from '../../harness/patience.ts';

/** What an implementation gives, so that the suite can be run against it: in node, or inside a page. */
export interface TransportHarness {
  /** A call of its own; every transport made from it belongs to it. */
  newCall(): { transport(participantId: string): CallTransport };
  makeTrack(kind: 'audio' | 'video'): MediaStreamTrack;
}

export interface ContractCase {
  title: string;
  run(harness: TransportHarness): Promise<void>;
}

type Heard = {
  [E in keyof CallTransportEvents]: { event: E; args: Parameters<CallTransportEvents[E]> };
}[keyof CallTransportEvents];

/** One participant under test: everything its transport has said, and a way to wait for more. */
export class Witness {
  readonly transport: CallTransport;
  readonly heard: Heard[] = [];
  #changed: (() => void)[] = [];

  constructor(transport: CallTransport) {
    this.transport = transport;
    const note = <E extends keyof CallTransportEvents>(event: E) =>
      transport.on(event, ((...args: never[]) => {
        this.heard.push({ event, args } as never);
        for (const wake of this.#changed.splice(0)) wake();
      }) as never);
    for (const event of eventNames) note(event);
  }

  /** Waits until `found` gives something other than undefined. */
  async until<T>(what: string, found: () => T | undefined): Promise<T> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const value = found();
      if (value !== undefined) return value;
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw new Error(`not seen: ${what}; heard ${JSON.stringify(this.heard.map(brief))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#changed.push(() => (clearTimeout(timer), resolve()));
      });
    }
  }

  connected(to: string): Promise<true> {
    return this.until(`link to ${to}`, () => {
      const states = this.heard.flatMap((h) =>
        h.event === 'linkChanged' && h.args[0] === to ? [h.args[1]] : [],
      );
      return states.at(-1) === 'connected' ? true : undefined;
    });
  }

  track(from: string, source: TrackSource): MediaStreamTrack | null | undefined {
    return this.heard
      .flatMap((h) =>
        h.event === 'trackChanged' && h.args[0] === from && h.args[1] === source ? [h.args[2]] : [],
      )
      .at(-1);
  }

  media(from: string): RemoteMedia | undefined {
    return this.heard
      .flatMap((h) => (h.event === 'mediaChanged' && h.args[0] === from ? [h.args[1]] : []))
      .at(-1);
  }

  control(from: string): unknown[] {
    return this.heard.flatMap((h) => (h.event === 'control' && h.args[0] === from ? [h.args[1]] : []));
  }

  /** Names of own frames that left for somebody. */
  sentNames(to: string): number[] {
    return this.heard.flatMap((h) =>
      h.event === 'framesSent' && h.args[0] === to ? h.args[1].map(({ name }) => name) : [],
    );
  }

  live(from: string): Uint8Array[] {
    return this.heard.flatMap((h) => (h.event === 'live' && h.args[0] === from ? [h.args[1]] : []));
  }
}

/** Did the link to this participant stay away, by what was heard from `since` on? On a slow machine it may have before. */
const linkWasDown = (witness: Witness, to: string, since: number): boolean =>
  witness.heard
    .slice(since)
    .some((h) => h.event === 'linkChanged' && h.args[0] === to && h.args[1] === 'reconnecting');

const eventNames = [
  'participantJoined',
  'participantLeft',
  'linkChanged',
  'trackChanged',
  'mediaChanged',
  'qualityChanged',
  'control',
  'live',
  'framesSent',
  'elsewhere',
  'failed',
] as const satisfies readonly (keyof CallTransportEvents)[];

const brief = (heard: Heard) => [heard.event, ...heard.args.map((arg) => (isPlain(arg) ? arg : typeof arg))];
const isPlain = (value: unknown) => ['string', 'number'].includes(typeof value);

export function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

interface People {
  anna: Witness;
  bert: Witness;
  /** Only in the call where three are asked for. */
  cora: Witness;
}

/** Runs `test` in a call of two (or three) that are linked; `before` runs when nobody has joined yet. */
function inCall(
  count: 2 | 3,
  test: (people: People) => Promise<void>,
  before?: (people: People) => Promise<void>,
): ContractCase['run'] {
  return async (harness) => {
    const call = harness.newCall();
    const people = {
      anna: new Witness(call.transport('anna')),
      bert: new Witness(call.transport('bert')),
      cora: new Witness(call.transport('cora')),
    };
    const present = Object.entries(people).slice(0, count);
    try {
      await before?.(people);
      for (const [, witness] of present) await witness.transport.join();
      for (const [name, witness] of present) {
        for (const [other] of present) if (other !== name) await witness.connected(other);
      }
      await test(people);
    } finally {
      for (const [, witness] of present) await witness.transport.leave();
    }
  };
}

export const liveTrack = (witness: Witness, from: string, source: TrackSource) =>
  witness.until(`${source} of ${from}`, () => witness.track(from, source) ?? undefined);
const noTrack = (witness: Witness, from: string, source: TrackSource) =>
  witness.until(`no ${source} of ${from}`, () => (witness.track(from, source) === null ? true : undefined));

/** What every call transport keeps. */
export const callTransportContract: ContractCase[] = [
  {
    title: 'links two who publish nothing (text only), and shows no track of either',
    run: inCall(2, async ({ anna, bert }) => {
      anna.transport.sendControl('marker');
      await bert.until('marker', () => (bert.control('anna').length > 0 ? true : undefined));
      for (const [witness, other] of [
        [anna, 'bert'],
        [bert, 'anna'],
      ] as const) {
        for (const source of ['microphone', 'camera', 'screen'] as const) {
          check(!witness.track(other, source), `${source} of ${other} without having published`);
        }
      }
    }),
  },
  {
    title: 'tells who joined before any link is up, with the name and kind that the relay vouches for',
    run: inCall(2, async ({ anna, bert }) => {
      for (const [witness, other] of [
        [anna, 'bert'],
        [bert, 'anna'],
      ] as const) {
        const joined = witness.heard.findIndex((h) => h.event === 'participantJoined');
        const linked = witness.heard.findIndex((h) => h.event === 'linkChanged' && h.args[1] === 'connected');
        check(joined >= 0 && joined < linked, 'joined comes first');
        const first = witness.heard[joined];
        check(first?.event === 'participantJoined' && first.args[0].participantId === other, 'who joined');
        check(witness.heard.filter((h) => h.event === 'participantJoined').length === 1, 'joined once');
      }
    }),
  },
  {
    title: 'a track published in the call reaches the other side, and is withdrawn with null',
    run: async (harness) =>
      inCall(2, async ({ anna, bert }) => {
        for (const [source, kind] of [
          ['camera', 'video'],
          ['microphone', 'audio'],
          ['screen', 'video'],
        ] as const) {
          const own = harness.makeTrack(kind);
          await anna.transport.publish(source, own);
          const track = await liveTrack(bert, 'anna', source);
          check(track.kind === kind, `${source} is ${track.kind}`);
          check(track.readyState === 'live', `${source} is ${track.readyState}`);
          await anna.transport.publish(source, null);
          await noTrack(bert, 'anna', source);
          check(own.readyState === 'live', 'whoever gave the track stops it, not the transport');
          own.stop();
        }
      })(harness),
  },
  {
    title: 'tracks published before joining are there after it, on either side',
    run: async (harness) =>
      inCall(
        2,
        async ({ anna, bert }) => {
          await liveTrack(bert, 'anna', 'camera');
          await liveTrack(anna, 'bert', 'microphone');
          check(!anna.track('bert', 'camera'), 'no camera of bert');
        },
        async ({ anna, bert }) => {
          await anna.transport.publish('camera', harness.makeTrack('video'));
          await bert.transport.publish('microphone', harness.makeTrack('audio'));
        },
      )(harness),
  },
  {
    title: 'who gets ready before joining is not there for the others, and is linked as soon as they join',
    run: async (harness) => {
      const call = harness.newCall();
      const anna = new Witness(call.transport('anna'));
      const bert = new Witness(call.transport('bert'));
      await anna.transport.join();
      bert.transport.prepare();
      bert.transport.prepare();
      await anna.transport.publish('camera', harness.makeTrack('video'));
      check(anna.heard.length === 0, 'nothing is heard of who only gets ready');
      await bert.transport.join();
      await Promise.all([anna.connected('bert'), bert.connected('anna')]);
      await liveTrack(bert, 'anna', 'camera');
      await Promise.all([anna.transport.leave(), bert.transport.leave()]);
    },
  },
  {
    title: 'F98 another track in the place of a published one keeps the link and the source',
    run: async (harness) =>
      inCall(2, async ({ anna, bert }) => {
        await anna.transport.publish('camera', harness.makeTrack('video'));
        await liveTrack(bert, 'anna', 'camera');
        await anna.transport.publish('camera', harness.makeTrack('video'));
        anna.transport.sendControl('after');
        await bert.until('after', () => (bert.control('anna').includes('after') ? true : undefined));
        check(bert.track('anna', 'camera')?.readyState === 'live', 'still a live camera');
        const states = bert.heard.flatMap((h) => (h.event === 'linkChanged' ? [h.args[1]] : []));
        check(states.at(-1) === 'connected' && !states.includes('reconnecting'), `link ${states.join()}`);
      })(harness),
  },
  {
    title: 'F96 what somebody says of the own tracks reaches the others, also those who link later',
    run: inCall(
      2,
      async ({ anna, bert }) => {
        await bert.until('media of anna', () =>
          bert.media('anna')?.microphone === 'muted' ? true : undefined,
        );
        anna.transport.announceMedia({ microphone: 'on', camera: 'paused', screen: 'none' });
        await bert.until('newer media', () => (bert.media('anna')?.camera === 'paused' ? true : undefined));
      },
      async ({ anna }) =>
        anna.transport.announceMedia({ microphone: 'muted', camera: 'off', screen: 'none' }),
    ),
  },
  {
    title: 'X43 why a device gives nothing reaches the others, and is gone when it works again',
    run: inCall(
      2,
      async ({ anna, bert }) => {
        await bert.until('why anna is silent', () =>
          bert.media('anna')?.microphoneReason === 'denied' && bert.media('anna')?.cameraReason === 'starting'
            ? true
            : undefined,
        );
        anna.transport.announceMedia({
          microphone: 'none',
          camera: 'on',
          screen: 'none',
          microphoneReason: 'unplugged',
        });
        await bert.until('another reason', () =>
          bert.media('anna')?.microphoneReason === 'unplugged' ? true : undefined,
        );
        check(bert.media('anna')?.cameraReason === undefined, 'a camera that works has no reason');
      },
      async ({ anna }) =>
        anna.transport.announceMedia({
          microphone: 'none',
          camera: 'off',
          screen: 'none',
          microphoneReason: 'denied',
          cameraReason: 'starting',
        }),
    ),
  },
  {
    title: 'control messages arrive in order and once',
    run: inCall(2, async ({ anna, bert }) => {
      for (let n = 0; n < 200; n += 1) anna.transport.sendControl({ n });
      await bert.until('200 messages', () => (bert.control('anna').length >= 200 ? true : undefined));
      const got = bert.control('anna').map((message) => (message as { n: number }).n);
      check(got.length === 200 && got.every((n, i) => n === i), `got ${got.join()}`);
    }),
  },
  {
    title: 'T5 control messages that are too large or nested too deep do not arrive, and do no harm',
    run: inCall(2, async ({ anna, bert }) => {
      let deep: unknown = 'bottom';
      for (let n = 0; n < 64; n += 1) deep = [deep];
      anna.transport.sendControl(deep);
      anna.transport.sendControl('x'.repeat(100_000));
      anna.transport.sendControl('fine');
      await bert.until('fine', () => (bert.control('anna').includes('fine') ? true : undefined));
      check(bert.control('anna').length === 1, 'only the fine one');
    }),
  },
  {
    title: 'datagrams arrive as they were sent; those over 1,200 bytes are dropped',
    run: inCall(2, async ({ anna, bert }) => {
      const fits = new Uint8Array(1200).map((_, i) => i % 251);
      const more = setInterval(() => anna.transport.sendLive(fits), 20);
      anna.transport.sendLive(new Uint8Array(1201));
      try {
        const first = await bert.until('a datagram', () => bert.live('anna')[0]);
        check(first.length === 1200 && first.every((byte, i) => byte === i % 251), 'bytes as sent');
      } finally {
        clearInterval(more);
      }
      check(
        bert.live('anna').every((bytes) => bytes.length === 1200),
        'none too large',
      );
    }),
  },
  {
    title: 'three are linked each with each, and what is addressed reaches only that one',
    run: inCall(3, async ({ anna, bert, cora }) => {
      anna.transport.sendControl('for bert', 'bert');
      anna.transport.sendControl('for all');
      for (const witness of [bert, cora]) {
        await witness.until('for all', () =>
          witness.control('anna').includes('for all') ? true : undefined,
        );
      }
      check(bert.control('anna').includes('for bert'), 'bert has his own');
      check(!cora.control('anna').includes('for bert'), 'cora has not');
      const more = setInterval(() => {
        anna.transport.sendLive(new Uint8Array([1]), 'bert');
        anna.transport.sendLive(new Uint8Array([2]));
      }, 20);
      try {
        for (const witness of [bert, cora]) {
          await witness.until('a datagram for all', () =>
            witness.live('anna').find(([first]) => first === 2),
          );
        }
        await bert.until('his own datagram', () => bert.live('anna').find(([first]) => first === 1));
      } finally {
        clearInterval(more);
      }
      check(!cora.live('anna').some(([first]) => first === 1), 'cora has no datagram of his');
    }),
  },
  {
    title: 'T12 somebody dropped because the log says so has no link any more',
    run: inCall(2, async ({ anna, bert }) => {
      const before = anna.heard.length;
      anna.transport.drop('bert');
      await anna.until('bert is gone', () => anna.heard.find((h) => h.event === 'participantLeft'));
      check(!linkWasDown(anna, 'bert', before), 'at once, and not because a link stayed away');
      bert.transport.sendControl('still listening');
      await bert.until('no link to anna', () =>
        bert.heard.find(
          (h) => h.event === 'participantLeft' || (h.event === 'linkChanged' && h.args[1] === 'reconnecting'),
        ),
      );
      check(anna.control('bert').length === 0, 'nothing heard after the drop');
    }),
  },
  {
    title: 'F99 leaving is told to the others at once, and the rest of the call goes on',
    run: inCall(3, async ({ anna, bert, cora }) => {
      const before = new Map([bert, cora].map((witness) => [witness, witness.heard.length]));
      await anna.transport.leave();
      for (const [witness, since] of before) {
        await witness.until('anna left', () =>
          witness.heard.find((h) => h.event === 'participantLeft' && h.args[0] === 'anna'),
        );
        check(!linkWasDown(witness, 'anna', since), 'told, and not found out by a link that stayed away');
      }
      bert.transport.sendControl('still here');
      await cora.until('still here', () => (cora.control('bert').includes('still here') ? true : undefined));
    }),
  },
];
