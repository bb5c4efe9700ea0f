import { makeId, type SessionId } from '#domain/ids.ts';
import type { Directory } from '#domain/protocol/directory.ts';
import { defaultSettings } from '#domain/organization/settings.ts';
import { ok, refuse } from '#domain/result.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import type { Person } from '#domain/session/subject.ts';
import { knownTicket, people, press, pump, refOf } from '../../harness/domain/sessions.ts';
import { createMemoryPersonStore } from '../../../src/lib/storage/memory-store.ts';
import type { PersonStore } from '../../../src/lib/storage/person-store.ts';
import type { ApiClient, Answer } from '../../../src/lib/sync/api-client.ts';
import type { Leadership } from '../../../src/lib/sync/ports.ts';
import { Workspace, type WorkspaceParts } from '../../../src/lib/sync/workspace.ts';
import type { Proposal } from '../../../src/lib/sync/sync-engine.ts';
import { Chance } from './chance.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeTransfer } from './fake-transfer.ts';
import { FakeNetwork } from './fake-network.ts';
import { canonicalOf, FakeRelay } from './fake-relay.ts';
import { Browser } from './fake-browser.ts';

/** A clock, a relay, and devices around it; everything that is left to chance comes from one seed. */
export class World {
  readonly chance: Chance;
  readonly clock = new FakeClock();
  readonly relay: FakeRelay;
  readonly devices: Device[] = [];

  constructor(seed = 1) {
    this.chance = new Chance(seed);
    this.relay = new FakeRelay(this.clock, this.chance);
  }

  /** A device of a person: one tab of one browser. */
  device(person: Person, options: { store?: PersonStore; browser?: Browser } = {}): Device {
    const device = new Device(this, person, options.store, options.browser ?? new Browser());
    this.devices.push(device);
    return device;
  }

  newSessionId(): SessionId {
    return makeId((length) => Uint8Array.from({ length }, () => this.chance.below(256)));
  }

  stop(): void {
    for (const device of this.devices) device.stop();
  }
}

export function directoryOf(person: Person): Directory {
  const staff = [people.assigned, people.responsible, people.moderator, people.administrator];
  return {
    subject: person,
    organization: { id: person.organizationId, name: 'Ours', settings: defaultSettings },
    devices: [
      {
        id: pump,
        name: 'Pump P-101',
        location: '',
        responsible: [refOf(people.assigned) as never],
        supportEnabled: true,
      },
      { id: press, name: 'Press', location: '', responsible: [], supportEnabled: true },
    ],
    employees: staff.map((one) => refOf(one) as never),
    customers: [],
    customerLinks: [],
    assistant: { enabled: false, steps: [] },
    tickets: [{ id: knownTicket, number: 1, title: 'Ticket', deviceId: pump, open: true }],
  };
}

export class Device {
  readonly network: FakeNetwork;
  readonly store: PersonStore;
  readonly workspace: Workspace;
  readonly browser: Browser;
  readonly signedOut: boolean[] = [];
  /** What the relay's HTTP answers to a request for a ticket. */
  ticketFails: Extract<Answer<never>, { ok: false }> | undefined;
  readonly transfer = new FakeTransfer();
  readonly #world: World;

  constructor(world: World, person: Person, store: PersonStore | undefined, browser: Browser) {
    this.#world = world;
    this.browser = browser;
    this.network = new FakeNetwork(world.clock, world.chance, world.relay, person);
    this.store = store ?? createMemoryPersonStore(world.clock.nowMs);
    this.workspace = new Workspace(this.#parts(), directoryOf(person), this.store);
    this.workspace.engine.signedOut.on(() => this.signedOut.push(true));
  }

  start(): this {
    this.workspace.start();
    return this;
  }

  stop(): void {
    this.workspace.stop();
  }

  propose(streamId: SessionId, body: SessionCommandBody): Promise<Answer<Proposal>> {
    return this.workspace.engine.propose(streamId, body);
  }

  /** Proposes what must be kept. */
  async does(streamId: SessionId, body: SessionCommandBody): Promise<Proposal> {
    const answer = await this.propose(streamId, body);
    if (!answer.ok) throw new Error(`${body.type} was refused here: ${answer.reason}`);
    return answer.value;
  }

  get online(): boolean {
    return this.workspace.engine.connection.caughtUp;
  }

  canonical(): string {
    const confirmed = this.workspace.view.list.flatMap((entry) => entry.confirmed ?? []);
    return canonicalOf(confirmed);
  }

  #parts(): WorkspaceParts {
    const { clock, chance } = this.#world;
    const api = {
      socketTicket: async () => {
        if (this.network.down) return refuse('relay-unreachable');
        if (this.ticketFails) return this.ticketFails;
        return ok({
          ticket: 'ticket',
          expiresAtMs: clock.nowMs + 60_000,
          peerId: makeId((length) => new Uint8Array(length)),
          iceServers: [],
        });
      },
      blob: async () => refuse('not-found'),
    } as unknown as ApiClient;
    return {
      runtime: clock.runtime(chance),
      openSocket: this.network.open,
      leadership: this.browser.leadership as Leadership,
      openTabChannel: this.browser.openTabChannel,
      api,
      socketUrl: 'ws://relay.test/sockets/sync',
      openStore: async () => ({ store: this.store }),
      loadTransfer: async () => this.transfer,
      sha256: async () => 'a'.repeat(64),
    };
  }
}
