import { afterEach, describe, expect, it } from 'vitest';
import { knownTicket, people, say } from '../harness/domain/sessions.ts';
import { createMemoryPersonStore } from '../../src/lib/storage/memory-store.ts';
import { World } from '../convergence/kit/world.ts';

let world: World;
afterEach(() => world.stop());

describe('outbox of the sync', () => {
  it('X16 a request made offline is kept, shown as pending, and sent once when the link is back', async () => {
    world = new World(16);
    const tablet = world.device(people.opener);
    tablet.network.down = true;
    tablet.start();
    await world.clock.until('offline is said', () => tablet.workspace.engine.connection.state === 'offline');
    const id = world.newSessionId();
    const proposal = await tablet.does(id, say.request({ ticketIds: [knownTicket] }));
    await world.clock.run(60_000);
    const entry = tablet.workspace.view.get(id);
    expect(entry?.session).toMatchObject({ status: 'REQUESTED', seq: 1 });
    expect(entry?.confirmed).toBeUndefined();
    expect(entry?.isPending(proposal.commandId)).toBe(true);
    expect(world.relay.pushed).toEqual([]);

    tablet.network.down = false;
    await world.clock.until(
      'it has arrived',
      () => tablet.workspace.view.confirmed(id)?.status === 'REQUESTED',
    );
    await world.clock.run(60_000);
    expect(world.relay.pushed.map((command) => command.id)).toEqual([proposal.commandId]);
    expect(await tablet.store.outbox.all()).toEqual([]);
    expect(await proposal.settled).toEqual({ ok: true, value: undefined });
    expect(tablet.workspace.view.get(id)?.pending).toEqual([]);
  });

  it('X8 when the acknowledgement is lost the command is applied once and leaves the outbox', async () => {
    world = new World(8);
    const tablet = world.device(people.opener).start();
    await world.clock.until('connected', () => tablet.online);
    const id = world.newSessionId();
    await tablet.does(id, say.request());
    await world.clock.until('it is at the relay', () => world.relay.pushed.length === 1);
    // The answer is under way; the connection breaks before it is here.
    tablet.network.cutAll();
    await world.clock.until(
      'the outbox is empty',
      async () => (await tablet.store.outbox.all()).length === 0,
    );
    await world.clock.run(30_000);
    expect(world.relay.log).toHaveLength(1);
    expect(tablet.workspace.view.confirmed(id)?.seq).toBe(1);
  });

  it('X7 a relay that is frozen while it has the push gets it again and applies it once', async () => {
    world = new World(7);
    const tablet = world.device(people.opener).start();
    await world.clock.until('connected', () => tablet.online);
    world.relay.mute = true;
    await tablet.does(world.newSessionId(), say.request());
    await world.clock.run(30_000);
    expect(tablet.workspace.engine.connection.state).not.toBe('online');
    world.relay.mute = false;
    await world.clock.until(
      'the outbox is empty',
      async () => (await tablet.store.outbox.all()).length === 0,
    );
    await world.clock.run(10_000);
    expect(world.relay.log).toHaveLength(1);
  });

  it('X18 the loser of a race is told: refused, with the reason, until dismissed', async () => {
    world = new World(18);
    const tablet = world.device(people.opener).start();
    const office = world.device(people.assigned).start();
    await world.clock.until('both connected', () => tablet.online && office.online);
    const id = world.newSessionId();
    await tablet.does(id, say.request());
    await world.clock.until('the office has it', () => office.workspace.view.confirmed(id) !== undefined);
    office.network.down = true;
    const confirmed = await office.does(id, say.confirm());
    await world.clock.until(
      'shown as pending',
      () => office.workspace.view.get(id)?.session.status === 'CONFIRMED',
    );
    await tablet.does(id, say.withdraw());
    await world.clock.until('withdrawn', () => tablet.workspace.view.confirmed(id)?.status === 'CANCELLED');
    office.network.down = false;
    expect(await promptly(confirmed.settled)).toEqual({ ok: false, reason: 'stale' });
    await world.clock.run(60_000);
    expect(office.workspace.view.get(id)?.session.status).toBe('CANCELLED');
    expect(office.workspace.view.outbox).toMatchObject([{ state: 'refused', reason: 'stale' }]);
    // Not pushed again by itself.
    expect(world.relay.pushed.filter((command) => command.type === 'session.confirm')).toHaveLength(1);
    await office.store.outbox.remove([confirmed.commandId]);
    await world.clock.until('dismissed', () => office.workspace.view.outbox.length === 0);
  });

  it.each(['storage-full', 'internal', 'too-many-requests'] as const)(
    "X37 a push that the relay cannot take now ('%s') stays in the outbox and goes later, with growing waits",
    async (reason) => {
      world = new World(37);
      const tablet = world.device(people.opener).start();
      await world.clock.until('connected', () => tablet.online);
      world.relay.failPushes = reason;
      await tablet.does(world.newSessionId(), say.request());
      await world.clock.run(8_000);
      expect(await tablet.store.outbox.pending(9)).toHaveLength(1);
      const tries = tablet.network.sent.filter((text) => text.includes('"push"')).length;
      expect(tries).toBeGreaterThan(1);
      expect(tries).toBeLessThan(10);
      world.relay.failPushes = undefined;
      await world.clock.until('accepted', () => world.relay.log.length === 1);
    },
  );

  it('X48 10,000 kept commands drain in order, each once, within 60 s of the injected clock', async () => {
    world = new World(48);
    const store = createMemoryPersonStore(0);
    const id = world.newSessionId();
    const total = 10_000;
    for (let at = -1; at < total; at += 1) {
      const idAt = `${at}`.padStart(22, 'k');
      const body = at < 0 ? say.create() : say.chat(`${at}`, idAt);
      const command = { id: idAt as never, streamId: id, baseSeq: 0, clientAtMs: at, ...body };
      await store.outbox.add(command, world.clock.nowMs);
    }
    const office = world.device(people.assigned, { store }).start();
    // How long it really takes is `sync.drain` of bench:sync.
    await world.clock.until(
      'all accepted',
      async () => (await office.store.outbox.pending(1)).length === 0,
      60_000,
    );
    await world.clock.run(10_000);
    const texts = world.relay.sessions.get(id)?.chat.map((message) => message.text);
    expect(texts).toEqual(Array.from({ length: total }, (_, at) => `${at}`));
    const frames = office.network.sent.filter((text) => text.includes('"push"'));
    for (const frame of frames) expect(new TextEncoder().encode(frame).length).toBeLessThanOrEqual(64 * 1024);
    expect(frames.length).toBeLessThan(200);
    // Each once: without a loss nothing is said twice.
    expect(world.relay.pushed).toHaveLength(total + 1);
  });

  it('X16 a call that was asked for while offline does not ring when the link is back', async () => {
    world = new World(161);
    const tablet = world.device(people.opener).start();
    const office = world.device(people.assigned).start();
    await world.clock.until('both connected', () => tablet.online && office.online);
    const id = world.newSessionId();
    await office.does(id, say.create());
    await world.clock.until('the tablet has it', () => tablet.workspace.view.confirmed(id) !== undefined);
    tablet.network.down = true;
    const started = await tablet.does(id, say.start());
    await world.clock.run(90_000);
    tablet.network.down = false;
    expect(await promptly(started.settled)).toEqual({ ok: false, reason: 'relay-unreachable' });
    expect(world.relay.sessions.get(id)?.calls).toEqual([]);
  });

  it('I7 a command that this device knows to be wrong is refused at once and not kept', async () => {
    world = new World(2);
    const tablet = world.device(people.opener).start();
    await world.clock.until('connected', () => tablet.online);
    const id = world.newSessionId();
    expect(await tablet.propose(id, say.request({ reason: '  ' }))).toEqual({
      ok: false,
      reason: 'reason-missing',
    });
    await tablet.does(id, say.request());
    await world.clock.until('accepted', () => tablet.workspace.view.confirmed(id) !== undefined);
    expect(await tablet.propose(id, say.start())).toEqual({ ok: false, reason: 'illegal-transition' });
    expect(await tablet.store.outbox.all()).toEqual([]);
  });

  it('X26 a command that cannot be kept is refused and nothing is sent', async () => {
    world = new World(26);
    const tablet = world.device(people.opener).start();
    await world.clock.until('connected', () => tablet.online);
    tablet.store.outbox.add = () =>
      Promise.reject(Object.assign(new Error('full'), { code: 'storage-full' }));
    const answer = await tablet.propose(world.newSessionId(), say.request());
    expect(answer).toEqual({ ok: false, reason: 'storage-full' });
    await world.clock.run(5_000);
    expect(world.relay.pushed).toEqual([]);
  });

  /** A promise that is kept while the clock of the test runs. */
  async function promptly<T>(promise: Promise<T>): Promise<T> {
    let kept: { value: T } | undefined;
    void promise.then((value) => (kept = { value }));
    await world.clock.until('the promise is kept', () => kept !== undefined);
    return promise;
  }
});
