import { afterEach, describe, expect, it } from 'vitest';
import { people, say } from '../harness/domain/sessions.ts';
import { Chance } from '../convergence/kit/chance.ts';
import { World, type Device } from '../convergence/kit/world.ts';

let world: World;
afterEach(() => world.stop());

const stateOf = (device: Device): string => device.workspace.engine.connection.state;

async function connected(seed: number): Promise<Device> {
  world = new World(seed);
  const device = world.device(people.assigned).start();
  await world.clock.until('connected', () => device.online);
  return device;
}

describe('link of the sync', () => {
  it('X1 says offline within 5 s of losing the relay, and is back within 15 s of its return', async () => {
    const device = await connected(1);
    device.network.down = true;
    const saidMs = await world.clock.until('offline', () => stateOf(device) === 'offline');
    expect(saidMs).toBeLessThanOrEqual(5_000);
    expect(device.workspace.engine.connection.reason).toBe('relay-unreachable');
    await world.clock.run(600_000);
    device.network.down = false;
    const backMs = await world.clock.until('online', () => stateOf(device) === 'online');
    expect(backMs).toBeLessThanOrEqual(15_000);
  });

  it('X1 a link that is back at once is never called offline', async () => {
    const device = await connected(2);
    await world.clock.run(20_000);
    const states: string[] = [];
    device.workspace.engine.connectionChanged.on(() => states.push(stateOf(device)));
    device.network.cutAll();
    await world.clock.until('online again', () => device.online);
    expect(states).not.toContain('offline');
    expect(states).toContain('connecting');
  });

  it.each([3, 5, 7, 11])('X10 a half-open socket is found within 20 s, seed %i', async (seed) => {
    const device = await connected(seed);
    await world.clock.run(new Chance(seed).below(20_000));
    device.network.blackhole = true;
    const foundMs = await world.clock.until('not online', () => stateOf(device) !== 'online');
    expect(foundMs).toBeLessThanOrEqual(20_000);
    device.network.blackhole = false;
    await world.clock.until('online again', () => device.online, 30_000);
  });

  it('X6 clients that lost the relay together come back spread, not all at once', async () => {
    world = new World(6);
    const devices = Array.from({ length: 60 }, () => world.device(people.assigned).start());
    await world.clock.until('all connected', () => devices.every((device) => device.online));
    for (const device of devices) device.network.down = true;
    await world.clock.run(120_000);
    const back: number[] = [];
    for (const device of devices)
      device.workspace.engine.connectionChanged.on(() => {
        if (stateOf(device) === 'online') back.push(world.clock.nowMs);
      });
    for (const device of devices) device.network.down = false;
    await world.clock.until('all back', () => devices.every((device) => device.online), 15_000);
    const spreadMs = Math.max(...back) - Math.min(...back);
    expect(spreadMs).toBeGreaterThan(3_000);
    const busiest = Math.max(...back.map((atMs) => back.filter((one) => Math.abs(one - atMs) < 100).length));
    expect(busiest).toBeLessThan(20);
  });

  it('X24 after a sleep the link is back within 5 s of waking', async () => {
    const device = await connected(24);
    device.network.blackhole = true;
    await world.clock.run(2_000);
    device.network.blackhole = false;
    // The socket died while the device slept: the relay has let go of it without the device hearing.
    const before = world.relay.hellos;
    device.network.blackhole = true;
    device.workspace.engine.wake();
    await world.clock.run(3_100);
    device.network.blackhole = false;
    const backMs = await world.clock.until('back', () => device.online && world.relay.hellos > before);
    expect(3_100 + backMs).toBeLessThanOrEqual(5_000);
  });

  it('X25 a clock that jumps by ten years causes one reconnect at the most, no loop', async () => {
    const device = await connected(25);
    const { runtime } = device.workspace;
    const now = runtime.nowMs;
    let jumpMs = 0;
    runtime.nowMs = () => now() + jumpMs;
    const before = world.relay.hellos;
    for (const years of [10, -10]) {
      jumpMs = years * 365 * 86_400_000;
      await world.clock.run(60_000);
      expect(device.online).toBe(true);
    }
    expect(world.relay.hellos - before).toBeLessThanOrEqual(2);
    device.network.blackhole = true;
    const foundMs = await world.clock.until('still finds a dead socket', () => stateOf(device) !== 'online');
    expect(foundMs).toBeLessThanOrEqual(20_000);
  });

  it('T45 a sign-in that the relay has ended is said, and no further tries are made', async () => {
    const device = await connected(45);
    device.ticketFails = { ok: false, reason: 'not-signed-in' };
    world.relay.closeAll(4001);
    await world.clock.until('signed out', () => device.signedOut.length === 1);
    const { hellos } = world.relay;
    await world.clock.run(120_000);
    expect(world.relay.hellos).toBe(hellos);
    expect(device.signedOut).toHaveLength(1);
  });

  it('X35 a relay that speaks another version is not asked in a loop, and the person is told to update', async () => {
    const device = await connected(35);
    let tries = 0;
    device.workspace.engine.connectionChanged.on(() => {
      if (stateOf(device) === 'online') tries += 1;
    });
    world.relay.tell({ t: 'something new' });
    await world.clock.until('told', () => device.workspace.engine.connection.reason === 'update-needed');
    expect(stateOf(device)).toBe('offline');
    await world.clock.run(50_000);
    expect(tries).toBe(0);
  });

  it('X25 the relay’s clock is known, whatever the device’s clock says', async () => {
    world = new World(252);
    const device = world.device(people.assigned);
    const { runtime } = device.workspace;
    const now = runtime.nowMs;
    runtime.nowMs = () => now() - 86_400_000;
    device.start();
    await world.clock.until('connected', () => device.online);
    expect(Math.abs(device.workspace.relayNowMs() - world.clock.nowMs)).toBeLessThan(250);
    const id = world.newSessionId();
    await device.does(id, say.create());
    await world.clock.until('accepted', () => device.workspace.view.confirmed(id) !== undefined);
    expect(device.workspace.view.confirmed(id)?.createdAtMs).toBeGreaterThan(runtime.nowMs() + 80_000_000);
  });
});
