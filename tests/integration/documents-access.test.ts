import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { Doc } from 'yjs';
import type { ScreenshotId, SessionId } from '#domain/ids.ts';
import { callDocument, screenshotDocument } from '#domain/protocol/documents.ts';
import { closeCodes } from '#domain/protocol/version.ts';
import type { Person } from '#domain/session/subject.ts';
import { documentsPath, mountDocuments } from '../../signal/documents/mount-documents.ts';
import { DocumentClient, until } from '../../signal/testing/clients.ts';
import { FakeRelay, makeCast, newId } from '../../signal/testing/fake-parts.ts';

const port = 8170;
const meta = { bytes: 10, sha256: '0'.repeat(64), mediaType: 'image/jpeg', width: 4, height: 4 } as const;

let relay: FakeRelay;
let cast: ReturnType<typeof makeCast>;
let sessionId: SessionId;
let screenshotId: ScreenshotId;
let clients: DocumentClient[];

beforeEach(async () => {
  relay = await FakeRelay.start([mountDocuments], port);
  cast = makeCast();
  clients = [];
  sessionId = relay.openSession(cast.employee, cast.deviceId);
  screenshotId = relay.takeScreenshot(sessionId, cast.codeUser, meta);
});

afterEach(async () => {
  for (const client of clients) client.close();
  await relay.close();
});

function open(person: Person, name: string, signInId = relay.signIn(person)): DocumentClient {
  const ticket = relay.ticket({ purpose: 'documents', person, signInId });
  const client = new DocumentClient(`ws://127.0.0.1:${port}${documentsPath}?ticket=${ticket}`, name);
  clients.push(client);
  return client;
}

test('F64 both edit the marks of a screenshot at once, and both have both edits', async () => {
  const one = open(cast.employee, screenshotDocument(screenshotId));
  const other = open(cast.codeUser, screenshotDocument(screenshotId));
  await Promise.all([one.synced(), other.synced()]);
  one.marks.set('a', 'from the office');
  other.marks.set('b', 'from the machine');
  await until(() => one.marks.size === 2 && other.marks.size === 2);
  expect(one.marks.toJSON()).toEqual(other.marks.toJSON());
});

test('X1 an acknowledged mark is in the store; one that is not yet stored is not acknowledged', async () => {
  const name = screenshotDocument(screenshotId);
  let begun = false;
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  relay.beforeSave = () => {
    begun = true;
    return held;
  };
  const client = open(cast.employee, name);
  await client.synced();
  client.marks.set('a', 1);
  await until(() => begun);
  expect(client.provider.hasUnsyncedChanges).toBe(true);
  expect(relay.savedDocuments.has(name)).toBe(false);
  letGo();
  await client.acknowledged();
  expect(relay.savedDocuments.has(name)).toBe(true);
});

test('X39 a store that fails acknowledges nothing and ends the socket; the mark is kept when it works again', async () => {
  const name = screenshotDocument(screenshotId);
  relay.beforeSave = () => Promise.reject(new Error('no room'));
  const first = open(cast.employee, name);
  await first.synced();
  first.marks.set('a', 1);
  await until(() => first.socketClosed);
  expect(first.socketClosed).toBe(closeCodes.restarting);
  relay.beforeSave = () => Promise.resolve();
  const again = open(cast.codeUser, name);
  await again.synced();
  expect(again.marks.get('a')).toBe(1);
  again.marks.set('b', 2);
  await again.acknowledged();
  expect(relay.savedDocuments.has(name)).toBe(true);
});

test('F67 marks are there for a reader who comes after everybody has left', async () => {
  const first = open(cast.employee, screenshotDocument(screenshotId));
  await first.synced();
  first.marks.set('a', 1);
  await first.acknowledged();
  first.close();
  const later = open(cast.codeUser, screenshotDocument(screenshotId));
  await later.synced();
  expect(later.marks.get('a')).toBe(1);
});

test('T17 T16 a hidden document and one that never was are refused alike', async () => {
  const hidden = screenshotDocument(screenshotId);
  const refused = [
    open(cast.stranger, hidden),
    open(cast.otherDeviceUser, hidden),
    open(cast.employee, screenshotDocument(newId())),
    open(cast.employee, callDocument(newId())),
    open(cast.employee, `screenshot:${'x'.repeat(10)}`),
    open(cast.employee, 'constructor:x'),
  ];
  for (const client of refused) {
    await until(() => client.denied);
    expect(client.denied).toBe('not-found');
    expect(client.provider.isSynced).toBe(false);
  }
});

test('F55 whoever may not draw reads the drawings of a call and changes nothing', async () => {
  const callId = relay.startCall(sessionId, cast.codeUser, cast.employee);
  const name = callDocument(callId);
  const drawer = open(cast.codeUser, name);
  const onlooker = open(cast.onlooker, name);
  await Promise.all([drawer.synced(), onlooker.synced()]);
  expect([drawer.scope, onlooker.scope]).toEqual(['read-write', 'readonly']);
  onlooker.marks.set('forbidden', 1);
  drawer.marks.set('stroke', 1);
  await until(() => onlooker.marks.has('stroke'));
  await drawer.acknowledged();
  expect(drawer.marks.has('forbidden')).toBe(false);
  expect(onlooker.provider.hasUnsyncedChanges).toBe(true);
});

test('T31 rights are asked at every message: after the call ends its drawings are read-only', async () => {
  const callId = relay.startCall(sessionId, cast.codeUser, cast.employee);
  const drawer = open(cast.codeUser, callDocument(callId));
  const other = open(cast.employee, callDocument(callId));
  await Promise.all([drawer.synced(), other.synced()]);
  drawer.marks.set('during', 1);
  await until(() => other.marks.has('during'));
  relay.must(sessionId, cast.employee, { type: 'call.leave', payload: { callId } });
  drawer.marks.set('after', 1);
  await drawer.provider.sendToken();
  const late = open(cast.employee, callDocument(callId));
  await late.synced();
  expect([late.marks.has('during'), late.marks.has('after')]).toEqual([true, false]);
});

test('T31 in the next call the drawings of the last one are read-only', async () => {
  const first = relay.startCall(sessionId, cast.codeUser, cast.employee);
  relay.must(sessionId, cast.employee, { type: 'call.leave', payload: { callId: first } });
  relay.must(sessionId, cast.employee, { type: 'session.reopen', payload: {} });
  const second = relay.startCall(sessionId, cast.codeUser, cast.employee);
  const [past, present] = [
    open(cast.employee, callDocument(first)),
    open(cast.employee, callDocument(second)),
  ];
  await Promise.all([past.synced(), present.synced()]);
  expect([past.scope, present.scope]).toEqual(['readonly', 'read-write']);
});

test('T31 C16 a closed session is read, not marked', async () => {
  const client = open(cast.employee, screenshotDocument(screenshotId));
  await client.synced();
  relay.must(sessionId, cast.employee, { type: 'session.cancel', payload: { reason: '' } });
  client.marks.set('late', 1);
  const reader = open(cast.codeUser, screenshotDocument(screenshotId));
  await reader.synced();
  expect(reader.scope).toBe('readonly');
  expect(reader.marks.size).toBe(0);
});

test('T15 a session that becomes internal ends the code user’s documents; nothing reaches them after', async () => {
  const mine = open(cast.codeUser, screenshotDocument(screenshotId));
  const staff = open(cast.employee, screenshotDocument(screenshotId));
  await Promise.all([mine.synced(), staff.synced()]);
  relay.must(sessionId, cast.employee, {
    type: 'session.set-visibility',
    payload: { visibility: 'internal' },
  });
  await until(() => mine.closedBecause);
  expect(mine.closedBecause).toBe('not-found');
  staff.marks.set('secret', 1);
  await staff.acknowledged();
  expect(mine.marks.has('secret')).toBe(false);
  const again = open(cast.codeUser, screenshotDocument(screenshotId));
  await until(() => again.denied);
  expect(again.denied).toBe('not-found');
});

test('T12 signing out ends the socket', async () => {
  const signInId = relay.signIn(cast.employee);
  const client = open(cast.employee, screenshotDocument(screenshotId), signInId);
  await client.synced();
  relay.signOut(signInId);
  await until(() => client.socketClosed);
  expect(client.socketClosed).toBe(closeCodes.signedOut);
});

test('T32 who is there comes from the sign-in, not from what a client says', async () => {
  const one = open(cast.codeUser, screenshotDocument(screenshotId));
  const other = open(cast.employee, screenshotDocument(screenshotId));
  await Promise.all([one.synced(), other.synced()]);
  one.provider.setAwarenessField('user', { name: 'The boss', id: cast.employee.id, color: '#123456' });
  one.provider.setAwarenessField('pointer', { x: 0.5, y: 0.25 });
  const seen = await until(() => {
    const state = other.provider.awareness?.getStates().get(one.doc.clientID);
    return state?.pointer && state;
  });
  expect(seen).toEqual({
    user: { id: cast.codeUser.id, kind: 'codeUser', name: 'Otto', color: '#123456' },
    pointer: { x: 0.5, y: 0.25 },
  });
});

test('T15 a document that was hidden and is shown again opens again on the same socket', async () => {
  const mine = open(cast.codeUser, screenshotDocument(screenshotId));
  await mine.synced();
  const show = (visibility: 'public' | 'internal') =>
    relay.must(sessionId, cast.employee, { type: 'session.set-visibility', payload: { visibility } });
  for (let round = 0; round < 3; round += 1) {
    show('internal');
    await until(() => !mine.provider.isSynced);
    show('public');
    mine.provider.detach();
    mine.provider.attach();
    await mine.synced();
    mine.marks.set(`round ${round}`, 1);
    await mine.acknowledged();
  }
  expect(mine.socketClosed).toBeUndefined();
});

test('T32 what a client heard of others elsewhere does not pass as its own', async () => {
  const one = open(cast.codeUser, screenshotDocument(screenshotId));
  const other = open(cast.employee, screenshotDocument(screenshotId));
  await Promise.all([one.synced(), other.synced()]);
  const heard = new Awareness(new Doc());
  heard.setLocalState({ user: { name: 'The boss' } });
  const { awareness } = one.provider;
  if (!awareness) throw new Error('no awareness');
  applyAwarenessUpdate(awareness, encodeAwarenessUpdate(heard, [heard.clientID]), 'elsewhere');
  one.provider.setAwarenessField('pointer', 1);
  await until(() => other.provider.awareness?.getStates().get(one.doc.clientID)?.pointer);
  expect(other.provider.awareness?.getStates().has(heard.clientID)).toBe(false);
  heard.destroy();
});
