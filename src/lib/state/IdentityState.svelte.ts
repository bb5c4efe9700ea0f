import { createSubscriber } from 'svelte/reactivity';
import { ok, refuse } from '#domain/result.ts';
import type { Directory } from '#domain/protocol/directory.ts';
import type { Person } from '#domain/session/subject.ts';
import type { DeviceStore } from '../storage/device-store.ts';
import type { ApiClient } from '../sync/api-client.ts';
import { Emitter } from '#domain/emitter.ts';
import type { Workspace } from '../sync/workspace.ts';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';
import type { Outcome } from './outcome.ts';

export interface IdentityParts {
  api: Pick<ApiClient, 'signIn' | 'signInWithCode' | 'signOut' | 'me' | 'tell'>;
  openDeviceStore: () => Promise<DeviceStore>;
  openWorkspace: (directory: Directory) => Promise<Workspace>;
  slot: WorkspaceSlot;
  /** Asks the browser to keep what is stored; called once after a sign-in. */
  askToPersist: () => void;
}

export type IdentityStatus = 'starting' | 'signed-out' | 'signed-in';

/** Who is signed in on this device, and the way in and out. Knows the last person without a network, too. */
export class IdentityState {
  readonly #parts: IdentityParts;
  readonly #changed = new Emitter();
  readonly #touch: () => void;
  #status: IdentityStatus = 'starting';
  #expired = false;
  #expiredKind: Person['kind'] | undefined;
  #keptUnsent = 0;
  #left = false;
  /** The person is signing out: that the relay ends the sign-in is what they want. */
  #leaving = false;
  #device: DeviceStore | undefined;
  #stops: (() => void)[] = [];
  #refreshing: Promise<Outcome<Directory>> | undefined;
  /** Coming in and leaving open and delete the same stores: one after the other. */
  #turns: Promise<unknown> = Promise.resolve();

  constructor(parts: IdentityParts) {
    this.#parts = parts;
    this.#touch = createSubscriber((update) => {
      const stops = [this.#changed.on(update), parts.slot.directory.on(update)];
      return () => stops.forEach((stop) => stop());
    });
  }

  get status(): IdentityStatus {
    this.#touch();
    return this.#status;
  }

  /** The relay has ended the sign-in. What it does not have yet is kept here until the same person is back. */
  get expired(): boolean {
    this.#touch();
    return this.#expired;
  }

  /** Whoever was here has signed out by themselves, and nobody has come in since. */
  get left(): boolean {
    this.#touch();
    return this.#left;
  }

  /** How much the relay does not have yet of what the person did whose sign-in has ended. */
  get keptUnsent(): number {
    this.#touch();
    return this.#keptUnsent;
  }

  /** What the person was whose sign-in has ended. */
  get expiredKind(): Person['kind'] | undefined {
    this.#touch();
    return this.#expired ? this.#expiredKind : undefined;
  }

  get directory(): Directory | undefined {
    this.#touch();
    return this.#parts.slot.current?.directory;
  }

  get subject(): Person | undefined {
    return this.directory?.subject;
  }

  /** Opens what is kept on this device for who was here last; the relay is asked behind it. */
  async start(): Promise<void> {
    const device = await this.#deviceStore();
    const kept = await device.identity();
    if (kept) {
      try {
        await this.#enter(kept);
      } catch (error) {
        // A part of the app could not be loaded: better the way in than a blank page.
        this.#set('signed-out');
        throw error;
      }
      void this.refresh();
      return;
    }
    // Signed in by cookie, but nothing kept here: the browser has cleared its storage.
    const answer = await this.#parts.api.me();
    if (answer.ok) await this.#enter(answer.value);
    else this.#set('signed-out');
  }

  async signIn(email: string, password: string): Promise<Outcome<Person>> {
    return this.#signedInBy(await this.#parts.api.signIn(email, password));
  }

  /** Comes in by another way, that ends with the relay's cookie. */
  async signInBy(way: () => Promise<Outcome>): Promise<Outcome<Person>> {
    return this.#signedInBy(await way());
  }

  /** Comes in by a machine's access code; spelling, blanks and dashes do not matter. */
  async signInWithCode(code: string, name?: string): Promise<Outcome<Person>> {
    return this.#signedInBy(await this.#parts.api.signInWithCode(code, name));
  }

  /** Joins a session as a guest, by the token behind the `#` of a link. Whoever was signed in here is no more. */
  async signInAsGuest(token: string, name = ''): Promise<Outcome<Person>> {
    return this.#signedInBy(await this.#parts.api.tell('/api/guest', { token, name }));
  }

  /**
   * Signs out at the relay and deletes this person's things from the device. What the relay does not have yet stays
   * for the next sign-in of the same person; `keptUnsent` says how much that is.
   * @param ask how the relay is told, where it is more than this sign-in that ends
   */
  async signOut(
    ask: () => Promise<Outcome> = () => this.#parts.api.signOut(),
  ): Promise<Outcome<{ keptUnsent: number }>> {
    this.#leaving = true;
    try {
      const answer = await ask();
      return answer.ok || answer.reason === 'not-signed-in' ? await this.#signedOut() : answer;
    } finally {
      this.#leaving = false;
    }
  }

  async #signedOut(): Promise<Outcome<{ keptUnsent: number }>> {
    const workspace = this.#parts.slot.current;
    const keptUnsent = (await workspace?.unsent()) ?? 0;
    await this.#inTurn(async () => {
      await this.#leave('wipe');
      this.#expired = false;
      this.#left = true;
      this.#set('signed-out');
    });
    return ok({ keptUnsent });
  }

  /** Asks the relay anew who the person is and what of the organization they may know. */
  refresh(): Promise<Outcome<Directory>> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  stop(): void {
    this.#detach();
    this.#parts.slot.current?.close();
    this.#parts.slot.set(undefined);
    this.#device?.close();
    this.#device = undefined;
  }

  async #signedInBy(answer: Outcome): Promise<Outcome<Person>> {
    if (!answer.ok) return answer;
    const me = await this.#parts.api.me();
    if (!me.ok) return me;
    try {
      await this.#enter(me.value);
    } catch {
      // A part of the app is gone from the relay: a newer version is there.
      return refuse('update-needed');
    }
    this.#parts.askToPersist();
    return ok(me.value.subject);
  }

  async #refresh(): Promise<Outcome<Directory>> {
    const asked = this.#parts.slot.current;
    const answer = await this.#parts.api.me();
    if (!answer.ok) {
      // Whoever has come in since is not meant.
      if (answer.reason === 'not-signed-in' && asked) await this.#expire(asked);
      return answer;
    }
    const workspace = this.#parts.slot.current;
    if (!workspace) return refuse('not-signed-in');
    if (workspace.directory.subject.id === answer.value.subject.id) {
      await this.#told(answer.value);
    } else {
      // Another person has signed in from another tab.
      await this.#enter(answer.value);
    }
    return answer;
  }

  /** What the relay says of the organization now, by whichever way. */
  async #told(directory: Directory): Promise<void> {
    const workspace = this.#parts.slot.current;
    if (workspace?.directory.subject.id !== directory.subject.id) return;
    workspace.replaceDirectory(directory);
    await this.#remember(directory);
  }

  #enter(directory: Directory): Promise<void> {
    return this.#inTurn(() => this.#open(directory));
  }

  async #open(directory: Directory): Promise<void> {
    await this.#leave('keep');
    await this.#remember(directory);
    const workspace = await this.#parts.openWorkspace(directory);
    this.#stops = [
      workspace.engine.signedOut.on(() => void this.#expire(workspace)),
      workspace.engine.directoryChanged.on(() => void this.refresh()),
      workspace.engine.directoryTold.on((directory) => void this.#told(directory)),
    ];
    this.#parts.slot.set(workspace);
    workspace.start();
    this.#expired = false;
    this.#left = false;
    this.#set('signed-in');
  }

  #expire(workspace: Workspace): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#parts.slot.current !== workspace || this.#status !== 'signed-in') return;
      // The relay's end of the connections may come before its answer. Should that be lost, the next request tells.
      if (this.#leaving) return;
      this.#expired = true;
      this.#expiredKind = workspace.directory.subject.kind;
      this.#keptUnsent = 0;
      this.#set('signed-out');
      await this.#leave('wipe');
      this.#changed.emit();
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(work);
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  async #leave(how: 'keep' | 'wipe'): Promise<void> {
    const { slot } = this.#parts;
    const workspace = slot.current;
    this.#detach();
    slot.set(undefined);
    if (!workspace) return;
    workspace.stop();
    if (how === 'wipe') {
      await this.#wipe(workspace);
      const device = await this.#deviceStore();
      await device.saveIdentity(null);
      await device.clearDrafts();
    }
    workspace.store.close();
  }

  async #wipe(workspace: Workspace): Promise<void> {
    const { store } = workspace;
    const refused = (await store.outbox.all()).some((item) => item.state === 'refused');
    this.#keptUnsent = await workspace.unsent();
    if (!refused && this.#keptUnsent === 0) await store.destroy();
    else await store.clearSynced();
  }

  #detach(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  async #deviceStore(): Promise<DeviceStore> {
    this.#device ??= await this.#parts.openDeviceStore();
    return this.#device;
  }

  /** Texts that are being typed, kept over a reload. */
  readonly drafts = {
    load: async (key: string): Promise<string> => (await this.#deviceStore()).draft(key),
    save: async (key: string, text: string): Promise<void> =>
      (await this.#deviceStore()).saveDraft(key, text),
    clear: async (key: string): Promise<void> => (await this.#deviceStore()).saveDraft(key, ''),
    /** Deletes those whose key names a stream. */
    forget: async (streamId: string): Promise<void> => (await this.#deviceStore()).clearDrafts(streamId),
  };

  async #remember(directory: Directory): Promise<void> {
    try {
      await (await this.#deviceStore()).saveIdentity(directory);
    } catch {
      // No offline start then; the storage problem is shown by itself.
    }
  }

  #set(status: IdentityStatus): void {
    this.#status = status;
    this.#changed.emit();
  }
}
