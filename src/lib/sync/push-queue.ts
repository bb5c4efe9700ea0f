import { codeOf, type ErrorCode } from '#domain/error-codes.ts';
import { backoffMs } from '#domain/connection/backoff.ts';
import type { CommandId } from '#domain/ids.ts';
import type { ClientMessage, CommandOutcome } from '#domain/protocol/sync-messages.ts';
import {
  maxCommandsPerPush,
  maxFrameBytes,
  maxUnpackedBytes,
  worthPacking,
} from '#domain/protocol/version.ts';
import type { OutboxItem, OutboxStore } from '../storage/person-store.ts';
import type { FramePacking, Runtime } from './ports.ts';

/** A command about the live call is worth nothing later: a call that was asked for minutes ago must not ring now. */
const liveCommandLifetimeMs = 30_000;
/** No answer to a push for this long, though the socket lives: it is said again over a fresh socket. */
const pushTimeoutMs = 20_000;
const retryPolicy = { firstMs: 1_000, maxMs: 30_000 };
/** How long an accepted command may wait for its event, before it is looked at what became of it. */
const arrivalMs = 5_000;
/** How often a push is repeated after a failure inside the relay, before its commands count as refused. */
const maxInternalFailures = 5;

/** The relay could not take it now; it says nothing about the command. */
const transient: ReadonlySet<ErrorCode> = new Set(['too-many-requests', 'storage-full', 'internal']);
/** Commands that only report, and what their being late looks like: nothing that a person must be told. */
const quiet: Partial<Record<OutboxItem['command']['type'], readonly ErrorCode[]>> = {
  'call.leave': ['call-over', 'no-call'],
  'call.link-up': ['call-over', 'no-call'],
  'call.reject': ['call-over', 'already-answered'],
};
const live: ReadonlySet<string> = new Set(['call.start', 'call.answer', 'call.reject']);

export interface PushQueueOptions {
  outbox: OutboxStore;
  runtime: Runtime;
  /** False: no socket is up. */
  send(message: ClientMessage): boolean;
  /** How to pack frames for the socket that is up; undefined where it takes none. */
  packing(): FramePacking | undefined;
  /** False: no such socket is up. */
  sendPacked(frame: Uint8Array<ArrayBuffer>): boolean;
  /** The socket gives no answers any more. */
  stuck(): void;
  /** The store failed: what was to be written is not. */
  failed(reason: ErrorCode): void;
}

/**
 * Pushes the outbox in order, one push at a time. A command stays kept until the relay has answered; the same id
 * counts once there, so pushing again after a lost answer is safe.
 */
export class PushQueue {
  readonly #options: PushQueueOptions;
  #open = false;
  #reading = false;
  #again = false;
  /** Pushes without an answer yet, in order. */
  #waiting: { requestId: number; items: OutboxItem[]; cancel: () => void }[] = [];
  #requestId = 0;
  #failures = 0;
  #singly = 0;
  #cancelRetry: (() => void) | undefined;
  #cancelSettle: (() => void) | undefined;

  constructor(options: PushQueueOptions) {
    this.#options = options;
  }

  /** A socket is up and the replica has caught up: what is kept may go. */
  open(): void {
    this.close();
    this.#open = true;
    this.flush();
  }

  close(): void {
    this.#open = false;
    for (const { cancel } of this.#waiting) cancel();
    this.#waiting = [];
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#cancelSettle?.();
    this.#cancelSettle = undefined;
  }

  flush(): void {
    if (!this.#open || !this.#mayPush() || this.#cancelRetry) return;
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    this.#guard(
      this.#push().finally(() => {
        this.#reading = false;
        if (!this.#again) return;
        this.#again = false;
        this.flush();
      }),
    );
  }

  onPushed(requestId: number, outcomes: CommandOutcome[]): void {
    const waiting = this.#taken(requestId);
    if (waiting) this.#guard(this.#judged(waiting, outcomes));
  }

  /** The same, by the place of each command in the push. */
  onJudged(requestId: number, results: readonly (number | ErrorCode)[]): void {
    const outcomes = (this.#waitingFor(requestId)?.items ?? []).flatMap(
      ({ id: commandId }, at): CommandOutcome[] => {
        const result = results[at];
        if (result === undefined) return [];
        return typeof result === 'number'
          ? [{ ok: true, commandId, seq: result }]
          : [{ ok: false, commandId, reason: result }];
      },
    );
    this.onPushed(requestId, outcomes);
  }

  /** The relay refused a whole push. */
  onError(requestId: number | null, reason: ErrorCode): void {
    const waiting = requestId === null ? undefined : this.#taken(requestId);
    if (waiting) this.#guard(this.#refused(waiting, reason));
  }

  async #judged(waiting: { items: OutboxItem[] }, outcomes: CommandOutcome[]): Promise<void> {
    const byId = new Map(waiting.items.map((item) => [item.id as string, item]));
    const accepted: { id: CommandId; seq: number }[] = [];
    const refused: { id: CommandId; reason: ErrorCode }[] = [];
    const done: CommandId[] = [];
    let held: ErrorCode | undefined;
    for (const outcome of outcomes) {
      const item = byId.get(outcome.commandId);
      if (!item) continue;
      if (outcome.ok) accepted.push({ id: item.id, seq: outcome.seq });
      else if (quiet[item.command.type]?.includes(outcome.reason)) done.push(item.id);
      else if (this.#isTransient(outcome.reason)) held = outcome.reason;
      else refused.push({ id: item.id, reason: outcome.reason });
    }
    const { outbox } = this.#options;
    if (accepted.length > 0) await outbox.accept(accepted);
    if (refused.length > 0) await outbox.refuse(refused);
    if (done.length > 0) await outbox.remove(done);
    if (accepted.length > 0) this.#settleLater();
    const answered = accepted.length + refused.length + done.length;
    if (held || answered === 0) return this.#later();
    this.#failures = 0;
    this.#singly = Math.max(0, this.#singly - 1);
    this.flush();
  }

  async #refused(waiting: { items: OutboxItem[] }, reason: ErrorCode): Promise<void> {
    if (this.#isTransient(reason)) return this.#later();
    // One command spoils the others: they go one by one, and the one that spoils is refused alone.
    if (waiting.items.length > 1) this.#singly = waiting.items.length;
    else await this.#options.outbox.refuse(waiting.items.map(({ id }) => ({ id, reason })));
    this.flush();
  }

  async #push(): Promise<void> {
    const { outbox, runtime } = this.#options;
    const underWay = new Set(this.#waiting.flatMap(({ items }) => items.map((item) => item.id)));
    const wanted = this.#singly > 0 ? 1 : maxCommandsPerPush;
    const items = (await outbox.pending(wanted + underWay.size)).filter(({ id }) => !underWay.has(id));
    const nowMs = runtime.nowMs();
    const late = items.filter(
      (item) => live.has(item.command.type) && nowMs - item.atMs > liveCommandLifetimeMs,
    );
    if (late.length > 0) {
      await outbox.refuse(late.map(({ id }) => ({ id, reason: 'relay-unreachable' })));
      this.#again = true;
      return;
    }
    if (items.length === 0 || !this.#open || !this.#mayPush()) return;
    const requestId = ++this.#requestId;
    const after = this.#waiting.at(-1)?.requestId;
    const { taken, frame } = await this.#frame(items, requestId, after);
    // The socket may have gone while the frame was made, or the push before this one may have failed.
    if (!this.#open || this.#cancelRetry) return;
    if (taken.length === 0) {
      await outbox.refuse(items.slice(0, 1).map(({ id }) => ({ id, reason: 'too-large' })));
      this.#again = true;
      return;
    }
    const cancel = runtime.after(pushTimeoutMs, () => {
      if (this.#waitingFor(requestId)) this.#options.stuck();
    });
    this.#waiting.push({ requestId, items: taken, cancel });
    const sent = frame
      ? this.#options.sendPacked(frame)
      : this.#options.send(pushOf(requestId, taken, after));
    if (!sent) this.#taken(requestId);
    else this.#again ||= this.#mayPush();
  }

  /** One push at a time; with a long queue the next is under way before the answer to the one before it is here. */
  #mayPush(): boolean {
    const [first, ...more] = this.#waiting;
    if (!first) return true;
    const isLong = first.items.length >= maxCommandsPerPush && this.#options.packing() !== undefined;
    return isLong && more.length === 0 && this.#singly === 0;
  }

  #waitingFor(requestId: number) {
    return this.#waiting.find((one) => one.requestId === requestId);
  }

  /** As many of the first commands as one frame holds: packed, where the socket takes that and it is worth it. */
  async #frame(
    items: OutboxItem[],
    requestId: number,
    after: number | undefined,
  ): Promise<{ taken: OutboxItem[]; frame?: Uint8Array<ArrayBuffer> }> {
    const packing = this.#options.packing();
    if (!packing) return { taken: fitting(items, requestId, maxFrameBytes) };
    let taken = fitting(items, requestId, maxUnpackedBytes);
    while (taken.length > 0) {
      const text = JSON.stringify(pushOf(requestId, taken, after));
      if (text.length < worthPacking) return { taken };
      const frame = await packing.pack(text);
      if (frame.length <= maxFrameBytes) return { taken, frame };
      taken = taken.slice(0, Math.floor((taken.length * maxFrameBytes * 0.9) / frame.length));
    }
    return { taken };
  }

  #taken(requestId: number): { items: OutboxItem[] } | undefined {
    const waiting = this.#waitingFor(requestId);
    if (!waiting) return undefined;
    waiting.cancel();
    this.#waiting = this.#waiting.filter((one) => one !== waiting);
    return waiting;
  }

  #isTransient(reason: ErrorCode): boolean {
    return transient.has(reason) && (reason !== 'internal' || this.#failures < maxInternalFailures);
  }

  /** An event may never come: its session was hidden meanwhile, or the relay has lost it. */
  #settleLater(): void {
    if (!this.#open || this.#cancelSettle) return;
    this.#cancelSettle = this.#options.runtime.after(arrivalMs, () => {
      this.#cancelSettle = undefined;
      this.#guard(this.#options.outbox.settle().then(() => this.flush()));
    });
  }

  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (this.#open) this.#options.failed(codeOf(error));
    });
  }

  #later(): void {
    if (!this.#open || this.#cancelRetry) return;
    const { runtime } = this.#options;
    this.#cancelRetry = runtime.after(backoffMs(retryPolicy, this.#failures, runtime.random), () => {
      this.#cancelRetry = undefined;
      this.flush();
    });
    this.#failures += 1;
  }
}

const pushOf = (requestId: number, items: OutboxItem[], after?: number): ClientMessage => ({
  t: 'push',
  requestId,
  commands: items.map((item) => item.command),
  ...(after === undefined ? {} : { after }),
});

/** As many of the first commands as one frame holds. */
function fitting(items: OutboxItem[], requestId: number, maxBytes: number): OutboxItem[] {
  const encoder = new TextEncoder();
  let bytes = encoder.encode(JSON.stringify(pushOf(requestId, []))).length;
  const taken: OutboxItem[] = [];
  for (const item of items) {
    bytes += encoder.encode(JSON.stringify(item.command)).length + 1;
    if (bytes > maxBytes) break;
    taken.push(item);
  }
  return taken;
}
