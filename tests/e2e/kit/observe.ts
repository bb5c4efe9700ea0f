import type { BrowserContext, Page } from '@playwright/test';
import { picturesPerSecond } from './cameras.ts';

/** What the browser was asked for, seen from outside of the app: connections, channels, devices. */
interface Observed {
  readonly connections: RTCPeerConnection[];
  readonly channels: RTCDataChannel[];
  readonly sockets: WebSocket[];
  /** Text frames sent over the signalling of media. */
  readonly signals: string[];
  /** One entry a call of getUserMedia. */
  readonly asked: { audio: boolean; video: boolean }[];
  /** Channels that the other side has opened in-band: PeerJS data connections arrive like this. */
  readonly offeredChannels: string[];
  /** Directives of the content security policy that were broken. */
  readonly violations: string[];
}

declare global {
  interface Window {
    observed: Observed;
  }
}

export interface ObserveOptions {
  /** Media only through a TURN server. */
  readonly relayOnly?: boolean;
  /** Names of the DOMException with which a device refuses, such as `NotAllowedError`. */
  readonly failures?: { readonly audio?: string; readonly video?: string };
}

/** Wraps the browser's own interfaces in every page of the context, before the app's first line runs. */
export async function observe(context: BrowserContext, options: ObserveOptions = {}): Promise<void> {
  const steered = { ...options, picturesPerSecond };
  await context.addInitScript((settings: ObserveOptions & { picturesPerSecond: number }) => {
    const observed: Observed = {
      connections: [],
      channels: [],
      sockets: [],
      signals: [],
      asked: [],
      offeredChannels: [],
      violations: [],
    };
    window.observed = observed;

    const Real = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Real {
      constructor(configuration?: RTCConfiguration) {
        super(settings.relayOnly ? { ...configuration, iceTransportPolicy: 'relay' } : configuration);
        observed.connections.push(this);
        this.addEventListener('datachannel', (event) => observed.offeredChannels.push(event.channel.label));
      }
      override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
        const channel = super.createDataChannel(label, init);
        observed.channels.push(channel);
        return channel;
      }
    };

    const RealSocket = window.WebSocket;
    window.WebSocket = class extends RealSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        observed.sockets.push(this);
      }
      override send(data: Parameters<WebSocket['send']>[0]): void {
        if (typeof data === 'string' && this.url.includes('/sockets/calls/')) observed.signals.push(data);
        super.send(data);
      }
    };

    const devices = navigator.mediaDevices;
    if (devices) {
      // Chromium's second made-up camera gives pictures of depth, which no encoder of a call takes.
      const all = devices.enumerateDevices.bind(devices);
      devices.enumerateDevices = async () => (await all()).filter(({ label }) => label !== 'fake_device_1');
      const real = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async (constraints = {}) => {
        const { audio, video } = constraints;
        observed.asked.push({ audio: Boolean(audio), video: Boolean(video) });
        const failure = (video && settings.failures?.video) || (audio && settings.failures?.audio);
        if (failure) throw new DOMException('refused by the test', failure);
        if (!video) return real(constraints);
        const rarely = { ...(video === true ? {} : video), frameRate: { max: settings.picturesPerSecond } };
        return real({ ...constraints, video: rarely });
      };
    }

    document.addEventListener('securitypolicyviolation', (event) => {
      observed.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
  }, steered);
}

export interface Sender {
  readonly kind: string;
  readonly enabled: boolean;
  readonly readyState: string;
  readonly deviceId: string;
}

/** The tracks that the page sends now, over all connections that stand. */
export function senders(page: Page): Promise<Sender[]> {
  return page.evaluate(() =>
    window.observed.connections
      .filter((connection) => connection.connectionState !== 'closed')
      .flatMap((connection) => connection.getSenders())
      .flatMap(({ track }) =>
        track
          ? [
              {
                kind: track.kind,
                enabled: track.enabled,
                readyState: track.readyState,
                deviceId: track.getSettings().deviceId ?? '',
              },
            ]
          : [],
      ),
  );
}

export interface Flow {
  readonly audioPackets: number;
  /** Joules of sound, so to say: grows only while something is heard. */
  readonly audioEnergy: number;
  readonly framesDecoded: number;
  readonly videoFramesSent: number;
  readonly audioPacketsSent: number;
}

/** Sums over all connections of the page, from the browser's own statistics. */
export function flow(page: Page): Promise<Flow> {
  return page.evaluate(async () => {
    const sum = {
      audioPackets: 0,
      audioEnergy: 0,
      framesDecoded: 0,
      videoFramesSent: 0,
      audioPacketsSent: 0,
    };
    for (const connection of window.observed.connections) {
      const report: RTCStatsReport = await connection.getStats();
      report.forEach((entry: Record<string, unknown>) => {
        const number = (key: string): number => (typeof entry[key] === 'number' ? entry[key] : 0);
        if (entry.type === 'inbound-rtp' && entry.kind === 'audio') {
          sum.audioPackets += number('packetsReceived');
          sum.audioEnergy += number('totalAudioEnergy');
        }
        if (entry.type === 'inbound-rtp' && entry.kind === 'video')
          sum.framesDecoded += number('framesDecoded');
        if (entry.type === 'outbound-rtp' && entry.kind === 'video')
          sum.videoFramesSent += number('framesSent');
        if (entry.type === 'outbound-rtp' && entry.kind === 'audio')
          sum.audioPacketsSent += number('packetsSent');
      });
    }
    return sum;
  });
}

/** Types of the candidates of the pairs that carry media: `host`, `srflx`, `prflx` or `relay`. */
export function selectedCandidateTypes(page: Page): Promise<{ local: string; remote: string }[]> {
  return page.evaluate(async () => {
    const pairs: { local: string; remote: string }[] = [];
    for (const connection of window.observed.connections) {
      if (connection.connectionState !== 'connected') continue;
      const entries = new Map<string, Record<string, unknown>>();
      (await connection.getStats()).forEach((entry: Record<string, unknown>, id: string) =>
        entries.set(id, entry),
      );
      for (const entry of entries.values()) {
        const pair =
          entry.type === 'transport' ? entries.get(String(entry.selectedCandidatePairId)) : undefined;
        if (!pair) continue;
        const typeOf = (key: string): string =>
          String(entries.get(String(pair[key]))?.candidateType ?? 'unknown');
        pairs.push({ local: typeOf('localCandidateId'), remote: typeOf('remoteCandidateId') });
      }
    }
    return pairs;
  });
}
