import Dexie from 'dexie';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CommandId, ItemId } from '#domain/ids.ts';
import type { Organization } from '#domain/organization/organization.ts';
import type { StreamCommand } from '#domain/protocol/streams.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';
import { organizationId, OrganizationStream } from '../harness/domain/organization.ts';
import { idOf, Log, people, say, sessionId } from '../harness/domain/sessions.ts';
import { openTicket, send, sendFile, ticketId, TicketStream } from '../harness/domain/tickets.ts';
import type { BlobItem } from '../../src/lib/storage/blob-store.ts';
import { openDexiePersonStore } from '../../src/lib/storage/open-dexie.ts';
import { personDatabaseName, type PersonStore } from '../../src/lib/storage/person-store.ts';
import { freshIndexedDb, newest, nobody, personStores } from './stores.ts';

const epoch = 'first';
const aTicket = () => new TicketStream().must(people.opener, openTicket, send('one'), sendFile('file'));

function blob(name: string, state: BlobItem['state'], more: Partial<BlobItem> = {}): BlobItem {
  return {
    itemId: idOf<ItemId>(name),
    kind: 'ticket-file',
    streamId: ticketId,
    sha256: 'a'.repeat(64),
    mediaType: 'image/png',
    bytes: 3,
    state,
    progress: 0,
    atMs: 1,
    ...more,
  };
}

const command = (name: string, body: object): StreamCommand =>
  ({ id: idOf<CommandId>(name), streamId: ticketId, baseSeq: 0, clientAtMs: 1, ...body }) as StreamCommand;

async function filled(open: () => Promise<PersonStore>) {
  const store = await open();
  await store.replica.reset(epoch);
  const session = new Log().must(people.opener, say.request());
  const ticket = aTicket();
  const organization = new OrganizationStream();
  // As the relay sends them: mixed, by position.
  const events = [...ticket.events, ...session.events, ...organization.events];
  const applied = await store.replica.apply({ epoch, events, position: 40 });
  return { store, applied, session, ticket, organization };
}

describe.each(personStores)('streams of all kinds in %s', (_name, open) => {
  it('X9 one batch may hold events of all kinds; each is folded beside the others', async () => {
    const { store, applied, session, ticket, organization } = await filled(open);
    expect(applied.ok && new Set(applied.value)).toEqual(new Set([ticketId, sessionId, organizationId]));
    expect(await store.replica.get('session', sessionId)).toEqual(session.current);
    expect(await store.replica.get('ticket', ticketId)).toEqual(ticket.current);
    expect(await store.replica.get('organization', organizationId)).toEqual(organization.current);
    expect(await store.replica.log(ticketId)).toEqual(ticket.events);
    // Nothing of one kind is found among another.
    expect(await store.replica.get('session', ticketId)).toBeUndefined();
    expect(await store.replica.get('ticket', organizationId)).toBeUndefined();
    store.close();
  });

  it('X9 a gap in a ticket refuses the batch whole, sessions too', async () => {
    const store = await open();
    await store.replica.reset(epoch);
    const events = [...new Log().must(people.opener, say.request()).events, ...aTicket().events.slice(1)];
    const outcome = await store.replica.apply({ epoch, events, position: 5 });
    expect(outcome).toEqual({ ok: false, reason: 'malformed' });
    expect(await store.replica.get('session', sessionId)).toBeUndefined();
    store.close();
  });

  it('B22 who follows one kind hears of that one, and of what leaves', async () => {
    const { store, ticket } = await filled(open);
    const tickets = new Map<string, Ticket>();
    const organizations: Organization[] = [];
    const stop = [
      store.replica.watch('ticket', ({ changed, gone }) => {
        for (const one of changed) tickets.set(one.id, one);
        for (const id of gone) tickets.delete(id);
      }),
      store.replica.watch('organization', ({ changed }) => organizations.push(...changed)),
    ];
    const watched = newest<unknown>((listener) => store.replica.watch('ticket', listener));
    await watched.until('the ticket', () => tickets.get(ticketId)?.seq === ticket.current.seq);
    ticket.must(people.assigned, send('two'));
    await store.replica.apply({ epoch, events: ticket.events, position: 41 });
    await watched.until('its message', () => tickets.get(ticketId)?.messages.length === 3);
    await store.replica.purge(ticketId, 42);
    await watched.until('its leaving', () => tickets.size === 0);
    expect(organizations.length).toBeLessThanOrEqual(1);
    for (const one of stop) one();
    watched.stop();
    store.close();
  });

  it('T15 purging a ticket leaves nothing of it but a file that the relay has not got yet', async () => {
    const { store } = await filled(open);
    await store.blobs.put(blob('file', 'verified'), new Uint8Array([1, 2, 3]).buffer);
    await store.blobs.put(blob('waiting', 'here'), new Uint8Array([4]).buffer);
    await store.uploadUrls.add({ key: 'f:0', fingerprint: idOf('file'), upload: {} });
    await store.outbox.add(command('sent', send('two')), 1);
    await store.outbox.accept([{ id: idOf('sent'), seq: 9 }]);
    await store.seen.mark([`${ticketId}:message:1`, 'another']);
    await store.replica.purge(ticketId, 41);
    expect(await store.replica.get('ticket', ticketId)).toBeUndefined();
    expect(await store.replica.log(ticketId)).toEqual([]);
    expect((await store.blobs.all()).map((item) => item.itemId)).toEqual([idOf('waiting')]);
    expect(await store.blobs.bytes(idOf<ItemId>('file'))).toBeUndefined();
    expect(await store.uploadUrls.find()).toEqual([]);
    expect(await store.outbox.all()).toEqual([]);
    const seen = newest<ReadonlySet<string>>(store.seen.watch);
    await seen.until('what was seen', () => true);
    expect([...(seen.value() ?? [])]).toEqual(['another']);
    seen.stop();
    // Others stay.
    expect(await store.replica.get('session', sessionId)).toBeDefined();
    store.close();
  });

  it('F68 T56 what was here before a reset and does not come again is named, with its documents', async () => {
    const { store, ticket } = await filled(open);
    await store.replica.reset('second');
    expect((await store.replica.leftBehind()).map((gone) => gone.streamId).sort()).toEqual(
      [sessionId, ticketId].sort(),
    );
    await store.replica.apply({ epoch: 'second', events: ticket.events, position: 3 });
    expect(await store.replica.leftBehind()).toEqual([{ streamId: sessionId, documents: [] }]);
    // Broken off and begun anew: nothing is lost of the list.
    await store.replica.reset('third');
    expect((await store.replica.leftBehind()).map((gone) => gone.streamId)).toContain(sessionId);
    await store.replica.clearLeftBehind();
    expect(await store.replica.leftBehind()).toEqual([]);
    store.close();
  });

  it('what an employee does to the organization is done when accepted: no event of it comes to them', async () => {
    const store = await open();
    await store.replica.reset(epoch);
    const add = {
      type: 'customer.add',
      payload: { customerId: idOf('customer'), name: 'Meyer', contact: '' },
    };
    await store.outbox.add({ ...command('customer', add), streamId: organizationId } as StreamCommand, 1);
    await store.outbox.accept([{ id: idOf('customer'), seq: 77 }]);
    expect(await store.outbox.all()).toEqual([]);
    store.close();
  });
});

describe('schema', () => {
  beforeEach(() => freshIndexedDb());

  it('X33 a store of the version before opens: its pictures are known as screenshots, its logs are kept', async () => {
    const person = { organizationId: 'ours', subjectId: 'me' };
    const before = new Dexie(personDatabaseName(person));
    before.version(1).stores({
      events: '[streamId+seq], streamId',
      sessions: 'id, status, updatedAtMs, deviceId, change',
      commands: '++order, &id, state, streamId',
      blobs: 'itemId, sessionId, state',
      blobBytes: 'itemId',
      uploadUrls: 'key, fingerprint',
      seen: 'id',
      meta: 'key',
    });
    const log = new Log().must(people.opener, say.request());
    const { kind: _kind, streamId: _streamId, ...old } = blob('shot', 'here');
    await before.table('events').bulkPut(log.events);
    await before.table('sessions').put({ id: sessionId, status: 'REQUESTED', change: 1, session: {} });
    await before.table('blobs').put({ ...old, sessionId });
    await before.table('meta').bulkPut([
      { key: 'foldVersion', value: 1 },
      { key: 'epoch', value: epoch },
      { key: 'position', value: 9 },
    ]);
    before.close();
    const { store } = await openDexiePersonStore(() => 1)(person, nobody);
    expect(store.durable).toBe(true);
    expect(await store.blobs.all()).toEqual([
      blob('shot', 'here', { kind: 'screenshot', streamId: sessionId }),
    ]);
    // Folded anew: what another version of the fold had made is not trusted.
    expect(await store.replica.get('session', sessionId)).toEqual(log.current);
    expect(await store.replica.position()).toEqual({ epoch, position: 9 });
    store.close();
  });
});
