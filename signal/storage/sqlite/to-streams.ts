import { sql, type Transaction } from 'kysely';
import type { OrganizationEventBody } from '#domain/organization/events.ts';
import { chainHash } from '#domain/protocol/hash-chain.ts';
import type { TicketEventBody } from '#domain/ticket/events.ts';
import { newId, sha256Hex } from '../../secrets.ts';
import type { Schema } from './schema.ts';

/**
 * The second schema: streams of several kinds in place of sessions alone. Organizations, people, devices and tickets,
 * rows until then, become events; only their secrets stay in tables.
 */
export async function toStreams(database: Transaction<Schema>): Promise<void> {
  await createTables(database);
  await copyEvents(database);
  await chainUp(database);
  await rowsToEvents(database);
  await dropOld(database);
}

async function createTables(database: Transaction<Schema>): Promise<void> {
  for (const statement of [
    `create table streams (
      id text primary key, kind text not null, organization_id text not null, device_id text not null,
      seq integer not null, head_hash text not null, erased_at_ms bigint, summary text,
      deadline_at_ms bigint, call_live integer not null)`,
    `create table stream_items (kind text not null, id text not null, stream_id text not null, primary key (kind, id))`,
    `create table stream_events (
      position integer primary key autoincrement, stream_id text not null, seq integer not null, kind text not null,
      organization_id text not null, device_id text not null, command_id text, type text not null,
      payload text not null, actor text not null, at_ms bigint not null, hash text not null,
      unique (stream_id, seq))`,
    `create table credentials (
      employee_id text primary key, organization_id text not null, password_hash text not null)`,
    `create table access_codes (
      id text primary key, organization_id text not null, device_id text not null, code_hash text not null unique)`,
    `create table invitations (
      id text primary key, organization_id text not null, employee_id text not null,
      token_hash text not null unique, expires_at_ms bigint not null)`,
    `create table guest_links (
      id text primary key, organization_id text not null, session_id text not null,
      token_hash text not null unique, session_seq integer not null, expires_at_ms bigint not null)`,
    `create table guests (
      id text primary key, organization_id text not null, session_id text not null, link_id text not null,
      name text not null)`,
    `create table ticket_index (
      id text primary key, organization_id text not null, device_id text not null, number integer not null,
      title text not null, open integer not null)`,
    `create table people_by_code (
      id text primary key, organization_id text not null, device_id text not null, name text not null)`,
    `alter table sign_ins add column code_id text`,
  ])
    await sql.raw(statement).execute(database);
}

async function copyEvents(database: Transaction<Schema>): Promise<void> {
  for (const statement of [
    `insert into streams (id, kind, organization_id, device_id, seq, head_hash, deadline_at_ms, call_live)
      select id, 'session', organization_id, device_id, seq, '', deadline_at_ms, call_live from sessions`,
    `insert into stream_items select kind, id, stream_id from session_items`,
    `insert into stream_events
      (position, stream_id, seq, kind, organization_id, device_id, command_id, type, payload, actor, at_ms, hash)
      select position, stream_id, seq, 'session', organization_id, device_id, command_id, type, payload, actor, at_ms, ''
      from events`,
    `insert into people_by_code select id, organization_id, device_id, name from code_users`,
  ])
    await sql.raw(statement).execute(database);
}

interface EventRow {
  position: number;
  stream_id: string;
  seq: number;
  command_id: string | null;
  type: string;
  payload: string;
  actor: string;
  at_ms: number;
}

/** Chains what was written before there were chains. */
async function chainUp(database: Transaction<Schema>): Promise<void> {
  const { rows } = await sql<EventRow>`select * from stream_events order by stream_id, seq`.execute(database);
  let hash = '';
  for (const row of rows) {
    const facts = {
      streamId: row.stream_id,
      seq: row.seq,
      type: row.type,
      payload: JSON.parse(row.payload) as unknown,
      actor: JSON.parse(row.actor) as unknown,
      atMs: row.at_ms,
      commandId: row.command_id ?? undefined,
    };
    hash = chainHash(row.seq === 1 ? '' : hash, facts, sha256Hex);
    await sql`update stream_events set hash = ${hash} where position = ${row.position}`.execute(database);
    await sql`update streams set head_hash = ${hash} where id = ${row.stream_id}`.execute(database);
  }
}

interface OldOrganization {
  id: string;
  name: string;
  settings: string;
}
interface OldEmployee {
  id: string;
  name: string;
  email: string;
  password_hash: string;
  role: string;
  responsible_all: number;
}
interface OldDevice {
  id: string;
  name: string;
  location: string;
  code_hash: string;
  code_enabled: number;
}
interface OldTicket {
  id: string;
  device_id: string;
  number: number;
  title: string;
  open: number;
}

async function rowsToEvents(database: Transaction<Schema>): Promise<void> {
  const organizations = await sql<OldOrganization>`select * from organizations`.execute(database);
  for (const organization of organizations.rows) {
    const of = organization.id;
    const devices = await sql<OldDevice>`select * from devices where organization_id = ${of}`.execute(
      database,
    );
    const bodies: { type: string; payload: object }[] = [
      {
        type: 'organization.founded',
        payload: { name: organization.name, settings: JSON.parse(organization.settings) as object },
      },
    ];
    for (const device of devices.rows) bodies.push(...(await moveDevice(database, of, device)));
    const employees = await sql<OldEmployee>`select * from employees where organization_id = ${of}`.execute(
      database,
    );
    for (const employee of employees.rows) bodies.push(...(await moveEmployee(database, of, employee)));
    await write(database, { id: of, kind: 'organization', organizationId: of, deviceId: '' }, bodies);
    await moveTickets(database, of, devices.rows);
  }
}

async function moveDevice(
  database: Transaction<Schema>,
  organizationId: string,
  { id: deviceId, name, location, code_hash: codeHash, code_enabled: enabled }: OldDevice,
) {
  const codeId = newId();
  await sql`insert into access_codes values (${codeId}, ${organizationId}, ${deviceId}, ${codeHash})`.execute(
    database,
  );
  await sql`insert into stream_items values ('device', ${deviceId}, ${organizationId})`.execute(database);
  await sql`update sign_ins set code_id = ${codeId} where kind = 'codeUser' and person_id in
    (select id from code_users where device_id = ${deviceId})`.execute(database);
  const bodies = [
    { type: 'device.added', payload: { deviceId, name, location } },
    { type: 'device.code-rotated', payload: { deviceId, codeId } },
    { type: 'device.code-revoked', payload: { deviceId, codeId } },
  ] satisfies { type: OrganizationEventBody['type']; payload: object }[];
  return enabled === 1 ? bodies.slice(0, 2) : bodies;
}

async function moveEmployee(
  database: Transaction<Schema>,
  organizationId: string,
  { id: employeeId, name, email, role, responsible_all: all, password_hash: hash }: OldEmployee,
) {
  await sql`insert into credentials values (${employeeId}, ${organizationId}, ${hash})`.execute(database);
  await sql`insert into stream_items values ('employee', ${employeeId}, ${organizationId}),
    ('email', ${email}, ${organizationId})`.execute(database);
  const own = await sql<{ device_id: string }>`
    select device_id from responsibilities where employee_id = ${employeeId}`.execute(database);
  const responsibleFor = all === 1 ? 'all' : own.rows.map((row) => row.device_id);
  return [
    { type: 'employee.invited', payload: { employeeId, name, email, role, responsibleFor } },
    { type: 'employee.joined', payload: { employeeId } },
  ] satisfies { type: OrganizationEventBody['type']; payload: object }[];
}

async function moveTickets(
  database: Transaction<Schema>,
  organizationId: string,
  devices: OldDevice[],
): Promise<void> {
  const { rows } = await sql<OldTicket>`
    select * from tickets where organization_id = ${organizationId}`.execute(database);
  for (const { id, device_id: deviceId, number, title, open } of rows) {
    const name = devices.find((device) => device.id === deviceId)?.name ?? '';
    const bodies: { type: TicketEventBody['type']; payload: object }[] = [
      { type: 'ticket.opened', payload: { organizationId, device: { id: deviceId, name }, number, title } },
    ];
    if (open !== 1) bodies.push({ type: 'ticket.closed', payload: { reason: '' } });
    await write(database, { id, kind: 'ticket', organizationId, deviceId }, bodies);
    await sql`insert into ticket_index values
      (${id}, ${organizationId}, ${deviceId}, ${number}, ${title}, ${open})`.execute(database);
    await sql`insert into stream_items values ('ticket-number', ${`${organizationId}:${number}`}, ${id})
      on conflict do nothing`.execute(database);
  }
}

async function write(
  database: Transaction<Schema>,
  stream: { id: string; kind: string; organizationId: string; deviceId: string },
  bodies: { type: string; payload: object }[],
): Promise<void> {
  const atMs = Date.now();
  const actor = { kind: 'relay' };
  let hash = '';
  for (const [index, { type, payload }] of bodies.entries()) {
    const seq = index + 1;
    hash = chainHash(hash, { streamId: stream.id, seq, type, payload, actor, atMs }, sha256Hex);
    await sql`insert into stream_events
      (stream_id, seq, kind, organization_id, device_id, type, payload, actor, at_ms, hash) values
      (${stream.id}, ${seq}, ${stream.kind}, ${stream.organizationId}, ${stream.deviceId}, ${type},
       ${JSON.stringify(payload)}, ${JSON.stringify(actor)}, ${atMs}, ${hash})`.execute(database);
  }
  await sql`insert into streams (id, kind, organization_id, device_id, seq, head_hash, call_live) values
    (${stream.id}, ${stream.kind}, ${stream.organizationId}, ${stream.deviceId}, ${bodies.length}, ${hash}, 0)`.execute(
    database,
  );
}

/** Children before what they refer to: dropping a table empties it first. */
async function dropOld(database: Transaction<Schema>): Promise<void> {
  for (const table of [
    'responsibilities',
    'tickets',
    'code_users',
    'employees',
    'devices',
    'organizations',
    'session_items',
    'sessions',
    'events',
  ])
    await sql.raw(`drop table ${table}`).execute(database);
  for (const statement of [
    'alter table stream_events rename to events',
    'alter table ticket_index rename to tickets',
    'alter table people_by_code rename to code_users',
    'create index events_of_organization on events (organization_id, kind, position)',
    'create index events_of_device on events (organization_id, device_id, position)',
    'create index streams_due on streams (deadline_at_ms) where deadline_at_ms is not null or call_live = 1',
    'create index tickets_of_organization on tickets (organization_id, open, number)',
    'create index sign_ins_of_person on sign_ins (person_id)',
    'create index code_users_of_device on code_users (device_id)',
  ])
    await sql.raw(statement).execute(database);
}
