import { CodedError } from '#domain/error-codes.ts';
import type { CallId, SessionId } from '#domain/ids.ts';
import type { CallSignalling } from '../call/call-signalling.ts';
import { CallDesk } from '../state/call/CallDesk.svelte.ts';
import { tabCallMemory, type CallMemory } from '../state/call/call-memory.ts';
import type { CallFactories } from '../state/call-ports.ts';
import { ConnectionState } from '../state/ConnectionState.svelte.ts';
import type { GuestLinks } from '../state/guest-links.ts';
import { IdentityState } from '../state/IdentityState.svelte.ts';
import { NotificationsState } from '../state/NotificationsState.svelte.ts';
import { OrganizationState } from '../state/OrganizationState.svelte.ts';
import { OutboxState } from '../state/OutboxState.svelte.ts';
import { PeopleDesk } from '../state/people-desk.ts';
import { SessionsState } from '../state/SessionsState.svelte.ts';
import { SessionState } from '../state/SessionState.svelte.ts';
import { StorageState } from '../state/StorageState.svelte.ts';
import { TicketsState } from '../state/TicketsState.svelte.ts';
import { TicketState } from '../state/TicketState.svelte.ts';
import type { AppUpdates } from '../ui/screens/app-parts.ts';
import { tabStorage } from '../ui/tab-storage.ts';
import { ApiClient } from '../sync/api-client.ts';
import { GuestApi } from '../sync/guest-api.ts';
import { WorkboxUpdates } from './app-updates.ts';
import { callFactories } from './call-factories.ts';
import { lazyDeviceStore } from './lazy-device-store.ts';
import {
  browserLeadership,
  browserRuntime,
  openBrowserSocket,
  openBrowserTabChannel,
} from '../sync/browser.ts';
import { webPacking } from '../sync/web-packing.ts';
import { webSha256 } from '../sync/web-sha256.ts';
import { tusTransfer } from '../sync/tus-transfer.ts';
import type { WorkspaceParts } from '../sync/workspace.ts';
import { WorkspaceSlot } from '../sync/workspace-slot.ts';

export interface AppOptions {
  /** Origin of the relay. */
  baseUrl: string;
  window: Window;
}

/** The app as screens see it: states, and what is loaded when it is needed. */
export interface App {
  readonly identity: IdentityState;
  readonly connection: ConnectionState;
  readonly storage: StorageState;
  readonly sessions: SessionsState;
  readonly tickets: TicketsState;
  readonly organization: OrganizationState;
  /** Invitations, access codes, passwords and passkeys. */
  readonly people: PeopleDesk;
  readonly outbox: OutboxState;
  readonly notifications: NotificationsState;
  /** Newer versions of the app itself. */
  readonly updates: AppUpdates;
  readonly guestLinks: GuestLinks;
  /** The call that this tab is in, and how to come into one. */
  readonly calls: CallDesk;
  /** Opens a screenshot's marks for looking and drawing. */
  readonly openScreenshot: CallFactories['openScreenshot'];
  /** Keeps the detector on this device for later, when there is time and room; for those who may use it. */
  keepModels(): Promise<void>;
  /** Texts being typed, by a key of the screen's own; they survive a reload. */
  readonly drafts: IdentityState['drafts'];
  /** The state of one session; the same object for the same id. */
  session(id: string): SessionState;
  /** The state of one ticket; the same object for the same id. */
  ticket(id: string): TicketState;
  /**
   * Signalling of a call that this tab joins. Its `onElsewhere` fires when another tab or device is in the call
   * already; `takeOver` takes it from another tab. Throws CodedError('not-signed-in').
   */
  createCallSignalling(
    call: { sessionId: string; callId: string },
    options?: { takeOver?: boolean },
  ): CallSignalling;
  start(): Promise<void>;
  stop(): void;
}

/** Builds the app for a browser. The only place that chooses who stands behind each port. */
export function createApp({ baseUrl, window }: AppOptions): App {
  const runtime = browserRuntime(window);
  const updates = new WorkboxUpdates();
  const parts: WorkspaceParts = {
    runtime,
    openSocket: openBrowserSocket,
    packing: webPacking(),
    leadership: browserLeadership(window.navigator.locks),
    openTabChannel: openBrowserTabChannel,
    api: new ApiClient({ baseUrl, fetch: window.fetch.bind(window), runtime }),
    socketUrl: `${baseUrl.replace(/^http/, 'ws')}/sockets/sync`,
    openStore: async (person, events) => {
      const { openDexiePersonStore } = await import('../storage/open-dexie.ts');
      return openDexiePersonStore(() => runtime.nowMs())(person, events);
    },
    loadTransfer: tusTransfer(baseUrl, (bytes, mediaType) => new Blob([bytes], { type: mediaType })),
    sha256: webSha256,
  };
  const app = assembleApp(parts, {
    openDeviceStore: () => Promise.resolve(lazyDeviceStore(window.indexedDB)),
    persist: () => persist(window.navigator),
    callMemory: tabCallMemory(tabStorage()),
  });
  const stopListening = listenToDevice(window, app);
  return {
    ...app,
    updates,
    start: () => {
      updates.start();
      return app.start();
    },
    stop: () => {
      stopListening();
      app.stop();
    },
  };
}

export interface AssembleOptions {
  openDeviceStore: ConstructorParameters<typeof IdentityState>[0]['openDeviceStore'];
  persist: () => Promise<boolean | undefined>;
  /** What outlives a reload of this tab. */
  callMemory: CallMemory;
}

/** Puts the states on top of given parts: the browser's, or those of a test. */
export function assembleApp(
  parts: WorkspaceParts,
  options: AssembleOptions,
): Omit<App, 'updates'> & { wake(): void; sleep(): void } {
  const slot = new WorkspaceSlot();
  const storage = new StorageState(slot);
  const identity = new IdentityState({
    api: parts.api,
    openDeviceStore: options.openDeviceStore,
    openWorkspace: async (directory) => {
      // Whoever is not signed in yet needs neither the sync nor its stores: they are no part of the first page.
      const { openWorkspace } = await import('../sync/workspace.ts');
      return openWorkspace({ forget, ...parts }, directory);
    },
    slot,
    askToPersist: () => {
      void options.persist().then((persisted) => {
        if (persisted !== undefined) storage.setPersisted(persisted);
      });
    },
  });
  const createCallSignalling: App['createCallSignalling'] = (call, how) => {
    const { current } = slot;
    if (!current) throw new CodedError('not-signed-in');
    const ref = { sessionId: call.sessionId as SessionId, callId: call.callId as CallId };
    return current.createCallSignalling(ref, how);
  };
  const factories = callFactories({
    personId: () => slot.current?.directory.subject.id,
    socketOrigin: new URL(parts.socketUrl).origin.replace(/^http/, 'ws'),
    socketTicket: (request) => parts.api.socketTicket(request),
    createCallSignalling: (call) => createCallSignalling(call),
  });
  const forget: WorkspaceParts['forget'] = async ({ streamId, documents }, personId) => {
    const tasks = documents.map((name) => factories.forgetDocument(personId, name));
    // Where the browser keeps nothing there is nothing to forget.
    await Promise.allSettled([...tasks, identity.drafts.forget(streamId)]);
  };
  const sessionStates = new Map<string, SessionState>();
  const ticketStates = new Map<string, TicketState>();
  const ticket = (id: string): TicketState => {
    const state = ticketStates.get(id) ?? new TicketState(slot, id);
    ticketStates.set(id, state);
    return state;
  };
  const session = (id: string): SessionState => {
    const state = sessionStates.get(id) ?? new SessionState(slot, id);
    sessionStates.set(id, state);
    return state;
  };
  const calls = new CallDesk({
    factories,
    session,
    self: () => slot.current?.directory.subject,
    memory: options.callMemory,
  });
  return {
    identity,
    connection: new ConnectionState(slot),
    storage,
    sessions: new SessionsState(slot),
    tickets: new TicketsState(slot),
    organization: new OrganizationState(slot),
    people: new PeopleDesk(async () => {
      const { PeopleApi } = await import('../sync/people-api.ts');
      return new PeopleApi(parts.api);
    }),
    outbox: new OutboxState(slot),
    guestLinks: new GuestApi(parts.api),
    notifications: new NotificationsState(slot, {
      readConversation: async ({ sessionId, ticketId }) => {
        if (sessionId) await session(sessionId).markRead();
        if (ticketId) await ticket(ticketId).markRead();
      },
    }),
    drafts: identity.drafts,
    session,
    ticket,
    calls,
    openScreenshot: (screenshotId) => factories.openScreenshot(screenshotId),
    keepModels: async () => {
      const { precacheModels } = await import('./precache-models.ts');
      await precacheModels();
    },
    createCallSignalling,
    start: () => identity.start(),
    stop: () => identity.stop(),
    wake: () => slot.current?.engine.wake(),
    sleep: () => slot.current?.engine.sleep(),
  };
}

/** The network comes and goes, the device wakes up: the sync is told at once. */
function listenToDevice(window: Window, app: { wake(): void; sleep(): void }): () => void {
  const visible = (): void => {
    if (window.document.visibilityState === 'visible') app.wake();
  };
  const online = (): void => app.wake();
  const offline = (): void => app.sleep();
  window.addEventListener('online', online);
  window.addEventListener('offline', offline);
  window.addEventListener('pageshow', online);
  window.document.addEventListener('visibilitychange', visible);
  return () => {
    window.removeEventListener('online', online);
    window.removeEventListener('offline', offline);
    window.removeEventListener('pageshow', online);
    window.document.removeEventListener('visibilitychange', visible);
  };
}

async function persist(navigator: Navigator): Promise<boolean | undefined> {
  try {
    return await navigator.storage.persist();
  } catch {
    // No such promise in this browser, or on an insecure origin.
    return undefined;
  }
}
