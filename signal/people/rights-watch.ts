import type { Logger } from 'pino';
import type { DeviceId, GuestId } from '#domain/ids.ts';
import { employeeOf, type Organization } from '#domain/organization/organization.ts';
import { visible } from '#domain/session/permissions.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { RelayStorage } from '../storage/relay-storage.ts';
import type { StreamChange, StreamLog } from '../streams/stream-log.ts';
import type { PeopleService } from './people-service.ts';

const anyGuest = 'AnyGuestOfTheSession00' as GuestId;

/** Carries changes of the organization to sign-ins: who may do less, or nothing any more, is looked at anew. Also guests, when their session ends. */
export class RightsWatch {
  readonly #storage: RelayStorage;
  readonly #people: PeopleService;
  readonly #log: Logger;
  readonly #stop: () => void;

  constructor(storage: RelayStorage, streams: StreamLog, people: PeopleService, log: Logger) {
    this.#storage = storage;
    this.#people = people;
    this.#log = log;
    this.#stop = streams.onChange((change) => {
      this.#look(change).catch((error: unknown) => this.#log.error({ err: error }, 'changed rights'));
    });
  }

  close(): void {
    this.#stop();
  }

  async #look(change: StreamChange): Promise<void> {
    if (change.after.kind === 'organization') await this.#carry(change);
    if (change.after.kind === 'session' && endsForGuests(change)) {
      const { id } = change.after.state as VideoSession;
      // Links die with the session (C4): reopened, it needs new ones.
      await this.#storage.directory.removeGuestLinks(id);
      this.#people.guestsChanged(await this.#storage.directory.guestSignIns(id));
    }
  }

  async #carry({ before, after, events }: StreamChange): Promise<void> {
    const now = after.state as Organization;
    const earlier = before?.state as Organization | undefined;
    for (const employee of now.employees) {
      const was = earlier && employeeOf(earlier, employee.id);
      if (!was || (was.rightsSeq === employee.rightsSeq && was.state === employee.state)) continue;
      if (employee.state === 'deactivated') {
        // Neither password nor passkeys come back to life when the person does.
        await this.#storage.directory.removeCredential(employee.id);
        await this.#storage.directory.removePasskeysOf(employee.id);
        await this.#storage.directory.removeInvitationsOf(employee.id);
        await this.#people.signOutEverywhere(employee.id);
      } else await this.#people.personChanged(employee.id);
    }
    const devices = new Set<DeviceId>();
    for (const event of events)
      if (event.type === 'device.code-rotated' || event.type === 'device.code-revoked')
        devices.add(event.payload.deviceId);
    for (const deviceId of devices) await this.#people.deviceChanged(deviceId);
  }
}

function endsForGuests({ before, after }: StreamChange): boolean {
  const was = before?.state as VideoSession | undefined;
  return was !== undefined && isForGuests(was) && !isForGuests(after.state as VideoSession);
}

/** By the one rule: whether a guest of this session would see it. */
function isForGuests(session: VideoSession): boolean {
  const { id: sessionId, organizationId, seq: linkSeq } = session;
  return visible({ kind: 'guest', id: anyGuest, organizationId, sessionId, name: '', linkSeq }, session);
}
