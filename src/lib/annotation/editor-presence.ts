import * as v from 'valibot';
import type { Point } from '#domain/annotation/marks.ts';
import type { Cursor } from './marks-painter.ts';

/** The awareness of a document, as far as it is used here. */
export interface SharedPresence {
  clientID: number;
  getStates(): Map<number, Record<string, unknown>>;
  setLocalStateField(field: string, value: unknown): void;
  on(event: 'change', listener: () => void): void;
  off(event: 'change', listener: () => void): void;
}

/** Who it is comes from the relay (`user`), which knows the sign-in; the rest is what that person says. */
const stateSchema = v.object({
  user: v.object({ id: v.pipe(v.string(), v.maxLength(64)) }),
  cursor: v.optional(v.nullable(v.tuple([share(), share()]))),
  /** The newest live datagrams, in hexadecimal, with a number that grows. */
  strokes: v.optional(
    v.object({ n: v.number(), d: v.pipe(v.array(v.pipe(v.string(), v.maxLength(400))), v.maxLength(8)) }),
  ),
});

function share() {
  return v.pipe(v.number(), v.minValue(0), v.maxValue(1));
}

/** Cursors and strokes in the making are told at most this often: the relay takes 60 frames a second. */
const tellEveryMs = 66;
const maxDatagramsTold = 8;

/** Who else has the picture open, where their pointers are, and what they are drawing. Nothing of it is kept. */
export class EditorPresence {
  readonly #shared: SharedPresence;
  readonly #selfId: string;
  readonly #strokeListeners = new Set<(authorId: string, bytes: Uint8Array) => void>();
  readonly #changeListeners = new Set<() => void>();
  readonly #seen = new Map<number, number>();
  #cursor: [number, number] | null = null;
  #toldCursor: [number, number] | null = null;
  #waiting: string[] = [];
  #number = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #toldAtMs = -Infinity;

  constructor(shared: SharedPresence, selfId: string) {
    this.#shared = shared;
    this.#selfId = selfId;
    // Without a relay in between (two tabs, tests) nobody else says who this is.
    shared.setLocalStateField('user', { id: selfId });
    shared.on('change', this.#onAwareness);
  }

  tellCursor(point: Point | null): void {
    const inside = point && point.x >= 0 && point.x <= 1 && point.y >= 0 && point.y <= 1;
    this.#cursor = inside ? [rounded(point.x), rounded(point.y)] : null;
    this.#plan();
  }

  tellStroke(bytes: Uint8Array): void {
    this.#waiting.push(toHex(bytes));
    // The newest carry the points of the ones before, so the oldest can go.
    if (this.#waiting.length > maxDatagramsTold) this.#waiting.shift();
    this.#plan();
  }

  /** Others who have the picture open. */
  present(): string[] {
    return [...new Set(this.#others().map(({ user }) => user.id))].filter((id) => id !== this.#selfId);
  }

  cursors(): Cursor[] {
    return this.#others().flatMap(({ user, cursor }) =>
      cursor ? [{ authorId: user.id, at: { x: cursor[0], y: cursor[1] } }] : [],
    );
  }

  onStroke(listener: (authorId: string, bytes: Uint8Array) => void): () => void {
    this.#strokeListeners.add(listener);
    return () => this.#strokeListeners.delete(listener);
  }

  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#shared.off('change', this.#onAwareness);
    this.#strokeListeners.clear();
    this.#changeListeners.clear();
    this.#shared.setLocalStateField('cursor', null);
  }

  #plan(): void {
    if (this.#timer !== undefined) return;
    const waitMs = Math.max(0, this.#toldAtMs + tellEveryMs - performance.now());
    this.#timer = setTimeout(() => this.#tell(), waitMs);
  }

  #tell(): void {
    this.#timer = undefined;
    this.#toldAtMs = performance.now();
    if (this.#cursor !== this.#toldCursor) {
      this.#toldCursor = this.#cursor;
      this.#shared.setLocalStateField('cursor', this.#cursor);
    }
    if (this.#waiting.length === 0) return;
    this.#number += 1;
    this.#shared.setLocalStateField('strokes', { n: this.#number, d: this.#waiting });
    this.#waiting = [];
  }

  readonly #onAwareness = (): void => {
    for (const [clientId, state] of this.#shared.getStates()) {
      if (clientId === this.#shared.clientID) continue;
      const parsed = v.safeParse(stateSchema, state);
      if (!parsed.success) continue;
      const { strokes } = parsed.output;
      const before = this.#seen.get(clientId);
      this.#seen.set(clientId, strokes?.n ?? 0);
      // What somebody drew before this side came lies in the document, or was taken back.
      if (before === undefined || !strokes || before === strokes.n) continue;
      for (const datagram of strokes.d) {
        const bytes = fromHex(datagram);
        if (!bytes) continue;
        for (const listener of this.#strokeListeners) listener(parsed.output.user.id, bytes);
      }
    }
    for (const listener of [...this.#changeListeners]) listener();
  };

  #others(): v.InferOutput<typeof stateSchema>[] {
    return [...this.#shared.getStates()].flatMap(([clientId, state]) => {
      const parsed = v.safeParse(stateSchema, state);
      return clientId !== this.#shared.clientID && parsed.success ? [parsed.output] : [];
    });
  }
}

const rounded = (value: number): number => Math.round(value * 4095) / 4095;

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(text: string): Uint8Array | undefined {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
