import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { OrganizationId, SessionId, TicketId } from '#domain/ids.ts';
import { foldOrganization } from '#domain/organization/fold.ts';
import { verifyChain } from '#domain/protocol/hash-chain.ts';
import { isOrganizationEvent, isTicketEvent } from '#domain/protocol/streams.ts';
import { defaultSettings, freezeSettings } from '#domain/organization/settings.ts';
import { sha256Hex } from '../../signal/secrets.ts';
import { databaseFileName, openSqlite } from '../../signal/storage/sqlite/open-sqlite.ts';
import { firstSchema } from './first-schema.ts';
import { newId, tempDir } from '../harness/relay-harness.ts';

test('P51 X33 a database of the first schema becomes streams, with everything that was in it', async () => {
  const dataDir = tempDir();
  const [of, pump, press] = [newId<OrganizationId>(), newId(), newId()];
  const [erika, ada, user, session, ticket] = [
    newId(),
    newId(),
    newId(),
    newId<SessionId>(),
    newId<TicketId>(),
  ];
  const old = new Database(join(dataDir, databaseFileName));
  for (const statement of firstSchema) old.exec(statement);
  const put = (text: string, ...values: unknown[]) => old.prepare(text).run(...values);
  put('insert into organizations values (?, ?, ?)', of, 'Service', JSON.stringify({ allowRequests: false }));
  put('insert into devices values (?, ?, ?, ?, ?, ?)', pump, of, 'Pump', 'Hall', 'hash-1', 1);
  put('insert into devices values (?, ?, ?, ?, ?, ?)', press, of, 'Press', '', 'hash-2', 0);
  put(
    'insert into employees values (?, ?, ?, ?, ?, ?, ?, ?)',
    erika,
    of,
    'Erika',
    'e@x.example',
    'pw',
    'employee',
    0,
    3,
  );
  put(
    'insert into employees values (?, ?, ?, ?, ?, ?, ?, ?)',
    ada,
    of,
    'Ada',
    'a@x.example',
    'pw2',
    'administrator',
    1,
    0,
  );
  put('insert into responsibilities values (?, ?)', erika, pump);
  put('insert into tickets values (?, ?, ?, ?, ?, ?)', ticket, of, pump, 1042, 'Drips', 1);
  put('insert into code_users values (?, ?, ?, ?)', user, of, pump, 'Paul');
  put('insert into sign_ins values (?, ?, ?, ?, ?)', 'sign-in', 'token', 'codeUser', user, 9e12);
  put('insert into sessions values (?, ?, ?, ?, ?, ?)', session, of, pump, 1, null, 0);
  const opened = {
    organizationId: of,
    device: { id: pump, name: 'Pump' },
    reason: 'It drips',
    ticketIds: [],
    settings: freezeSettings(defaultSettings),
    receivedBy: [],
  };
  put(
    `insert into events (stream_id, seq, organization_id, device_id, type, payload, actor, at_ms)
      values (?, 1, ?, ?, 'session.requested', ?, '{"kind":"relay"}', 5)`,
    session,
    of,
    pump,
    JSON.stringify(opened),
  );
  old.close();

  const store = await openSqlite(dataDir);
  const organization = foldOrganization((await store.events.read(of)).filter(isOrganizationEvent));
  expect(organization).toMatchObject({
    name: 'Service',
    settings: { allowRequests: false, directCall: false },
    devices: [
      { id: pump, name: 'Pump', code: { state: 'active' } },
      { id: press, name: 'Press', code: { state: 'revoked' } },
    ],
    employees: [
      { id: erika, email: 'e@x.example', role: 'employee', responsibleFor: [pump], state: 'active' },
      { id: ada, role: 'administrator', responsibleFor: 'all' },
    ],
  });
  expect((await store.directory.credential(erika))?.passwordHash).toBe('pw');
  const code = await store.directory.accessCode('hash-1');
  expect(code).toMatchObject({ deviceId: pump, id: organization?.devices[0]?.code?.id });
  expect((await store.directory.signIn('sign-in'))?.codeId).toBe(code?.id);
  expect((await store.directory.codeUser(user))?.name).toBe('Paul');
  expect((await store.events.read(ticket)).filter(isTicketEvent)[0]?.payload).toMatchObject({ number: 1042 });
  expect(await store.events.lastTicketNumber(of)).toBe(1042);
  expect(await store.events.streamOf({ kind: 'email', id: 'a@x.example' })).toBe(of);
  expect((await store.events.read(session))[0]?.payload).toMatchObject({ reason: 'It drips' });
  for (const id of [of, ticket, session])
    expect(verifyChain(await store.events.chain(id), sha256Hex).ok).toBe(true);
  await store.close();
  const check = new Database(join(dataDir, databaseFileName));
  expect(check.pragma('foreign_key_check')).toEqual([]);
  expect(check.pragma('integrity_check', { simple: true })).toBe('ok');
  check.close();
  await rm(dataDir, { recursive: true, force: true });
});
