import { createSubscriber } from 'svelte/reactivity';
import { refuse } from '#domain/result.ts';
import type { SettingsChanges } from '#domain/organization/apply-settings.ts';
import type { OrganizationCommandBody } from '#domain/organization/commands.ts';
import { organizationVerdict } from '#domain/organization/permissions.ts';
import type { OrganizationSettings } from '#domain/organization/settings.ts';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';
import type { Outcome } from './outcome.ts';
import type { Proposal } from './SessionState.svelte.ts';

/** The way to propose something for the organization's stream. Handed in where it is connected. */
export interface OrganizationCommands {
  propose(body: OrganizationCommandBody): Promise<Outcome<Proposal>>;
}

/** The organization as its people know it, and what an administrator does to it. */
export class OrganizationState {
  readonly #slot: WorkspaceSlot;
  readonly #commands: OrganizationCommands | undefined;
  readonly #touch: () => void;

  constructor(slot: WorkspaceSlot, commands?: OrganizationCommands) {
    this.#slot = slot;
    this.#commands = commands;
    this.#touch = createSubscriber((update) => slot.directory.on(update));
  }

  /** As they stand; undefined while nobody is signed in. */
  get settings(): OrganizationSettings | undefined {
    this.#touch();
    return this.#slot.current?.directory.organization.settings;
  }

  /** The person is an administrator, and this version of the app has the way to do it. */
  get mayChangeSettings(): boolean {
    this.#touch();
    const directory = this.#slot.current?.directory;
    if (!directory || !this.#commands) return false;
    return organizationVerdict(directory.subject, 'changeSettings', directory.organization) === true;
  }

  /** Counts at once, for everybody; sessions that are there keep their part as it was. */
  async changeSettings(changes: SettingsChanges): Promise<Outcome<Proposal>> {
    if (!this.#commands || !this.mayChangeSettings) return refuse('forbidden');
    return this.#commands.propose({ type: 'organization.change-settings', payload: { changes } });
  }
}
