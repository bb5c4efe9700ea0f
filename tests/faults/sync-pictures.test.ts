import { afterEach, describe, expect, it } from 'vitest';
import { ok, refuse } from '#domain/result.ts';
import type { ScreenshotId, SessionId } from '#domain/ids.ts';
import { callOne, idOf, people, say, screenshot } from '../harness/domain/sessions.ts';
import { type FakeTransfer } from '../convergence/kit/fake-transfer.ts';
import { World, type Device } from '../convergence/kit/world.ts';

let world: World;
afterEach(() => world.stop());

const shotId = idOf<ScreenshotId>('shot');

/** Both sides in a linked call; the tablet's uploads go through the given transfer. */
async function inCall(seed: number): Promise<{ tablet: Device; transfer: FakeTransfer; id: SessionId }> {
  world = new World(seed);
  const tablet = world.device(people.opener).start();
  const office = world.device(people.assigned).start();
  await world.clock.until('both connected', () => tablet.online && office.online);
  const id = world.newSessionId();
  await office.does(id, say.create());
  await office.does(id, say.start());
  await world.clock.until('it rings', () => tablet.workspace.view.confirmed(id)?.calls.length === 1);
  await tablet.does(id, say.answer());
  await tablet.does(id, say.linkUp());
  await world.clock.until('linked', () => office.workspace.view.confirmed(id)?.status === 'IN_PROGRESS');
  return { tablet, transfer: tablet.transfer, id };
}

async function take(tablet: Device, id: SessionId): Promise<void> {
  const meta = screenshot('shot', { callId: callOne });
  const place = { kind: 'screenshot', streamId: id, itemId: meta.screenshotId } as const;
  const kept = await tablet.workspace.pictures.keep(place, meta, new ArrayBuffer(meta.bytes));
  expect(kept).toEqual(ok(undefined));
  await tablet.does(id, say.screenshot('shot', { callId: callOne }));
}

const stateOf = async (device: Device): Promise<string | undefined> =>
  (await device.store.blobs.get(shotId))?.state;

describe('pictures', () => {
  it('B22 I4 a picture is here, then sent, and verified only when the log says so', async () => {
    const { tablet, transfer, id } = await inCall(1);
    await take(tablet, id);
    await world.clock.until('sent', async () => (await stateOf(tablet)) === 'sent');
    expect(transfer.sent).toEqual([shotId]);
    await world.clock.run(30_000);
    expect(await stateOf(tablet)).toBe('sent');
    world.relay.stores(id, shotId);
    await world.clock.until('verified', async () => (await stateOf(tablet)) === 'verified');
    expect(await tablet.store.blobs.bytes(shotId)).toBeDefined();
  });

  it('B22 X16 a picture taken offline waits, and is sent once when the link is back', async () => {
    const { tablet, transfer, id } = await inCall(2);
    tablet.network.down = true;
    await world.clock.until('offline', () => tablet.workspace.engine.connection.state === 'offline');
    await take(tablet, id);
    await world.clock.run(30_000);
    expect(await stateOf(tablet)).toBe('here');
    expect(transfer.sent).toEqual([]);
    tablet.network.down = false;
    await world.clock.until('sent', async () => (await stateOf(tablet)) === 'sent');
    expect(transfer.sent).toEqual([shotId]);
  });

  it('X3 a failing upload is tried again with growing waits, until it is through', async () => {
    const { tablet, transfer, id } = await inCall(3);
    transfer.answer = refuse('relay-unreachable');
    await take(tablet, id);
    await world.clock.run(120_000);
    expect(await stateOf(tablet)).toBe('here');
    expect(transfer.sent.length).toBeGreaterThan(3);
    expect(transfer.sent.length).toBeLessThan(20);
    transfer.answer = ok(undefined);
    await world.clock.until('sent', async () => (await stateOf(tablet)) === 'sent');
  });

  it('I4 a picture that the relay finds damaged is refused with the reason, kept here, and can be sent again', async () => {
    const { tablet, transfer, id } = await inCall(4);
    transfer.answer = refuse('hash-mismatch');
    await take(tablet, id);
    await world.clock.until('refused', async () => (await stateOf(tablet)) === 'refused');
    expect(await tablet.store.blobs.get(shotId)).toMatchObject({ reason: 'hash-mismatch' });
    expect(await tablet.store.blobs.bytes(shotId)).toBeDefined();
    transfer.answer = ok(undefined);
    await tablet.workspace.uploader.retry(shotId);
    await world.clock.until('sent', async () => (await stateOf(tablet)) === 'sent');
  });

  it('X46 a picture that a relay from an old backup has forgotten is sent again', async () => {
    const { tablet, transfer, id } = await inCall(5);
    await take(tablet, id);
    await world.clock.until('sent', async () => (await stateOf(tablet)) === 'sent');
    tablet.network.cutAll();
    await world.clock.until('sent again', () => transfer.sent.length === 2);
  });
});
