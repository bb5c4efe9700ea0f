import type { SessionStatus } from '#domain/session/status.ts';
import type { Who } from '../primitives/types.ts';

export type Visibility = 'public' | 'internal';

/** Where an item is: only here, on its way (0…1), at the relay, compared there by hash, or refused. */
export type SyncValue =
  | { state: 'local' }
  | { state: 'sending'; progress?: number }
  | { state: 'sent' }
  | { state: 'verified' }
  | { state: 'refused' };

/** A person as the screens show them. */
export interface PersonView {
  id: string;
  name: string;
  who?: Who;
  /** A code user has a figure instead of initials. */
  anonymous?: boolean;
}

/** When a status was reached and by whom, ready to show. */
export interface StatusReached {
  status: SessionStatus;
  atMs: number;
  actor?: string;
}

/** 1 bad … 5 great. */
export type Rating = 1 | 2 | 3 | 4 | 5;

/** One line of a list of sessions. */
export interface SessionRowView {
  id: string;
  href: string;
  status: SessionStatus;
  reason: string;
  /** Small line under the reason. */
  note?: string;
  device: string;
  people: readonly PersonView[];
  ticket?: string;
  rating?: Rating;
  updatedAtMs: number;
  /** Came in since the person last looked. */
  fresh?: boolean;
  visibility?: Visibility;
}
