import { mainThreadMs } from '../harness/page-work.ts';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { floodOf } from './kit/flood.ts';
import { expectInk, fingerPen, marksOf, mousePen, stroke } from './kit/marks.ts';
import { callButton, callFromScratch, comeInByCode, hangUp, hangUpButton, signIn } from './kit/steps.ts';
import { expect, makeOffice, makeTablet, test, withoutShell, type Place } from './kit/test.ts';
import { expectAdvancing, ownVideo, remoteVideo } from './kit/video.ts';

let relay: RelayProcess;
let desk: Place;
let machine: Place;

test.beforeAll(async ({ officeBrowser, tabletBrowser }) => {
  relay = await startRelay({ via: 'npm' });
  desk = await makeOffice(officeBrowser, withoutShell);
  await signIn(desk.page, relay.url, 'erika');
  machine = await makeTablet(tabletBrowser, withoutShell);
  await comeInByCode(machine.page, relay.url);
});
test.afterAll(async () => {
  await Promise.all([desk?.context.close(), machine?.context.close()]);
  await relay?.dispose();
});

test('T4 T5 hostile frames on the channels of a call freeze nothing, and no data connection is taken', async () => {
  const tablet = machine.page;
  const office = desk.page;
  await callFromScratch(tablet, office, relay.url, 'Hostile frames');
  await expectAdvancing(remoteVideo(office));
  // Connections of media; those that carry marks between browsers come and go.
  const taken = () =>
    office.evaluate(
      () =>
        window.observed.connections.filter((one) => /m=(audio|video)/.test(one.remoteDescription?.sdp ?? ''))
          .length,
    );
  const before = await taken();
  expect(before).toBeGreaterThan(0);
  const beforeMs = await mainThreadMs(office);

  const sent = await tablet.evaluate(() => {
    const open = window.observed.channels.filter((channel) => channel.readyState === 'open');
    const freezing = new Uint8Array([0xdd, 0x10, 0x00, 0x00, 0x00]);
    const deep = '['.repeat(60_000);
    const objects = '{"a":'.repeat(20_000);
    const quarter = 'x'.repeat(250_000);
    for (const channel of open) {
      channel.send(freezing);
      channel.send(deep);
      channel.send(objects);
      for (let part = 0; part < 4; part += 1) channel.send(quarter);
      for (let kind = 0; kind < 256; kind += 1) {
        const noise = crypto.getRandomValues(new Uint8Array(60));
        noise[0] = kind;
        channel.send(noise);
      }
      channel.send(JSON.stringify({ v: 1, type: 'constructor', __proto__: null, data: { a: [{}] } }));
    }
    return open.map((channel) => channel.label).sort();
  });
  expect(sent).toEqual(expect.arrayContaining(['control', 'live']));

  // An offer of a PeerJS data connection, over the tablet's own signalling.
  const offered = await tablet.evaluate(() => {
    const socket = window.observed.sockets.findLast((one) => one.url.includes('/sockets/calls/peerjs'));
    const target = window.observed.signals
      .map((text): { dst?: unknown } => JSON.parse(text))
      .findLast((message) => typeof message.dst === 'string')?.dst;
    if (!socket || typeof target !== 'string') return false;
    const description = { type: 'offer', sdp: 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n' };
    const payload = {
      type: 'data',
      connectionId: 'dc_hostile',
      label: 'x',
      serialization: 'binary',
      sdp: description,
    };
    socket.send(JSON.stringify({ type: 'OFFER', dst: target, payload }));
    return true;
  });
  expect(offered).toBe(true);
  await expect.poll(() => relay.log()).toContain('data connection dropped');

  await expectAdvancing(remoteVideo(office), 30);
  // One of these frames alone would keep a reader of PeerJS's busy for many seconds.
  const workMs = Math.round((await mainThreadMs(office)) - beforeMs);
  test.info().annotations.push({ type: 'hostile frames', description: `${workMs} ms of the page's work` });
  expect(workMs).toBeLessThan(4_000);
  await callButton(office, 'Draw').click();
  const pen = mousePen(office, marksOf(remoteVideo(office)));
  await pen.down({ x: 0.45, y: 0.4 });
  await pen.move({ x: 0.55, y: 0.4 });
  await expectInk(marksOf(ownVideo(tablet)), { x: 0.5, y: 0.4 }, 'the call still works');
  await pen.up();
  await hangUp(tablet, office);
  expect(await taken()).toBeLessThanOrEqual(before);
  const answers = () => window.observed.signals.filter((text) => text.includes('dc_hostile')).length;
  expect(await office.evaluate(answers)).toBe(0);
});

test('T28 T5 a flood of marks, boxes and rubbish does not stop the other side', async () => {
  const tablet = machine.page;
  const office = desk.page;
  await callFromScratch(tablet, office, relay.url, 'A flood of marks');
  const theirs = remoteVideo(office);
  await expectAdvancing(theirs);
  const count = 10_000;
  const kinds = floodOf(200);
  const beforeMs = await mainThreadMs(office);
  const sent = await tablet.evaluate(
    async ([texts, all]) => {
      const messages = texts.map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
      const live = window.observed.channels.findLast(
        ({ label, readyState }) => label === 'live' && readyState === 'open',
      );
      if (!live) throw new Error('no channel');
      let gone = 0;
      await new Promise<void>((resolve) => {
        const some = (): void => {
          for (let one = 0; one < 100 && gone < all; one += 1, gone += 1) {
            const message = messages[gone % messages.length];
            if (!message) continue;
            // Each a stroke of its own: its id is four bytes after the kind, the flags and the tool.
            const bytes = message.slice();
            if (bytes[0] === 2) new DataView(bytes.buffer).setUint32(5, gone);
            live.send(bytes);
          }
          if (gone < all) setTimeout(some, 20);
          else resolve();
        };
        some();
      });
      return gone;
    },
    [kinds, count] as const,
  );
  expect(sent).toBe(count);
  // What was sent last is here, or was lost, when the picture has gone on.
  await expectAdvancing(theirs, 30);
  const workMs = Math.round((await mainThreadMs(office)) - beforeMs);
  test.info().annotations.push({ type: 'flood', description: `${workMs} ms of the page's work` });
  // To keep and paint each of them would be the work of minutes.
  expect(workMs).toBeLessThan(8_000);
  await expectAdvancing(theirs);
  await expect(hangUpButton(office)).toBeVisible();
  await expect(marksOf(theirs)).toHaveAttribute('data-marks-shown', '0');
  await callButton(tablet, 'Draw').click();
  await stroke(await fingerPen(tablet, marksOf(ownVideo(tablet))), { x: 0.4, y: 0.4 }, { x: 0.6, y: 0.5 });
  await expect(marksOf(theirs)).toHaveAttribute('data-marks-shown', '1');
  await hangUp(office, tablet);
});
