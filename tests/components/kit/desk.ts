import { Emitter } from '#domain/emitter.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import type { SessionId } from '#domain/ids.ts';
import { ok, refuse, type Result } from '#domain/result.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import type { Person } from '#domain/session/subject.ts';
import type { CallFeature } from '../../../src/lib/state/call/call-feature.ts';
import { CallDesk } from '../../../src/lib/state/call/CallDesk.svelte.ts';
import { ConnectionState } from '../../../src/lib/state/ConnectionState.svelte.ts';
import { IdentityState } from '../../../src/lib/state/IdentityState.svelte.ts';
import { NotificationsState } from '../../../src/lib/state/NotificationsState.svelte.ts';
import { OrganizationState } from '../../../src/lib/state/OrganizationState.svelte.ts';
import { OutboxState } from '../../../src/lib/state/OutboxState.svelte.ts';
import { SessionsState } from '../../../src/lib/state/SessionsState.svelte.ts';
import { SessionState } from '../../../src/lib/state/SessionState.svelte.ts';
import { StorageState } from '../../../src/lib/state/StorageState.svelte.ts';
import { TicketsState } from '../../../src/lib/state/TicketsState.svelte.ts';
import { TicketState } from '../../../src/lib/state/TicketState.svelte.ts';
import { Judge } from '../../../src/lib/sync/judge.ts';
import { WorkspaceSlot } from '../../../src/lib/sync/workspace-slot.ts';
import type { Workspace } from '../../../src/lib/sync/workspace.ts';
import type { AppParts } from '../../../src/lib/ui/screens/app-parts.ts';
import type { Story } from '../fixtures/story.ts';
import { nowMs, type World } from '../fixtures/world.ts';
import { CallRoom } from './call-room.ts';
import { DraftBox } from './draft-box.ts';
import { Sketchbook } from './sketchbook.ts';

export interface DeskOptions {
  /** Whose screen it is. */
  subject: Person;
  /** The link to the relay; online when not said. */
  link?: 'online' | 'connecting' | 'offline';
  /** The relay refuses everything that is proposed, with this reason. */
  refuses?: ErrorCode;
  /** Nothing that is proposed can be kept on this device, for this reason. */
  cannotKeep?: ErrorCode;
  /** Texts typed earlier, by key. */
  drafts?: Record<string, string>;
  /** Pictures of the session that cannot be had. */
  withoutPictures?: boolean;
  /** What people can do in a call besides what the app has. */
  features?: readonly CallFeature[];
}

/**
 * The app's own states over one story, without a relay: what is proposed is judged and folded at once by the domain's
 * rules, as the relay would. Only the workspace, the port between states and sync, stands in.
 */
export class Desk {
  readonly app: AppParts;
  /** Everything that the person has proposed, in order; what the app sends by itself, receipts and the link's coming up, is left out. */
  readonly proposed: SessionCommandBody[] = [];
  /** Where the screen has sent the person. */
  readonly wentTo: string[] = [];
  readonly drafts: DraftBox;
  readonly sketches: Sketchbook;
  /** Where calls are. */
  readonly room: CallRoom;
  readonly #story: Story;
  #pictures: Promise<void> = Promise.resolve();
  readonly #options: DeskOptions;
  readonly #sessionsChanged = new Emitter();

  constructor(story: Story, options: DeskOptions) {
    this.#story = story;
    this.#options = options;
    this.drafts = new DraftBox(options.drafts);
    this.sketches = new Sketchbook(options.subject.id);
    this.room = new CallRoom(options.subject, this.sketches, options.features);
    const slot = new WorkspaceSlot();
    slot.set(this.#workspace() as unknown as Workspace);
    this.app = this.#assemble(slot);
  }

  get world(): World {
    return this.#story.world;
  }

  readonly go = (to: string): void => {
    this.wentTo.push(to);
  };

  /** Something happens elsewhere, and is told to this screen. */
  happens(tell: (story: Story) => unknown): void {
    tell(this.#story);
    this.#sessionsChanged.emit();
  }

  /** Nothing of it runs on. */
  async close(): Promise<void> {
    await this.app.calls.letGo();
    this.room.close();
  }

  #assemble(slot: WorkspaceSlot): AppParts {
    const session = new Map<string, SessionState>();
    const identity = new IdentityState({
      slot,
      openDeviceStore: () => Promise.resolve(this.drafts.store),
      api: unused('the relay'),
      openWorkspace: unused('another workspace'),
      askToPersist: () => undefined,
    });
    const sessionOf = (id: string): SessionState => {
      const known = session.get(id) ?? new SessionState(slot, id);
      session.set(id, known);
      return known;
    };
    const { factories, memory } = this.room;
    return {
      identity,
      connection: new ConnectionState(slot),
      storage: new StorageState(slot),
      sessions: new SessionsState(slot),
      session: sessionOf,
      tickets: new TicketsState(slot),
      ticket: (id) => new TicketState(slot, id),
      calls: new CallDesk({ factories, session: sessionOf, self: () => identity.subject, memory }),
      openScreenshot: factories.openScreenshot,
      organization: new OrganizationState(slot),
      people: unused('the people of the organization'),
      outbox: new OutboxState(slot),
      notifications: new NotificationsState(slot),
      updates: { watch: () => () => undefined, take: () => undefined },
      guestLinks: unused('guest links'),
      drafts: identity.drafts,
    };
  }

  #entry() {
    const { session } = this.#story;
    return session && { session, confirmed: session, pending: [], isPending: () => false };
  }

  #workspace() {
    const { subject, link = 'online' } = this.#options;
    const directory = this.#story.world.directory(subject);
    const none = streamView([]);
    const judge = new Judge({
      directory: () => directory,
      ticket: () => undefined,
      tickets: () => [],
      sessions: () => (this.#story.session ? [this.#story.session] : []),
    });
    const entry = () => this.#entry();
    const sessions = {
      loaded: true,
      get list() {
        return [entry() ?? []].flat();
      },
      get: (id: string) => (id === entry()?.session.id ? entry() : undefined),
      onChange: (listener: () => void) => this.#sessionsChanged.on(listener),
    };
    const quiet = () => new Emitter();
    return {
      directory,
      view: sessions,
      views: { sessions, tickets: none, organizations: none, judge, outbox: [] },
      engine: {
        connection: { state: link, caughtUp: link === 'online', sinceMs: nowMs, clockOffsetMs: 0 },
        connectionChanged: quiet(),
        tabs: { callsChanged: quiet(), isHere: () => false, isElsewhere: () => false },
        propose: (id: string, body: SessionCommandBody) => Promise.resolve(this.#propose(id, body)),
        wake: () => undefined,
        nudge: () => undefined,
      },
      runtime: {
        nowMs: () => nowMs,
        random: () => 0.5,
        randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
        after: () => () => undefined,
      },
      store: {
        outbox: { remove: () => Promise.resolve() },
        seen: { mark: () => Promise.resolve() },
        replica: { log: () => Promise.resolve([...this.#story.events]) },
      },
      pictures: { get: (place: { itemId: string }) => this.#picture(place.itemId) },
      seen: new Set<string>(),
      pictureItems: [],
      firstOpenedAtMs: 0,
      relayNowMs: () => nowMs,
      storageChanged: quiet(),
      picturesChanged: quiet(),
      seenChanged: quiet(),
      directoryReplaced: quiet(),
    };
  }

  #propose(streamId: string, body: SessionCommandBody): Result<object, ErrorCode> {
    const byItself = body.type.startsWith('chat.mark-') || body.type === 'call.link-up';
    if (!byItself) this.proposed.push(body);
    const { refuses, cannotKeep, subject } = this.#options;
    if (cannotKeep) return refuse(cannotKeep);
    if (refuses) return ok({ commandId: 'command', settled: Promise.resolve(refuse(refuses)) });
    const isNew = this.#story.session !== undefined && streamId !== (this.#story.session.id as SessionId);
    // A session more than the one on the screen is for this story only something that was asked for.
    const story = isNew || !this.#story.session ? this.#story.another() : this.#story;
    const decision = story.ago(0).run(subject, body);
    if (!decision.ok) return refuse(decision.reason);
    this.#sessionsChanged.emit();
    return ok({ commandId: 'command', settled: Promise.resolve(ok(undefined)) });
  }

  /** From now on pictures are on their way until this is called. */
  holdPictures(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pictures = promise;
    return resolve;
  }

  async #picture(screenshotId: string): Promise<Result<Blob, ErrorCode>> {
    await this.#pictures;
    if (this.#options.withoutPictures) return refuse('not-found');
    const shot = this.#story.current.screenshots.find((one) => one.screenshotId === screenshotId);
    return shot ? ok(await this.sketches.photo(shot)) : refuse('not-found');
  }
}

const streamView = (list: readonly unknown[]) => ({
  loaded: true,
  list,
  get: () => undefined,
  onChange: () => () => undefined,
});

/** Stands where no screen of the fixtures may come; whoever comes is told. */
function unused<T extends object>(what: string): T {
  const complain = (): never => {
    throw new Error(`no fixture has ${what}`);
  };
  return new Proxy(complain as unknown as T, { get: complain, apply: complain });
}
