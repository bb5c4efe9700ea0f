import type { CallFactories } from '../../state/call-ports.ts';
import type { CallDesk } from '../../state/call/CallDesk.svelte.ts';
import type { ConnectionState } from '../../state/ConnectionState.svelte.ts';
import type { GuestLinks } from '../../state/guest-links.ts';
import type { IdentityState } from '../../state/IdentityState.svelte.ts';
import type { NotificationsState } from '../../state/NotificationsState.svelte.ts';
import type { OrganizationState } from '../../state/OrganizationState.svelte.ts';
import type { OutboxState } from '../../state/OutboxState.svelte.ts';
import type { PeopleDesk } from '../../state/people-desk.ts';
import type { SessionsState } from '../../state/SessionsState.svelte.ts';
import type { SessionState } from '../../state/SessionState.svelte.ts';
import type { StorageState } from '../../state/StorageState.svelte.ts';
import type { TicketsState } from '../../state/TicketsState.svelte.ts';
import type { TicketState } from '../../state/TicketState.svelte.ts';

/** Newer versions of the app. */
export interface AppUpdates {
  /** Told with true when one is kept and waits, with false when it does not any more. Returns how to stop. */
  watch(listener: (waits: boolean) => void): () => void;
  /**
   * Takes the one that waits; the page loads anew as soon as it is there.
   * @param mayReload asked then: a call may have begun meanwhile
   */
  take(mayReload: () => boolean): void;
}

/** What the screens need of the app. The composition root's App is one. */
export interface AppParts {
  identity: IdentityState;
  connection: ConnectionState;
  storage: StorageState;
  sessions: SessionsState;
  session(id: string): SessionState;
  tickets: TicketsState;
  ticket(id: string): TicketState;
  /** The call that this tab is in, and how to come into one. */
  calls: CallDesk;
  /** Opens a screenshot's marks for looking and drawing. */
  openScreenshot: CallFactories['openScreenshot'];
  organization: OrganizationState;
  people: PeopleDesk;
  outbox: OutboxState;
  notifications: NotificationsState;
  updates: AppUpdates;
  guestLinks: GuestLinks;
  /** Texts being typed, by a key of the screen's own; they survive a reload. */
  drafts: IdentityState['drafts'];
}
