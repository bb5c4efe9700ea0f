import type { Person } from '#domain/session/subject.ts';
import type { OpenSocket } from '../../../src/lib/sync/ports.ts';
import type { Chance } from './chance.ts';
import type { FakeClock } from './fake-clock.ts';
import type { FakeRelay } from './fake-relay.ts';

/**
 * How bad the network is. Shares are of all frames. Frames of the relay that carry a position are neither repeated
 * nor overtaken within one connection: TCP keeps that much, and the protocol builds on it.
 */
export interface Weather {
  /** A frame comes twice, the second time later. */
  duplicated: number;
  /** A frame overtakes those before it. */
  reordered: number;
  /** The connection breaks at a frame: it and all behind it are lost. */
  cut: number;
  /** Frames of a client that were under way when its connection broke still reach the relay. */
  late: number;
}

export const fine: Weather = { duplicated: 0, reordered: 0, cut: 0, late: 0 };

/** Sockets between one client and the relay, over a network that a test makes as bad as it likes. */
export class FakeNetwork {
  weather: Weather = fine;
  /** No connection can be opened, open ones break. */
  #down = false;
  /** Frames vanish without a trace in both directions, sockets stay open. */
  blackhole = false;
  readonly sent: string[] = [];
  readonly #clock: FakeClock;
  readonly #chance: Chance;
  readonly #relay: FakeRelay;
  readonly #person: Person;
  readonly #cuts = new Set<(code: number) => void>();

  constructor(clock: FakeClock, chance: Chance, relay: FakeRelay, person: Person) {
    this.#clock = clock;
    this.#chance = chance;
    this.#relay = relay;
    this.#person = person;
  }

  get down(): boolean {
    return this.#down;
  }

  set down(down: boolean) {
    this.#down = down;
    if (down) this.cutAll();
  }

  cutAll(code = 1006): void {
    for (const cut of [...this.#cuts]) cut(code);
  }

  open: OpenSocket = (_url, handlers) => {
    let alive = true;
    let relaySide: { receive(text: string): void; gone(): void } | undefined;
    const end = (code: number): void => {
      if (!alive) return;
      alive = false;
      this.#cuts.delete(end);
      relaySide?.gone();
      handlers.onClose(code);
    };
    this.#cuts.add(end);
    const toClient = (text: string): void => {
      if (alive && !this.blackhole) handlers.onText(text);
    };
    const toRelay = (text: string): void => {
      if (this.blackhole) return;
      // What was in the relay's buffers when the connection broke is still read there.
      if (alive || this.#chance.happens(this.weather.late)) relaySide?.receive(text);
    };
    this.#clock.after(this.#latency(), () => {
      if (!alive) return;
      if (this.#down) return end(1006);
      relaySide = this.#relay.connect(this.#person, {
        send: (text) => this.#carry(text, toClient, end),
        close: (code) => end(code),
      });
      handlers.onOpen();
    });
    return {
      send: (text) => {
        // This relay takes no packed frames, and says so.
        if (!alive || typeof text !== 'string') return;
        this.sent.push(text);
        this.#carry(text, toRelay, end);
      },
      close: (code = 1000) => end(code),
    };
  };

  /** When the last frame of each direction arrives: in order, unless the weather says otherwise. */
  readonly #lastMs = new WeakMap<(text: string) => void, number>();

  /** Directions that have lost a frame: nothing behind it comes through. */
  readonly #broken = new WeakSet<(text: string) => void>();

  #carry(text: string, arrive: (text: string) => void, end: (code: number) => void): void {
    const { weather } = this;
    if (this.#broken.has(arrive)) return;
    if (this.#chance.happens(weather.cut)) {
      this.#broken.add(arrive);
      this.#clock.after(this.#latency(), () => end(1006));
      return;
    }
    const inOrderMs = Math.max(this.#lastMs.get(arrive) ?? 0, this.#clock.nowMs + this.#latency());
    const ordered = /^\{"t":"(welcome|events|gone|hello)"/.test(text);
    const early = !ordered && this.#chance.happens(weather.reordered);
    const atMs = early ? this.#clock.nowMs + 1 : inOrderMs;
    if (!early) this.#lastMs.set(arrive, atMs);
    this.#clock.after(atMs - this.#clock.nowMs, () => arrive(text));
    if (!ordered && this.#chance.happens(weather.duplicated))
      this.#clock.after(atMs - this.#clock.nowMs + this.#latency() * 3, () => arrive(text));
  }

  #latency(): number {
    return 5 + this.#chance.below(40);
  }
}
