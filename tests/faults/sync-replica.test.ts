import { afterEach, describe, expect, it } from 'vitest';
import { people, say } from '../harness/domain/sessions.ts';
import { createMemoryPersonStore } from '../../src/lib/storage/memory-store.ts';
import { World } from '../convergence/kit/world.ts';

let world: World;
afterEach(() => world.stop());

describe('replica of the sync', () => {
  it('T15 F68 a session that becomes internal leaves the code user’s device within 5 s while online', async () => {
    world = new World(15);
    const tablet = world.device(people.opener).start();
    const office = world.device(people.assigned).start();
    await world.clock.until('both connected', () => tablet.online && office.online);
    const id = world.newSessionId();
    await office.does(id, say.create());
    await world.clock.until('the tablet has it', () => tablet.workspace.view.confirmed(id) !== undefined);
    await office.does(id, say.chat('CANARY'));
    await world.clock.until('with its chat', () => tablet.workspace.view.confirmed(id)?.chat.length === 1);
    await office.does(id, say.visibility('internal'));
    const goneMs = await world.clock.until('gone', () => tablet.workspace.view.get(id) === undefined);
    expect(goneMs).toBeLessThanOrEqual(5_000);
    expect(await tablet.store.replica.log(id)).toEqual([]);
    expect(office.workspace.view.get(id)?.session.visibility).toBe('internal');
    await office.does(id, say.visibility('public'));
    await world.clock.until('back, with its whole log', () => tablet.workspace.view.confirmed(id)?.seq === 4);
  });

  it('T15 a session that became internal while the device was offline leaves at the next contact', async () => {
    world = new World(152);
    const tablet = world.device(people.opener).start();
    const office = world.device(people.assigned).start();
    await world.clock.until('both connected', () => tablet.online && office.online);
    const id = world.newSessionId();
    await office.does(id, say.create());
    await world.clock.until('the tablet has it', () => tablet.workspace.view.confirmed(id) !== undefined);
    tablet.network.down = true;
    await office.does(id, say.visibility('internal'));
    await world.clock.run(10_000);
    const kept = await tablet.does(id, say.chat('written in the meantime'));
    tablet.network.down = false;
    await world.clock.until('gone', () => tablet.workspace.view.confirmed(id) === undefined);
    await world.clock.until('the message is refused', async () => {
      return (await tablet.store.outbox.get(kept.commandId))?.state === 'refused';
    });
    expect(await tablet.store.outbox.get(kept.commandId)).toMatchObject({ reason: 'not-found' });
  });

  it('X46 X47 another epoch resets the replica; what was not acknowledged is pushed again', async () => {
    world = new World(46);
    const office = world.device(people.assigned).start();
    await world.clock.until('connected', () => office.online);
    const before = world.newSessionId();
    await office.does(before, say.create());
    await world.clock.until('accepted', () => office.workspace.view.confirmed(before) !== undefined);
    office.network.down = true;
    const after = world.newSessionId();
    await office.does(after, say.create());
    world.relay.startOver();
    office.network.down = false;
    await world.clock.until(
      'the new one is there',
      () => office.workspace.view.confirmed(after) !== undefined,
    );
    expect(office.workspace.view.get(before)).toBeUndefined();
    expect(await office.store.replica.log(before)).toEqual([]);
    expect(office.canonical()).toBe(world.relay.canonical());
    expect((await office.store.replica.position()).epoch).toBe(world.relay.epoch);
  });

  it('X29 a replica that lacks events is found out, thrown away and pulled again', async () => {
    world = new World(29);
    const office = world.device(people.assigned).start();
    await world.clock.until('connected', () => office.online);
    const id = world.newSessionId();
    await office.does(id, say.create());
    for (const text of ['one', 'two', 'three']) await office.does(id, say.chat(text, text));
    await world.clock.until('all there', () => office.workspace.view.confirmed(id)?.seq === 4);
    office.stop();

    // The same person's store with a hole: the position says 'four', the log has none.
    const holed = createMemoryPersonStore(0);
    await holed.replica.reset(world.relay.epoch);
    await holed.replica.apply({ epoch: world.relay.epoch, events: [], position: 4 });
    const again = world.device(people.assigned, { store: holed }).start();
    await world.clock.until('connected', () => again.online);
    await again.does(world.newSessionId(), say.create());
    const other = world.device(people.responsible).start();
    await world.clock.until('the other is connected', () => other.online);
    world.relay.does(people.assigned, {
      id: 'another-hand----------' as never,
      streamId: id,
      baseSeq: 4,
      clientAtMs: 0,
      ...say.chat('four', 'four'),
    });
    await world.clock.until('whole again', () => again.workspace.view.confirmed(id)?.seq === 5, 120_000);
    expect(again.canonical()).toBe(world.relay.canonical());
  });

  it('I1 what is shown after a restart without a link is what was there before', async () => {
    world = new World(31);
    const store = createMemoryPersonStore(0);
    const office = world.device(people.assigned, { store }).start();
    await world.clock.until('connected', () => office.online);
    const id = world.newSessionId();
    await office.does(id, say.create());
    await world.clock.until('accepted', () => office.workspace.view.confirmed(id) !== undefined);
    const shown = office.canonical();
    office.stop();
    const again = world.device(people.assigned, { store });
    again.network.down = true;
    again.start();
    await world.clock.until('read', () => again.workspace.view.loaded);
    expect(again.canonical()).toBe(shown);
    await world.clock.until('offline is said', () => again.workspace.engine.connection.state === 'offline');
  });
});
