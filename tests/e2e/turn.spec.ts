import { turnServerSkipReason } from '../harness/browsers.ts';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { selectedCandidateTypes } from './kit/observe.ts';
import { changeSettings } from './kit/settings.ts';
import { action, callFromScratch, comeInByCode, expectStatus, hangUp, signIn } from './kit/steps.ts';
import { expect, makeOffice, makeTablet, test, withoutShell } from './kit/test.ts';
import { startTurnServer, type TurnServer } from './kit/turn-server.ts';
import { expectAdvancing, expectAudio, remoteVideo } from './kit/video.ts';

const skipReason = turnServerSkipReason();
test.skip(skipReason !== undefined, skipReason ?? '');

let turn: TurnServer;
let relay: RelayProcess;

test.beforeAll(async () => {
  turn = await startTurnServer();
  relay = await startRelay({ via: 'npm', env: { TURN_URL: turn.url, TURN_SECRET: turn.secret } });
});
test.afterAll(async () => {
  await relay?.dispose();
  await turn?.stop();
});

test('F55 F61 F23 C1 a call that may only go through the TURN server; afterwards it closes by itself', async ({
  tabletBrowser,
  officeBrowser,
}) => {
  await changeSettings(relay, { reviewMs: 3_000 });
  const [tablet, office] = await Promise.all([
    makeTablet(tabletBrowser, { relayOnly: true, ...withoutShell }),
    makeOffice(officeBrowser, { relayOnly: true, ...withoutShell }),
  ]);
  await comeInByCode(tablet.page, relay.url);
  await signIn(office.page, relay.url, 'erika');
  await callFromScratch(tablet.page, office.page, relay.url, 'Only through the relay');
  const seen = await expectAdvancing(remoteVideo(office.page));
  expect(seen.contrast).toBeGreaterThan(60);
  await Promise.all([expectAudio(office.page), expectAudio(tablet.page)]);
  for (const { page } of [tablet, office]) {
    const pairs = await selectedCandidateTypes(page);
    expect(pairs.length).toBeGreaterThan(0);
    for (const pair of pairs) expect(pair).toEqual({ local: 'relay', remote: 'relay' });
  }
  await hangUp(office.page, tablet.page);
  // Nobody does anything: the review window, here three seconds, ends.
  for (const { page } of [tablet, office]) await expectStatus(page, 'CLOSED');
  await expect(action(tablet.page, 'Request new session')).toBeVisible();
  await expect(office.page.getByRole('list', { name: 'Updates' })).toContainText('Closed automatically');
  await tablet.context.close();
  await office.context.close();
});
