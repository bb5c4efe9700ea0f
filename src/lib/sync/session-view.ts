import type { VideoSession } from '#domain/session/video-session.ts';
import type { OutboxItem } from '../storage/person-store.ts';
import type { Judge } from './judge.ts';
import { StreamView, type ViewStore } from './stream-view.ts';

/** A session as its person sees it here: what was accepted, and their own commands on their way on top. */
export interface SessionEntry {
  readonly session: VideoSession;
  /** Accepted events alone; undefined while the relay has not accepted the first. */
  readonly confirmed: VideoSession | undefined;
  /** Own commands that have not arrived yet, in order. */
  readonly pending: readonly OutboxItem[];
  /** Whether a message, screenshot, call or command with this id is still on its way. */
  isPending(id: string): boolean;
}

/** All sessions of one person on this device. */
export class SessionView extends StreamView<'session', SessionEntry> {
  constructor(store: ViewStore, judge: Judge) {
    super(store, {
      kind: 'session',
      fold: (confirmed, pending) => judge.fold('session', confirmed, pending),
      entry: ({ state, ...rest }) => ({ session: state, ...rest }),
      updatedAtMs: (entry) => entry.session.updatedAtMs,
    });
  }
}
