import type { Organization } from '#domain/organization/organization.ts';
import type { Directory } from '#domain/protocol/directory.ts';
import { commandTypes, kindOfType, type StreamId, type StreamKind } from '#domain/protocol/streams.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';
import type { OutboxItem, PersonStore } from '../storage/person-store.ts';
import type { StateOf } from '../storage/stream-states.ts';
import { Judge } from './judge.ts';
import { SessionView } from './session-view.ts';
import { shareWatch } from './share-watch.ts';
import { StreamView, type OutboxByKind } from './stream-view.ts';

/** A ticket as its person sees it here, with own commands on top. */
export interface TicketEntry {
  readonly ticket: Ticket;
  readonly confirmed: Ticket | undefined;
  readonly pending: readonly OutboxItem[];
  /** Whether a message, file or command with this id is still on its way. */
  isPending(id: string): boolean;
}

/** The organization as an administrator sees it here, with own commands on top. */
export interface OrganizationEntry {
  readonly organization: Organization;
  readonly confirmed: Organization | undefined;
  readonly pending: readonly OutboxItem[];
}

const kindOfCommand: ReadonlyMap<string, StreamKind> = new Map(
  [...commandTypes].map((type) => [type, kindOfType(type)]),
);

/** Keeps the order within each kind. Done once for all views: an outbox may hold thousands. */
function byKind(items: OutboxItem[]): OutboxByKind {
  const split: OutboxByKind = { session: [], ticket: [], organization: [] };
  for (const item of items) split[kindOfCommand.get(item.command.type) ?? 'session'].push(item);
  return split;
}

/** Everything that one person follows, as it stands on this device. */
export class Views {
  readonly judge: Judge;
  readonly sessions: SessionView;
  readonly tickets: StreamView<'ticket', TicketEntry>;
  readonly organizations: StreamView<'organization', OrganizationEntry>;
  readonly #stop: () => void;

  constructor(store: PersonStore, directory: () => Directory) {
    const watchOutbox = shareWatch<OutboxByKind>((listener) =>
      store.outbox.watch((items) => listener(byKind(items))),
    );
    const source = { replica: store.replica, watchOutbox };
    this.judge = new Judge({
      directory,
      ticket: (id) => this.tickets.get(id as Ticket['id'])?.ticket,
      tickets: () => this.tickets.allConfirmed(),
      sessions: () => this.sessions.allConfirmed(),
    });
    const { judge } = this;
    this.tickets = new StreamView(source, {
      kind: 'ticket',
      fold: (confirmed, pending) => judge.fold('ticket', confirmed, pending),
      entry: ({ state, ...rest }) => ({ ticket: state, ...rest }),
      updatedAtMs: (entry) => entry.ticket.updatedAtMs,
    });
    this.organizations = new StreamView(source, {
      kind: 'organization',
      // Whoever does not follow it has the Directory: what they propose shows there when it was accepted.
      fold: (confirmed, pending) => confirmed && judge.fold('organization', confirmed, pending),
      entry: ({ state, ...rest }) => ({ organization: state, ...rest }),
      updatedAtMs: (entry) => entry.organization.updatedAtMs,
    });
    this.sessions = new SessionView(source, judge);
    // A session's own link to a ticket stands or falls with the ticket.
    this.#stop = this.tickets.onChange(() => this.sessions.judgeAgain());
  }

  of(kind: StreamKind): Pick<StreamView<StreamKind, never>, 'outbox' | 'onChange' | 'keep'> {
    switch (kind) {
      case 'ticket':
        return this.tickets;
      case 'organization':
        return this.organizations;
      case 'session':
        return this.sessions;
    }
  }

  /** The state with own commands on top, and the number of the newest accepted event. */
  at<K extends StreamKind>(kind: K, id: StreamId): { state: StateOf<K> | undefined; confirmedSeq: number } {
    const { sessions, tickets, organizations } = this;
    const known: { [Kind in StreamKind]: () => StateOf<Kind> | undefined } = {
      session: () => sessions.get(id)?.session,
      ticket: () => tickets.get(id)?.ticket,
      organization: () => organizations.get(id)?.organization,
    };
    const confirmed = sessions.confirmed(id) ?? tickets.confirmed(id) ?? organizations.confirmed(id);
    return { state: known[kind](), confirmedSeq: confirmed?.seq ?? 0 };
  }

  /** Every command that this device keeps, in order. */
  get outbox(): OutboxItem[] {
    const all = [...this.sessions.outbox, ...this.tickets.outbox, ...this.organizations.outbox];
    return all.sort((a, b) => a.order - b.order);
  }

  /** The directory has changed: what own commands will do is worked out again. */
  refresh(): void {
    this.tickets.refresh();
    this.organizations.refresh();
    this.sessions.refresh();
  }

  close(): void {
    this.#stop();
    for (const view of [this.sessions, this.tickets, this.organizations]) view.close();
  }
}
