import { afterEach, describe, expect, it } from 'vitest';
import { callOne, people, say } from '../harness/domain/sessions.ts';
import { Browser } from '../convergence/kit/fake-browser.ts';
import { World, type Device } from '../convergence/kit/world.ts';

let world: World;
afterEach(() => world.stop());

async function twoTabs(seed: number): Promise<[Device, Device]> {
  world = new World(seed);
  const browser = new Browser();
  const first = world.device(people.assigned, { browser }).start();
  const second = world.device(people.assigned, { browser, store: first.store }).start();
  await world.clock.until('both know the link', () => first.online && second.online);
  return [first, second];
}

describe('tabs of one browser', () => {
  it('X31 one tab leads and holds the only socket; the other shows the same', async () => {
    const [first, second] = await twoTabs(31);
    expect([first.workspace.engine.leads, second.workspace.engine.leads]).toEqual([true, false]);
    expect(world.relay.connected).toBe(1);
    expect(second.workspace.engine.connection.state).toBe('online');
    const id = world.newSessionId();
    const proposal = await second.does(id, say.create());
    await world.clock.until('both have it', () =>
      [first, second].every((tab) => tab.workspace.view.confirmed(id) !== undefined),
    );
    expect(await proposal.settled).toEqual({ ok: true, value: undefined });
    expect(world.relay.pushed).toHaveLength(1);
    expect(second.network.sent).toEqual([]);
  });

  it('X31 when the leading tab is closed the other takes over and goes on', async () => {
    const [first, second] = await twoTabs(32);
    first.stop();
    await world.clock.until('the second leads', () => second.workspace.engine.leads && second.online);
    const id = world.newSessionId();
    await second.does(id, say.create());
    await world.clock.until('accepted', () => second.workspace.view.confirmed(id) !== undefined);
    expect(world.relay.connected).toBe(1);
  });

  it('X31 X22 a leading tab that is frozen loses the lead to one that is alive', async () => {
    const [first, second] = await twoTabs(33);
    // Frozen: it holds the lock and answers nobody.
    first.workspace.engine.tabs.post = () => undefined;
    await world.clock.until('the second leads', () => second.workspace.engine.leads, 120_000);
    await world.clock.until('and is online', () => second.online);
    expect(first.workspace.engine.leads).toBe(false);
  });

  it('X31 a call has one tab: a second one is told that it is open elsewhere, and announces nothing', async () => {
    const [first, second] = await twoTabs(34);
    const id = world.newSessionId();
    await first.does(id, say.create());
    await world.clock.until('accepted', () => second.workspace.view.confirmed(id) !== undefined);
    await first.does(id, say.start());
    const call = { sessionId: id, callId: callOne };
    const here = first.workspace.createCallSignalling(call);
    here.announce(null);
    await world.clock.until('announced', () => world.relay.inCall.length === 1);
    await world.clock.until('the second tab knows', () => second.workspace.engine.tabs.isElsewhere(callOne));
    const there = second.workspace.createCallSignalling(call);
    let elsewhere = 0;
    there.onElsewhere(() => (elsewhere += 1));
    there.announce(null);
    await world.clock.until('told', () => elsewhere === 1);
    await world.clock.run(30_000);
    expect(new Set(world.relay.inCall.map((one) => one.deviceKey)).size).toBe(1);
    here.close();
    await world.clock.until('free again', () => !second.workspace.engine.tabs.isElsewhere(callOne));
    there.close();
  });

  it('X19 X31 a tab that crashed in a call does not keep the call from the other', async () => {
    const [first, second] = await twoTabs(37);
    first.workspace.engine.tabs.enterCall(callOne);
    await world.clock.until('known', () => second.workspace.engine.tabs.isElsewhere(callOne));
    await world.clock.run(300_000);
    expect(second.workspace.engine.tabs.isElsewhere(callOne)).toBe(true);
    first.workspace.engine.tabs.post = () => undefined;
    await world.clock.until('free', () => !second.workspace.engine.tabs.isElsewhere(callOne), 90_000);
  });

  it('X31 a call can be taken over on purpose: the first tab is told, the second announces', async () => {
    const [first, second] = await twoTabs(35);
    const id = world.newSessionId();
    await first.does(id, say.create());
    await first.does(id, say.start());
    const call = { sessionId: id, callId: callOne };
    const here = first.workspace.createCallSignalling(call);
    let elsewhere = 0;
    here.onElsewhere(() => (elsewhere += 1));
    here.announce(null);
    await world.clock.until('announced', () => world.relay.inCall.length === 1);
    const there = second.workspace.createCallSignalling(call, { takeOver: true });
    there.announce(null);
    await world.clock.until('taken over', () => elsewhere === 1 && world.relay.inCall.length === 2);
    expect(world.relay.inCall[1]?.deviceKey).toBe(second.workspace.engine.tabId);
    here.close();
    there.close();
  });

  it('B8 X5 the presence in a call is announced again after every reconnect, with the newest address', async () => {
    const [first] = await twoTabs(36);
    const id = world.newSessionId();
    await first.does(id, say.create());
    await first.does(id, say.start());
    const signalling = first.workspace.createCallSignalling({ sessionId: id, callId: callOne });
    signalling.announce(null);
    const peerId = 'peer------------------';
    signalling.announce(peerId);
    await world.clock.until('announced', () => world.relay.inCall.some((one) => one.peerId === peerId));
    const before = world.relay.inCall.length;
    first.network.cutAll();
    await world.clock.until('announced again', () => world.relay.inCall.length > before);
    expect(world.relay.inCall.at(-1)).toMatchObject({ callId: callOne, peerId });
    const heard: number[] = [];
    signalling.onRoster((roster) => heard.push(roster.length));
    world.relay.tell({ t: 'roster', sessionId: id, callId: callOne, participants: [] });
    await world.clock.until('the roster is heard', () => heard.length === 1);
    signalling.onRoster((roster) => heard.push(roster.length));
    expect(heard).toEqual([0, 0]);
    signalling.close();
  });
});
