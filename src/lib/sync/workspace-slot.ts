import { Emitter } from '#domain/emitter.ts';
import type { Workspace } from './workspace.ts';

/**
 * The workspace of whoever is signed in, with listeners that outlive it: states subscribe here once, whoever comes
 * and goes.
 */
export class WorkspaceSlot {
  readonly sessions = new Emitter();
  readonly tickets = new Emitter();
  /** The organization's stream, for administrators. */
  readonly organization = new Emitter();
  readonly connection = new Emitter();
  readonly pictures = new Emitter();
  readonly seen = new Emitter();
  readonly calls = new Emitter();
  readonly storage = new Emitter();
  readonly directory = new Emitter();
  #current: Workspace | undefined;
  #stops: (() => void)[] = [];

  get current(): Workspace | undefined {
    return this.#current;
  }

  set(workspace: Workspace | undefined): void {
    for (const stop of this.#stops) stop();
    this.#current = workspace;
    this.#stops = workspace
      ? [
          workspace.views.sessions.onChange(() => this.sessions.emit()),
          workspace.views.tickets.onChange(() => this.tickets.emit()),
          workspace.views.organizations.onChange(() => this.organization.emit()),
          workspace.engine.connectionChanged.on(() => this.connection.emit()),
          workspace.picturesChanged.on(() => this.pictures.emit()),
          workspace.seenChanged.on(() => this.seen.emit()),
          workspace.engine.tabs.callsChanged.on(() => this.calls.emit()),
          workspace.storageChanged.on(() => this.storage.emit()),
          workspace.directoryReplaced.on(() => this.directory.emit()),
        ]
      : [];
    const { sessions, tickets, organization, connection, pictures, seen, calls, storage, directory } = this;
    const streams = [sessions, tickets, organization];
    for (const emitter of [...streams, connection, pictures, seen, calls, storage, directory]) emitter.emit();
  }
}
