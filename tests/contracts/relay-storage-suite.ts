import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  CallId,
  CommandId,
  DeviceId,
  EmployeeId,
  OrganizationId,
  SessionId,
  TicketId,
} from '#domain/ids.ts';
import { defaultSettings, freezeSettings } from '#domain/organization/settings.ts';
import type { AppendEntry, NewEvent, RelayStorage } from '../../signal/storage/relay-storage.ts';
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
  const index = { organizationId, deviceId, deadlineAtMs: null, callLive: false };
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

    test('keeps events as they were, with positions that grow', async () => {
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
      expect(await store.events.sessionOf(item)).toBe(one);
      expect(await store.events.sessionOf({ kind: 'screenshot', id: item.id })).toBeUndefined();
    });

    test('finds what has changed, for an organization and for one device', async () => {
      const ids = [newId<SessionId>(), newId<SessionId>(), newId<SessionId>()] as const;
      const other = { organizationId, deviceId: newId<DeviceId>(), deadlineAtMs: null, callLive: false };
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
      expect((await changedStreams({ organizationId }, since, head)).sort()).toEqual([ids[0], ids[1]].sort());
      expect(await changedStreams({ organizationId, deviceId }, since, head)).toEqual([ids[0]]);
      expect(await changedStreams({ organizationId }, head, head)).toEqual([]);
      expect(await windowEnd({ organizationId }, 0, 2)).toBe(since + 1);
      expect(await windowEnd({ organizationId }, 0, 100)).toBe(head);
      expect(await windowEnd({ organizationId }, head, 100)).toBeUndefined();
    });

    test('names the sessions in which something is due', async () => {
      const [due, live, quiet] = [newId<SessionId>(), newId<SessionId>(), newId<SessionId>()];
      const index = { organizationId, deviceId, deadlineAtMs: null, callLive: false };
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

    test('keeps the directory', async () => {
      const { directory } = store;
      expect(await directory.isEmpty()).toBe(true);
      const organization = { id: organizationId, name: 'Service', settings: defaultSettings };
      const device = {
        id: deviceId,
        organizationId,
        name: 'Pump',
        location: '',
        codeHash: 'h',
        codeEnabled: true,
      };
      const employee = {
        id: newId<EmployeeId>(),
        organizationId,
        name: 'Erika',
        email: 'erika@x.example',
        passwordHash: 'hash',
        role: 'employee' as const,
        responsibleFor: [deviceId],
        rightsRevision: 0,
      };
      const ticket = {
        id: newId<TicketId>(),
        organizationId,
        deviceId,
        number: 1,
        title: 'Drips',
        open: true,
      };
      await directory.putOrganization(organization);
      await directory.putDevice(device);
      await directory.putEmployee(employee);
      await directory.putTicket(ticket);
      await reopen();
      const kept = store.directory;
      expect(await kept.isEmpty()).toBe(false);
      expect(await kept.organization(organizationId)).toEqual(organization);
      expect(await kept.deviceByCode('h')).toEqual(device);
      expect(await kept.deviceByCode('H')).toBeUndefined();
      expect(await kept.employeeByEmail('erika@x.example')).toEqual(employee);
      expect(await kept.tickets(organizationId)).toEqual([ticket]);
      expect(await kept.tickets(newId())).toEqual([]);
      const all = { ...employee, responsibleFor: 'all' as const, role: 'administrator' as const };
      await kept.putEmployee(all);
      expect(await kept.employees(organizationId)).toEqual([all]);
    });

    test('keeps sign-ins until they end', async () => {
      const { directory } = store;
      const signIn = {
        id: newId(),
        tokenHash: 't',
        kind: 'employee' as const,
        personId: 'p',
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
