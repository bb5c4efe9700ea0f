import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  CallId,
  CommandId,
  DeviceId,
  EmployeeId,
  GuestId,
  OrganizationId,
  SessionId,
  TicketId,
} from '#domain/ids.ts';
import { defaultSettings, freezeSettings } from '#domain/organization/settings.ts';
import { verifyChain } from '#domain/protocol/hash-chain.ts';
import { sha256Hex } from '../../signal/secrets.ts';
import type { AppendEntry, NewEvent, RelayStorage, StreamScope } from '../../signal/storage/relay-storage.ts';
import { newId } from '../harness/relay-harness.ts';

const organizationId = newId<OrganizationId>();
const deviceId = newId<DeviceId>();

const opened = (seq: number, commandId?: CommandId): NewEvent => ({
  type: 'session.requested',
  payload: {
    organizationId,
    device: { id: deviceId, name: 'Pump' },
    reason: 'It drips — tröpfelt 💧',
    ticketIds: [],
    settings: freezeSettings(defaultSettings),
    receivedBy: [],
  },
  seq,
  actor: { kind: 'codeUser', id: newId(), name: 'Paul' },
  atMs: 1_790_000_000_000,
  ...(commandId ? { commandId } : {}),
});

const chat = (seq: number): NewEvent => ({
  type: 'chat.sent',
  payload: { messageId: newId(), text: `message ${seq}` },
  seq,
  actor: { kind: 'relay' },
  atMs: 1_790_000_000_000 + seq,
});

function entry(
  streamId: SessionId,
  expectedSeq: number,
  events: NewEvent[],
  more: Partial<AppendEntry> = {},
) {
  const index = { kind: 'session' as const, organizationId, deviceId, deadlineAtMs: null, callLive: false };
  return { streamId, expectedSeq, events, commands: [], items: [], index, ...more };
}

/**
 * What every store behind the relay must do. `open` gives a store on data that stays between two openings, and `wipe`
 * removes them.
 */
export function describeRelayStorage(
  name: string,
  make: () => Promise<{ open(): Promise<RelayStorage>; wipe(): Promise<void> }>,
): void {
  describe(`relay storage: ${name}`, () => {
    let place: Awaited<ReturnType<typeof make>>;
    let store: RelayStorage;
    beforeEach(async () => {
      place = await make();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.wipe();
    });
    const reopen = async () => {
      await store.close();
      store = await place.open();
    };

    test('P21 keeps events as they were, with positions that grow', async () => {
      const [one, two] = [newId<SessionId>(), newId<SessionId>()];
      const first = await store.events.append([
        entry(one, 0, [opened(1), chat(2)]),
        entry(two, 0, [opened(1)]),
      ]);
      const second = await store.events.append([entry(one, 2, [chat(3)])]);
      if (!first.ok || !second.ok) throw new Error('refused');
      const positions = [...first.events.flat(), ...second.events.flat()].map((event) => event.position);
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
      expect(new Set(positions).size).toBe(4);
      expect(await store.events.read(one)).toEqual([...(first.events[0] ?? []), ...(second.events[0] ?? [])]);
      expect(await store.events.head()).toBe(positions.at(-1));
      await reopen();
      expect((await store.events.read(one)).map((event) => event.seq)).toEqual([1, 2, 3]);
      expect(await store.events.read(newId())).toEqual([]);
    });

    test('T13 refuses a batch that builds on another length of a log, as a whole', async () => {
      const [one, two] = [newId<SessionId>(), newId<SessionId>()];
      expect((await store.events.append([entry(one, 0, [opened(1)])])).ok).toBe(true);
      for (const expectedSeq of [0, 2]) {
        const batch = [entry(two, 0, [opened(1)]), entry(one, expectedSeq, [chat(expectedSeq + 1)])];
        expect(await store.events.append(batch)).toEqual({ ok: false, reason: 'conflict' });
      }
      expect(await store.events.read(two)).toEqual([]);
      expect((await store.events.read(one)).length).toBe(1);
    });

    test('T13 of many appends at once on one log exactly one is kept', async () => {
      const id = newId<SessionId>();
      await store.events.append([entry(id, 0, [opened(1)])]);
      const results = await Promise.all(
        Array.from({ length: 50 }, () => store.events.append([entry(id, 1, [chat(2)])])),
      );
      expect(results.filter((result) => result.ok).length).toBe(1);
      expect((await store.events.read(id)).length).toBe(2);
    });

    test('X8 keeps a command id once, also when it caused no event', async () => {
      const id = newId<SessionId>();
      const commandId = newId<CommandId>();
      const accepted = { commandId, personId: 'somebody', streamId: id, seq: 1 };
      const batch = (expectedSeq: number, events: NewEvent[]) => [
        entry(id, expectedSeq, events, { commands: [accepted] }),
      ];
      expect((await store.events.append(batch(0, [opened(1, commandId)]))).ok).toBe(true);
      expect(await store.events.append(batch(1, []))).toEqual({ ok: false, reason: 'conflict' });
      const silent = { ...accepted, commandId: newId<CommandId>() };
      expect((await store.events.append([entry(id, 1, [], { commands: [silent] })])).ok).toBe(true);
      await reopen();
      const found = await store.events.findCommands([commandId, newId(), silent.commandId]);
      expect(found.sort((a, b) => a.commandId.localeCompare(b.commandId))).toEqual(
        [accepted, silent].sort((a, b) => a.commandId.localeCompare(b.commandId)),
      );
      expect(await store.events.findCommands([])).toEqual([]);
    });

    test('T17 an item belongs to one session', async () => {
      const [one, two] = [newId<SessionId>(), newId<SessionId>()];
      const item = { kind: 'call' as const, id: newId<CallId>() };
      await store.events.append([entry(one, 0, [opened(1)], { items: [item] })]);
      expect((await store.events.append([entry(two, 0, [opened(1)], { items: [item] })])).ok).toBe(false);
      expect(await store.events.streamOf(item)).toBe(one);
      expect(await store.events.streamOf({ kind: 'screenshot', id: item.id })).toBeUndefined();
    });

    test('finds what has changed, for an organization and for one device', async () => {
      const ids = [newId<SessionId>(), newId<SessionId>(), newId<SessionId>()] as const;
      const other = {
        kind: 'session' as const,
        organizationId,
        deviceId: newId<DeviceId>(),
        deadlineAtMs: null,
        callLive: false,
      };
      const foreign = { ...other, organizationId: newId<OrganizationId>() };
      await store.events.append([entry(ids[0], 0, [opened(1)])]);
      const since = await store.events.head();
      await store.events.append([
        entry(ids[1], 0, [opened(1)], { index: other }),
        entry(ids[2], 0, [opened(1)], { index: foreign }),
        entry(ids[0], 1, [chat(2), chat(3)]),
      ]);
      const head = await store.events.head();
      const { changedStreams, windowEnd } = {
        changedStreams: store.events.changedStreams.bind(store.events),
        windowEnd: store.events.windowEnd.bind(store.events),
      };
      const kinds = ['session'] as const;
      const inAll = { organizationId, kinds };
      const changed = async (scope: StreamScope, after: number) =>
        (await changedStreams(scope, after, head)).map((one) => one.id).sort();
      expect(await changed(inAll, since)).toEqual([ids[0], ids[1]].sort());
      expect(await changed({ ...inAll, deviceId }, since)).toEqual([ids[0]]);
      expect(await changed({ organizationId, kinds: ['ticket', 'organization'] }, 0)).toEqual([]);
      expect(await changed(inAll, head)).toEqual([]);
      expect(await windowEnd(inAll, 0, 2)).toBe(since + 1);
      expect(await windowEnd(inAll, 0, 100)).toBe(head);
      expect(await windowEnd(inAll, head, 100)).toBeUndefined();
    });

    test('names the sessions in which something is due', async () => {
      const [due, live, quiet] = [newId<SessionId>(), newId<SessionId>(), newId<SessionId>()];
      const index = {
        kind: 'session' as const,
        organizationId,
        deviceId,
        deadlineAtMs: null,
        callLive: false,
      };
      await store.events.append([
        entry(due, 0, [opened(1)], { index: { ...index, deadlineAtMs: 1_790_000_600_000 } }),
        entry(live, 0, [opened(1)], { index: { ...index, callLive: true } }),
        entry(quiet, 0, [opened(1)]),
      ]);
      expect((await store.events.unsettled()).sort()).toEqual([due, live].sort());
      await store.events.append([entry(due, 1, [chat(2)]), entry(live, 1, [chat(2)])]);
      expect(await store.events.unsettled()).toEqual([]);
    });

    test('epoch and key are made once with the store', async () => {
      const { epoch, secretKey } = store;
      expect(epoch.length).toBe(22);
      await reopen();
      expect([store.epoch, store.secretKey]).toEqual([epoch, secretKey]);
    });

    test('T55 P96 chains what it keeps, and a tampered stream does not hold', async () => {
      const id = newId<SessionId>();
      await store.events.append([entry(id, 0, [opened(1), chat(2)])]);
      await store.events.append([entry(id, 2, [chat(3)])]);
      await reopen();
      const chain = await store.events.chain(id);
      expect(verifyChain(chain, sha256Hex)).toEqual({ ok: true, head: chain[2]?.hash });
      const altered = chain.map((one) => (one.seq === 2 ? { ...one, payload: { text: 'else' } } : one));
      expect(verifyChain(altered, sha256Hex)).toEqual({ ok: false, seq: 2 });
      expect(verifyChain(chain.slice(1), sha256Hex)).toMatchObject({ ok: false });
    });

    test('T56 P95 what is erased is gone for good: content, files, documents; its id stays taken', async () => {
      const id = newId<SessionId>();
      await store.events.append([entry(id, 0, [opened(1), chat(2)])]);
      const head = await store.events.head();
      await store.documents.save('call:z', id, new Uint8Array([1]));
      const facts = {
        sessionId: id,
        itemId: newId(),
        sha256: 'a'.repeat(64),
        bytes: 3,
        mediaType: 'image/png',
      };
      await store.blobs.insert({ ...facts, fileName: 'file-1' });
      const erased = await store.events.erase(id, 5, { id });
      expect(erased?.fileNames).toEqual(['file-1']);
      expect(erased?.position).toBeGreaterThan(head);
      expect(await store.events.erase(id, 6, null)).toBeUndefined();
      expect(await store.events.erase(newId(), 6, null)).toBeUndefined();
      await reopen();
      expect(await store.events.read(id)).toEqual([]);
      expect(await store.events.isErased(id)).toBe(true);
      expect(await store.documents.load('call:z')).toBeUndefined();
      expect(await store.blobs.find(id, facts.itemId)).toBeUndefined();
      // Neither does what comes late.
      await store.documents.save('call:z', id, new Uint8Array([1]));
      await store.blobs.insert({ ...facts, fileName: 'file-1' });
      expect(await store.documents.load('call:z')).toBeUndefined();
      expect(await store.blobs.find(id, facts.itemId)).toBeUndefined();
      for (const expectedSeq of [0, 2, 3])
        expect((await store.events.append([entry(id, expectedSeq, [opened(expectedSeq + 1)])])).ok).toBe(
          false,
        );
      const scope = { organizationId, kinds: ['session'] as const };
      expect(await store.events.changedStreams(scope, head, erased?.position ?? 0)).toEqual([
        { id, erased: true },
      ]);
    });

    test('finds open tickets and the last number of an organization', async () => {
      const open = async (number: number, isOpen: boolean) => {
        const ticket = { number, title: `Ticket ${number}`, open: isOpen };
        const index = {
          kind: 'ticket' as const,
          organizationId,
          deviceId,
          deadlineAtMs: null,
          callLive: false,
        };
        const items = [{ kind: 'ticket-number' as const, id: `${organizationId}:${number}` }];
        const body: NewEvent = {
          type: 'ticket.opened',
          payload: { organizationId, device: { id: deviceId, name: 'Pump' }, number, title: ticket.title },
          seq: 1,
          actor: { kind: 'relay' },
          atMs: 1,
        };
        const id = newId<TicketId>();
        return store.events.append([
          { ...entry(id as never, 0, [body], { items }), index: { ...index, ticket } },
        ]);
      };
      expect(await store.events.lastTicketNumber(organizationId)).toBe(0);
      expect((await open(1, true)).ok).toBe(true);
      expect((await open(2, false)).ok).toBe(true);
      expect((await open(3, true)).ok).toBe(true);
      expect((await open(3, true)).ok).toBe(false);
      expect((await store.events.openTickets(organizationId, 10)).map((one) => one.number)).toEqual([3, 1]);
      expect(await store.events.openTickets(newId(), 10)).toEqual([]);
      expect(await store.events.lastTicketNumber(organizationId)).toBe(3);
    });

    test('keeps secrets of people and devices', async () => {
      const { directory } = store;
      expect(await directory.isEmpty()).toBe(true);
      const credential = { employeeId: newId<EmployeeId>(), organizationId, passwordHash: 'hash' };
      const code = { id: newId(), organizationId, deviceId, codeHash: 'h' };
      await directory.putCredential(credential);
      await directory.putCredential({ ...credential, passwordHash: 'new' });
      await directory.putAccessCode(code);
      await reopen();
      const kept = store.directory;
      expect(await kept.credential(credential.employeeId)).toEqual({ ...credential, passwordHash: 'new' });
      expect(await kept.accessCode('h')).toEqual(code);
      expect(await kept.accessCode('H')).toBeUndefined();
      await kept.removeCredential(credential.employeeId);
      expect(await kept.credential(credential.employeeId)).toBeUndefined();
    });

    test('an invitation is taken once, and a new one ends the one before', async () => {
      const { directory } = store;
      const invitation = {
        id: newId(),
        organizationId,
        employeeId: newId<EmployeeId>(),
        tokenHash: 't1',
        expiresAtMs: 9_000_000_000_000,
      };
      await directory.putInvitation(invitation);
      const second = { ...invitation, id: newId(), tokenHash: 't2' };
      await directory.putInvitation(second);
      expect(await directory.invitation('t1')).toBeUndefined();
      expect(await directory.invitation('t2')).toEqual(second);
      const taken = await Promise.all([1, 2, 3, 4].map(() => directory.takeInvitation(second.id)));
      expect(taken.filter(Boolean).length).toBe(1);
      expect(await directory.invitation('t2')).toBeUndefined();
    });

    test('keeps passkeys: a credential is there once, and its counter is moved on by one alone', async () => {
      const { directory } = store;
      const employeeId = newId<EmployeeId>();
      const passkey = {
        id: newId(),
        organizationId,
        employeeId,
        credentialId: 'c',
        publicKey: 'AQ',
        counter: 4,
        transports: ['internal'],
        name: 'Laptop',
        createdAtMs: 1_700_000_000_000,
        lastUsedAtMs: null,
      };
      expect(await directory.putPasskey(passkey)).toBe(true);
      expect(await directory.putPasskey({ ...passkey, id: newId(), employeeId: newId() })).toBe(false);
      expect(await directory.passkeysOf(employeeId)).toEqual([passkey]);
      const used = { counter: 5, atMs: 1_700_000_000_001 };
      const uses = await Promise.all([1, 2, 3].map(() => directory.usePasskey(passkey.id, 4, used)));
      expect(uses.filter(Boolean).length).toBe(1);
      await reopen();
      const kept = store.directory;
      expect(await kept.passkey('c')).toEqual({ ...passkey, counter: 5, lastUsedAtMs: used.atMs });
      await kept.removePasskey(passkey.id);
      expect(await kept.passkey('c')).toBeUndefined();
      await kept.putPasskey(passkey);
      await kept.removePasskeysOf(employeeId);
      expect(await kept.passkeysOf(employeeId)).toEqual([]);
    });

    test('T18 keeps guests and their links', async () => {
      const { directory } = store;
      const sessionId = newId<SessionId>();
      const link = {
        id: newId(),
        organizationId,
        sessionId,
        tokenHash: 'g',
        sessionSeq: 3,
        expiresAtMs: 9_000_000_000_000,
      };
      const guest = { id: newId<GuestId>(), organizationId, sessionId, linkId: link.id, name: 'Gus' };
      await directory.putGuestLink(link);
      await directory.putGuest(guest);
      expect(await directory.guestLink('g')).toEqual(link);
      expect(await directory.guestLinkById(link.id)).toEqual(link);
      expect(await directory.guest(guest.id)).toEqual(guest);
      await directory.removeGuestLinks(sessionId);
      expect(await directory.guestLink('g')).toBeUndefined();
    });

    test('keeps sign-ins until they end', async () => {
      const { directory } = store;
      const signIn = {
        id: newId(),
        tokenHash: 't',
        kind: 'employee' as const,
        personId: 'p',
        codeId: null,
        expiresAtMs: 100,
      };
      const longer = { ...signIn, id: newId(), tokenHash: 'u', expiresAtMs: 5_000_000_000_000 };
      await directory.putSignIn(signIn);
      await directory.putSignIn(longer);
      expect(await directory.signInByToken('t')).toEqual(signIn);
      await directory.removeExpiredSignIns(100);
      expect(await directory.signIn(signIn.id)).toBeUndefined();
      expect(await directory.signInsOf('p')).toEqual([longer]);
      await directory.removeSignIn(longer.id);
      expect(await directory.signInByToken('u')).toBeUndefined();
    });

    test('T45 a token on offer takes the place of the one before, which is remembered as retired', async () => {
      const { directory } = store;
      const signIn = {
        id: newId(),
        tokenHash: 'first',
        kind: 'employee' as const,
        personId: 'p',
        codeId: null,
        expiresAtMs: 5_000_000_000_000,
      };
      await directory.putSignIn(signIn);
      expect(await directory.lastRotation(signIn.id)).toBeUndefined();
      await directory.offerToken(signIn.id, 'second');
      await directory.offerToken(signIn.id, 'spare');
      expect(await directory.rotatedToken('second')).toEqual({ signInId: signIn.id, retiredAtMs: null });
      await Promise.all([1, 2].map((at) => directory.promoteToken(signIn.id, 'second', at)));
      await reopen();
      const kept = store.directory;
      expect(await kept.signInByToken('first')).toBeUndefined();
      expect(await kept.signInByToken('second')).toEqual({ ...signIn, tokenHash: 'second' });
      for (const token of ['first', 'spare'])
        expect(await kept.rotatedToken(token)).toEqual({ signInId: signIn.id, retiredAtMs: 1 });
      expect(await kept.lastRotation(signIn.id)).toBe(1);
      await kept.removeSignIn(signIn.id);
      expect(await kept.rotatedToken('first')).toBeUndefined();
    });

    test('keeps documents, blobs and uploads', async () => {
      const sessionId = newId<SessionId>();
      const state = new Uint8Array([0, 1, 255]);
      await store.documents.save('call:x', sessionId, new Uint8Array([9]));
      await store.documents.save('call:x', sessionId, state);
      expect(await store.documents.load('call:x')).toEqual(state);
      expect(await store.documents.load('call:y')).toBeUndefined();
      const facts = { sessionId, itemId: newId(), sha256: 'a'.repeat(64), bytes: 3, mediaType: 'image/png' };
      const blob = { ...facts, fileName: 'f' };
      await store.blobs.insert(blob);
      expect(await store.blobs.find(sessionId, facts.itemId)).toEqual(blob);
      expect(await store.blobs.find(newId(), facts.itemId)).toBeUndefined();
      const upload = { ...facts, uploadId: newId(), ownerId: newId(), signInId: newId() };
      await store.uploads.insert(upload);
      expect(await store.uploads.find(upload.uploadId)).toEqual(upload);
      await store.uploads.remove(upload.uploadId);
      expect(await store.uploads.find(upload.uploadId)).toBeUndefined();
    });
  });
}
