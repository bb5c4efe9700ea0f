import { createSubscriber } from 'svelte/reactivity';
import { refuse } from '#domain/result.ts';
import type { SettingsChanges } from '#domain/organization/apply-settings.ts';
import type { OrganizationCommandBody } from '#domain/organization/commands.ts';
import type { Organization } from '#domain/organization/organization.ts';
import { organizationVerdict, type OrganizationAction } from '#domain/organization/permissions.ts';
import type { OrganizationSettings } from '#domain/organization/settings.ts';
import type { Proposal } from '../sync/sync-engine.ts';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';
import type { Outcome } from './outcome.ts';

/** The organization as its people know it, and what is done to it. */
export class OrganizationState {
  readonly #slot: WorkspaceSlot;
  readonly #touch: () => void;
  readonly #touchRecord: () => void;

  constructor(slot: WorkspaceSlot) {
    this.#slot = slot;
    this.#touch = createSubscriber((update) => slot.directory.on(update));
    this.#touchRecord = createSubscriber((update) => slot.organization.on(update));
  }

  /** As they stand; undefined while nobody is signed in. */
  get settings(): OrganizationSettings | undefined {
    this.#touch();
    return this.#slot.current?.directory.organization.settings;
  }

  /**
   * The whole organization with own commands on top, for administrators. Undefined for everybody else, who have the
   * Directory, and until it has come to this device.
   */
  get record(): Organization | undefined {
    this.#touchRecord();
    return this.#slot.current?.views.organizations.list[0]?.organization;
  }

  /** Whether the person's role allows something. */
  may(action: OrganizationAction): boolean {
    this.#touch();
    const directory = this.#slot.current?.directory;
    return (
      directory !== undefined &&
      organizationVerdict(directory.subject, action, directory.organization) === true
    );
  }

  get mayChangeSettings(): boolean {
    return this.may('changeSettings');
  }

  /** Proposes a change. Kept at once, sent when there is a link; counts when the relay has accepted it. */
  async propose(body: OrganizationCommandBody): Promise<Outcome<Proposal>> {
    const workspace = this.#slot.current;
    if (!workspace) return refuse('not-signed-in');
    return workspace.engine.propose(workspace.directory.organization.id, body);
  }

  /** Counts at once, for everybody; sessions that are there keep their part as it was. */
  changeSettings(changes: SettingsChanges): Promise<Outcome<Proposal>> {
    return this.propose({ type: 'organization.change-settings', payload: { changes } });
  }
}
