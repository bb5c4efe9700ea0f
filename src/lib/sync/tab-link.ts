import { base64Url } from '#domain/ids.ts';
import { Emitter } from '#domain/emitter.ts';
import type { Runtime, TabChannel } from './ports.ts';
import { parseTabMessage, type TabMessage } from './tab-messages.ts';

/** How long the leading tab may take to answer before it counts as frozen. */
const answerMs = 5_000;
/** How often a tab asks by itself. */
const askEveryMs = 30_000;

/** How often a tab that is in a call says so, and after what silence it counts as gone: a crashed tab says nothing. */
const callEveryMs = 20_000;
const callSilenceMs = 75_000;

/** This tab among the others of the same person: messages, which calls they are in, whether one still leads. */
export class TabLink {
  readonly tabId: string;
  readonly callsChanged = new Emitter();
  readonly #runtime: Runtime;
  readonly #channel: TabChannel;
  readonly #messages = new Emitter<[TabMessage]>();
  readonly #callsElsewhere = new Map<string, { callIds: string[]; heardMs: number }>();
  readonly #ownCalls = new Set<string>();
  readonly #stop: () => void;
  #heardLeader = false;
  #cancel: (() => void) | undefined;
  #ask: (() => void) | undefined;
  #cancelTelling: (() => void) | undefined;
  #closed = false;

  constructor(runtime: Runtime, channel: TabChannel) {
    this.tabId = base64Url(runtime.randomBytes(16));
    this.#runtime = runtime;
    this.#channel = channel;
    this.#stop = channel.onMessage((input) => {
      const message = parseTabMessage(input);
      if (!message) return;
      if (message.t === 'link') this.#heardLeader = true;
      if (message.t === 'calls') this.#heardCalls(message.tab, message.callIds);
      if (message.t === 'who') this.#tellCalls();
      this.#messages.emit(message);
    });
  }

  onMessage(listener: (message: TabMessage) => void): () => void {
    return this.#messages.on(listener);
  }

  post(message: TabMessage): void {
    if (!this.#closed) this.#channel.post(message);
  }

  /** A call that another tab of this browser is in. */
  isElsewhere(callId: string): boolean {
    const sinceMs = this.#runtime.nowMs() - callSilenceMs;
    return [...this.#callsElsewhere.values()].some(
      ({ callIds, heardMs }) => heardMs > sinceMs && callIds.includes(callId),
    );
  }

  isHere(callId: string): boolean {
    return this.#ownCalls.has(callId);
  }

  enterCall(callId: string): void {
    this.#ownCalls.add(callId);
    this.#keepTelling();
    this.callsChanged.emit();
  }

  leaveCall(callId: string): void {
    this.#ownCalls.delete(callId);
    this.post({ t: 'calls', tab: this.tabId, callIds: [...this.#ownCalls] });
    this.callsChanged.emit();
  }

  /** Asks the leading tab to try now, and looks whether it answers. */
  wake(): void {
    this.post({ t: 'wake' });
    this.#ask?.();
  }

  /** Calls `takeOver` when no leading tab answers twice in a row, though this tab waits for its turn. */
  watchLeader(leads: () => boolean, takeOver: () => void): () => void {
    let misses = 0;
    const ask = (): void => {
      this.#cancel?.();
      if (leads()) {
        this.#cancel = this.#runtime.after(askEveryMs, ask);
        return;
      }
      this.#heardLeader = false;
      this.post({ t: 'who' });
      this.#cancel = this.#runtime.after(answerMs, () => {
        misses = this.#heardLeader || leads() ? 0 : misses + 1;
        if (misses >= 2) {
          misses = 0;
          takeOver();
        }
        this.#cancel = this.#runtime.after(misses > 0 ? 1 : askEveryMs, ask);
      });
    };
    this.#ask = ask;
    this.#cancel = this.#runtime.after(answerMs, ask);
    return () => {
      this.#ask = undefined;
      this.#cancel?.();
    };
  }

  close(): void {
    this.post({ t: 'calls', tab: this.tabId, callIds: [] });
    this.#closed = true;
    this.#cancelTelling?.();
    this.#cancel?.();
    this.#stop();
    this.#channel.close();
  }

  #tellCalls(): void {
    if (this.#ownCalls.size > 0) this.post({ t: 'calls', tab: this.tabId, callIds: [...this.#ownCalls] });
  }

  #keepTelling(): void {
    this.#cancelTelling?.();
    if (this.#closed || this.#ownCalls.size === 0) return;
    this.#tellCalls();
    this.#cancelTelling = this.#runtime.after(callEveryMs, () => this.#keepTelling());
  }

  #heardCalls(tab: string, callIds: string[]): void {
    if (callIds.length > 0) this.#callsElsewhere.set(tab, { callIds, heardMs: this.#runtime.nowMs() });
    else this.#callsElsewhere.delete(tab);
    this.callsChanged.emit();
  }
}
