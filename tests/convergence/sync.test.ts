import { describe, expect, it } from 'vitest';
import type { CommandId, SessionId } from '#domain/ids.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import { visible } from '#domain/session/permissions.ts';
import type { Person } from '#domain/session/subject.ts';
import { people, say } from '../harness/domain/sessions.ts';
import { freshIndexedDb, nobody } from '../contracts/stores.ts';
import { openDexiePersonStore } from '../../src/lib/storage/open-dexie.ts';
import { seeds } from './kit/chance.ts';
import { canonicalOf } from './kit/fake-relay.ts';
import { fine } from './kit/fake-network.ts';
import { World, type Device } from './kit/world.ts';

const rough = { duplicated: 0.15, reordered: 0.1, cut: 0.05, late: 0.5 };

/** Every person with two devices, and what each proposed, by command id. */
class Bustle {
  readonly world: World;
  readonly devices: { person: Person; device: Device }[] = [];
  readonly sessions: SessionId[] = [];
  readonly said: string[] = [];
  #texts = 0;

  constructor(seed: number) {
    this.world = new World(seed);
    for (const person of [people.opener, people.assigned, people.responsible, people.moderator])
      for (let copy = 0; copy < 2; copy += 1)
        this.devices.push({ person, device: this.world.device(person).start() });
  }

  async step(): Promise<void> {
    const { chance, clock } = this.world;
    const { person, device } = chance.pick(this.devices);
    if (chance.happens(0.08)) device.network.down = !device.network.down;
    const body = this.#idea(person);
    const opens = body.type === 'session.request' || body.type === 'session.create';
    const id = opens || this.sessions.length === 0 ? this.world.newSessionId() : chance.pick(this.sessions);
    const answer = await device.propose(id, body);
    if (answer.ok && opens) this.sessions.push(id);
    if (answer.ok) this.said.push(answer.value.commandId);
    await clock.run(chance.below(400));
  }

  #idea(person: Person): SessionCommandBody {
    const { chance } = this.world;
    const name = `m${this.#texts++}`;
    const any = [say.chat(name, name), say.chat(name, name), say.chat(name, name), say.cancel()];
    const code = [say.request(), say.withdraw()];
    const staff = [
      say.create(),
      say.confirm(),
      say.confirm(),
      say.decline(),
      say.close(),
      say.reopen(),
      say.visibility(chance.happens(0.5) ? 'internal' : 'public'),
      say.assign(people.moderator),
      say.unassign(people.moderator),
    ];
    return chance.pick(person.kind === 'employee' ? [...any, ...staff] : [...any, ...code, ...code]);
  }

  async heal(): Promise<void> {
    for (const { device } of this.devices) {
      device.network.down = false;
      device.network.weather = fine;
      device.workspace.engine.wake();
    }
    await this.world.clock.until(
      'every outbox empty of what is on its way',
      async () => {
        for (const { device } of this.devices) {
          if (!device.online) return false;
          if ((await device.store.outbox.all()).some((item) => item.state !== 'refused')) return false;
        }
        return true;
      },
      300_000,
    );
    await this.world.clock.run(1_000);
  }
}

describe('convergence', () => {
  let repeated = 0;
  it.each(seeds(...Array.from({ length: 30 }, (_, n) => n * n + 1), 89))(
    'X9 X8 T42 over a network that cuts, repeats and reorders all replicas end equal, seed %i',
    async (seed) => {
      const bustle = new Bustle(seed);
      const { relay } = bustle.world;
      for (const { device } of bustle.devices) device.network.weather = rough;
      for (let step = 0; step < 250; step += 1) await bustle.step();
      await bustle.heal();

      // I3: what a device shows is what the relay has for that person.
      for (const { person, device } of bustle.devices) {
        const theirs = [...relay.sessions.values()].filter((session) => visible(person, session));
        expect(device.canonical(), `${person.name} with SEED=${seed}`).toBe(canonicalOf(theirs));
      }
      // I2: every command once. A command makes one run of events, whatever was repeated.
      const runs = relay.log.filter(
        (event, at) => event.commandId && event.commandId !== relay.log[at - 1]?.commandId,
      );
      expect(new Set(runs.map((event) => event.commandId)).size, `SEED=${seed}`).toBe(runs.length);
      repeated += relay.pushed.length - new Set(relay.pushed.map((one) => one.id)).size;
      // Nothing a person did has vanished: it is in the log, or refused and still shown.
      const refused = await Promise.all(bustle.devices.map(({ device }) => device.store.outbox.all()));
      const kept = new Set([
        ...refused.flat().map((item) => item.id),
        ...runs.map((event) => event.commandId),
      ]);
      const lost = bustle.said.filter((id) => !kept.has(id as CommandId));
      expect(lost, `SEED=${seed}`).toEqual([]);
      expect(runs.length).toBeGreaterThan(15);
      bustle.world.stop();
    },
  );

  it.skipIf(process.env.SEED)('X9 the network of these runs did repeat commands', () => {
    expect(repeated).toBeGreaterThan(0);
  });

  it('X9 X21 a replica in IndexedDB that is closed and opened again ends equal to one in memory', async () => {
    freshIndexedDb();
    const world = new World(4);
    const key = { organizationId: 'ours', subjectId: 'erika' };
    const open = async () => (await openDexiePersonStore(() => world.clock.nowMs)(key, nobody)).store;
    const steady = world.device(people.assigned).start();
    let kept = world.device(people.assigned, { store: await open() }).start();
    const id = world.newSessionId();
    await world.clock.until('both are connected', () => steady.online && kept.online);
    await steady.does(id, say.create());
    for (let turn = 0; turn < 4; turn += 1) {
      await kept.does(world.newSessionId(), say.create());
      await steady.does(id, say.chat(`hello ${turn}`, `turn${turn}`));
      // Gone in the middle of whatever it was doing.
      kept.stop();
      kept.workspace.close();
      kept = world.device(people.assigned, { store: await open() }).start();
      await world.clock.until('the reopened one is connected', () => kept.online);
    }
    await world.clock.until('both outboxes empty', async () => {
      const items = [...(await kept.store.outbox.all()), ...(await steady.store.outbox.all())];
      return items.length === 0;
    });
    await world.clock.run(1_000);
    expect(kept.canonical()).toBe(world.relay.canonical());
    expect(steady.canonical()).toBe(world.relay.canonical());
    expect(world.relay.sessions.size).toBe(5);
    world.stop();
    kept.workspace.close();
  });
});
