import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { tickOf } from '#domain/ticket/ticket.ts';
import { appOn, type NodeApp } from '../faults/relay-app.ts';
import type { NodeAppOptions } from '../faults/relay-parts.ts';
import { photo, photoSecrets } from '../harness/domain/photos.ts';
import { eventually, startRelay } from '../harness/relay-harness.ts';

const tenYearsMs = 10 * 365 * 24 * 3_600_000;

let relay: Awaited<ReturnType<typeof startRelay>>;
const apps: NodeApp[] = [];
beforeAll(async () => {
  relay = await startRelay();
});
afterEach(() => {
  for (const app of apps.splice(0)) app.stop();
});
afterAll(() => relay.dispose());

async function signedIn(who: 'paul' | 'erika' | 'ada', options: NodeAppOptions = {}): Promise<NodeApp> {
  const app = appOn(relay.origin, options);
  apps.push(app);
  await app.start();
  const answer =
    who === 'paul'
      ? await app.identity.signInWithCode('PUMP-P101-DEMO', 'Paul')
      : await app.identity.signIn(`${who}@demo.example`, 'sightline-demo');
  expect(answer).toMatchObject({ ok: true });
  await eventually(() => app.connection.caughtUp, 'all that the relay has');
  return app;
}

function valueOf<T>(result: { ok: true; value: T } | { ok: false; reason: string }): T {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

test('F103 X9 T38 a ticket with its files, photos without their places, and its ticks, from the app of one side to the app of the other', async () => {
  const [tablet, office] = [await signedIn('paul'), await signedIn('erika')];
  for (const app of [tablet, office]) app.sessions.keepReceipts();
  const deviceId = tablet.identity.directory?.devices[0]?.id ?? '';
  const opened = await tablet.tickets.open({ deviceId, title: 'Loses pressure', text: 'Since yesterday' });
  expect(opened).toMatchObject({ ok: true });
  const [here, there] = [tablet, office].map((app) => app.ticket(opened.ticketId));
  if (!here || !there) throw new Error('no state');
  await eventually(() => there.ticket?.messages[0], 'the first message');
  expect(there.ticket).toMatchObject({ title: 'Loses pressure', open: true });
  const first = here.ticket?.messages[0]?.messageId ?? '';
  await eventually(() => here.ticket && tickOf(here.ticket, first) === 'delivered', 'grey ticks');
  await there.markRead();
  await eventually(() => here.ticket && tickOf(here.ticket, first) === 'read', 'blue ticks');

  const text = 'pressure;time\n4.1;08:00\n';
  const file = Object.assign(new Blob([text], { type: 'text/plain' }), { name: 'C:\\logs\\pump.txt' });
  valueOf(await here.sendFile(file));
  await eventually(() => there.ticket?.messages.at(-1)?.file?.stored, 'the file at the relay');
  const sent = there.files[0];
  expect(sent?.name).toBe('pump.txt');
  expect(await valueOf(await there.file(sent?.itemId ?? '')).text()).toBe(text);
  await eventually(() => here.blob(sent?.itemId ?? '')?.state === 'verified', 'the word of it here');
  const taken = new Blob([photo({ orientation: 6 })], { type: 'image/jpeg' });
  valueOf(await here.sendFile(Object.assign(taken, { name: 'IMG_1.jpg' })));
  await eventually(() => there.files[0]?.name === 'IMG_1.jpg' && there.files[0].stored, 'the photo');
  const arrived = Buffer.from(await valueOf(await there.file(there.files[0]?.itemId ?? '')).arrayBuffer());
  expect(arrived.includes('pixels')).toBe(true);
  for (const secret of photoSecrets) expect(arrived.includes(secret)).toBe(false);
  expect(
    await here.sendFile(Object.assign(new Blob(['<svg/>'], { type: 'image/svg+xml' }), { name: 'a' })),
  ).toEqual({ ok: false, reason: 'type-not-allowed' });

  valueOf(await there.close('done'));
  await eventually(() => here.ticket?.open === false, 'the closing');
  expect(await here.sendText('too late')).toEqual({ ok: false, reason: 'ticket-closed' });
  expect(here.whyNot('close')).toBe('forbidden');
});

test('F42 C7 settings change live in every app; only an administrator has the record, and nobody else changes it', async () => {
  const [tablet, office, admin] = [await signedIn('paul'), await signedIn('erika'), await signedIn('ada')];
  expect(tablet.sessions.mayRequest).toBe(true);
  expect(office.organization.record).toBeUndefined();
  expect(admin.organization.record?.settings.allowRequests).toBe(true);
  expect(await office.organization.changeSettings({ allowRequests: false })).toEqual({
    ok: false,
    reason: 'forbidden',
  });
  const changed = valueOf(await admin.organization.changeSettings({ allowRequests: false }));
  expect(admin.organization.record?.settings.allowRequests).toBe(false);
  expect(await changed.settled).toMatchObject({ ok: true });
  await eventually(() => !tablet.sessions.mayRequest, 'the tablet knows');
  await eventually(() => office.organization.settings?.allowRequests === false, 'the office knows');
  await eventually(
    () => admin.organization.settings?.allowRequests === false,
    'the administrator’s Directory',
  );
  expect(await tablet.sessions.request({ reason: 'x' })).toMatchObject({ reason: 'requests-switched-off' });
  const back = valueOf(await admin.organization.changeSettings({ allowRequests: true }));
  expect(await back.settled).toMatchObject({ ok: true });
  await eventually(() => tablet.sessions.mayRequest, 'the tablet knows again');
});

test.each([
  ['ahead', tenYearsMs],
  ['behind', -tenYearsMs],
])(
  'T43 X25 a tablet whose clock is ten years %s works as any other; the relay’s time counts',
  async (_name, byMs) => {
    const tablet = await signedIn('paul', { nowMs: () => Date.now() + byMs });
    const office = await signedIn('erika');
    const id = valueOf(await tablet.sessions.request({ reason: 'It leaks' }));
    await eventually(() => office.session(id).session, 'the request');
    const deviceTime = Math.abs((office.session(id).session?.createdAtMs ?? 0) - Date.now());
    expect(deviceTime).toBeLessThan(60_000);
    valueOf(await office.session(id).confirm());
    await eventually(() => tablet.session(id).session?.status === 'CONFIRMED', 'the confirmation');
    valueOf(await tablet.session(id).sendChat('first'));
    await eventually(() => office.session(id).session?.chat.length === 1, 'the first message');
    valueOf(await office.session(id).sendChat('second'));
    await eventually(() => tablet.session(id).session?.chat.length === 2, 'the second message');
    expect(tablet.session(id).session?.chat.map((message) => message.text)).toEqual(['first', 'second']);
    // A call rings and is over by the relay's clock, though the tablet is in another decade.
    valueOf(await office.session(id).startCall('video'));
    await eventually(() => tablet.notifications.ringing, 'the ringing');
    valueOf(await tablet.session(id).answer('voice'));
    expect(Math.abs(tablet.connection.nowMs() - Date.now())).toBeLessThan(5_000);
    expect(tablet.outbox.refused).toEqual([]);
  },
);

test('F33 X18 two employees confirm at once: one does, the other is told why not and sees who did', async () => {
  const [tablet, erika, ada] = [await signedIn('paul'), await signedIn('erika'), await signedIn('ada')];
  const id = valueOf(await tablet.sessions.request({ reason: 'It leaks' }));
  await eventually(() => erika.session(id).session && ada.session(id).session, 'the request');
  valueOf(await ada.session(id).assignSelf());
  await eventually(() => erika.session(id).session?.assigned.length === 1, 'the assignment');
  const both = [erika, ada].map(async (app) => valueOf(await app.session(id).confirm()).settled);
  const answers = await Promise.all(both);
  expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
  const loser = answers[0]?.ok ? ada : erika;
  await eventually(() => loser.outbox.refused.length === 1, 'the refusal');
  expect(loser.outbox.refused[0]?.command.type).toBe('session.confirm');
  expect(loser.session(id).session?.status).toBe('CONFIRMED');
  await loser.outbox.dismissAll();
  await eventually(
    () => loser.outbox.count === 0 && loser.outbox.refused.length === 0,
    'the outbox is empty',
  );
});
