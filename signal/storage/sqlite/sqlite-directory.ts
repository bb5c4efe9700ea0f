import type { Kysely, Selectable } from 'kysely';
import * as v from 'valibot';
import type { DeviceId, EmployeeId, OrganizationId, TicketId } from '#domain/ids.ts';
import { organizationSettingsSchema } from '#domain/organization/settings.ts';
import { employeeRoles } from '#domain/session/subject.ts';
import type {
  CodeUserRow,
  DeviceRow,
  DirectoryStore,
  EmployeeRow,
  OrganizationRow,
  SignInRow,
  TicketRow,
} from '../relay-storage.ts';
import type { Schema } from './schema.ts';

/** People, machines and sign-ins in SQLite. */
export class SqliteDirectory implements DirectoryStore {
  readonly #database: Kysely<Schema>;

  constructor(database: Kysely<Schema>) {
    this.#database = database;
  }

  async isEmpty(): Promise<boolean> {
    const row = await this.#database.selectFrom('organizations').select('id').limit(1).executeTakeFirst();
    return row === undefined;
  }

  async organization(id: OrganizationId): Promise<OrganizationRow | undefined> {
    const row = await this.#database
      .selectFrom('organizations')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) return undefined;
    const settings = v.parse(organizationSettingsSchema, JSON.parse(row.settings));
    return { id, name: row.name, settings };
  }

  async putOrganization({ id, name, settings }: OrganizationRow): Promise<void> {
    const row = { name, settings: JSON.stringify(settings) };
    await this.#database
      .insertInto('organizations')
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
  }

  async employee(id: string): Promise<EmployeeRow | undefined> {
    const row = await this.#database
      .selectFrom('employees')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && this.#toEmployee(row);
  }

  async employeeByEmail(email: string): Promise<EmployeeRow | undefined> {
    const row = await this.#database
      .selectFrom('employees')
      .selectAll()
      .where('email', '=', email)
      .executeTakeFirst();
    return row && this.#toEmployee(row);
  }

  async employees(organizationId: OrganizationId): Promise<EmployeeRow[]> {
    const rows = await this.#database
      .selectFrom('employees')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .orderBy('name')
      .execute();
    return Promise.all(rows.map((row) => this.#toEmployee(row)));
  }

  async putEmployee(employee: EmployeeRow): Promise<void> {
    const { id, responsibleFor } = employee;
    const row = {
      organization_id: employee.organizationId,
      name: employee.name,
      email: employee.email,
      password_hash: employee.passwordHash,
      role: employee.role,
      responsible_all: responsibleFor === 'all' ? 1 : 0,
      rights_revision: employee.rightsRevision,
    };
    await this.#database.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('employees')
        .values({ id, ...row })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute();
      await transaction.deleteFrom('responsibilities').where('employee_id', '=', id).execute();
      for (const deviceId of responsibleFor === 'all' ? [] : responsibleFor) {
        await transaction
          .insertInto('responsibilities')
          .values({ employee_id: id, device_id: deviceId })
          .execute();
      }
    });
  }

  async device(id: string): Promise<DeviceRow | undefined> {
    const row = await this.#database
      .selectFrom('devices')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toDevice(row);
  }

  async deviceByCode(codeHash: string): Promise<DeviceRow | undefined> {
    const row = await this.#database
      .selectFrom('devices')
      .selectAll()
      .where('code_hash', '=', codeHash)
      .executeTakeFirst();
    return row && toDevice(row);
  }

  async devices(organizationId: OrganizationId): Promise<DeviceRow[]> {
    const rows = await this.#database
      .selectFrom('devices')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .orderBy('name')
      .execute();
    return rows.map(toDevice);
  }

  async putDevice({ id, ...device }: DeviceRow): Promise<void> {
    const row = {
      organization_id: device.organizationId,
      name: device.name,
      location: device.location,
      code_hash: device.codeHash,
      code_enabled: device.codeEnabled ? 1 : 0,
    };
    await this.#database
      .insertInto('devices')
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
  }

  async ticket(id: string): Promise<TicketRow | undefined> {
    const row = await this.#database
      .selectFrom('tickets')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toTicket(row);
  }

  async tickets(organizationId: OrganizationId): Promise<TicketRow[]> {
    const rows = await this.#database
      .selectFrom('tickets')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .orderBy('number')
      .execute();
    return rows.map(toTicket);
  }

  async putTicket({ id, organizationId, deviceId, number, title, open }: TicketRow): Promise<void> {
    const row = {
      organization_id: organizationId,
      device_id: deviceId,
      number,
      title,
      open: open ? 1 : 0,
    };
    await this.#database
      .insertInto('tickets')
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
  }

  async codeUser(id: string): Promise<CodeUserRow | undefined> {
    const row = await this.#database
      .selectFrom('code_users')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return (
      row && {
        id,
        name: row.name,
        organizationId: row.organization_id as OrganizationId,
        deviceId: row.device_id as DeviceId,
      }
    );
  }

  async putCodeUser({ id, organizationId, deviceId, name }: CodeUserRow): Promise<void> {
    const row = { organization_id: organizationId, device_id: deviceId, name };
    await this.#database
      .insertInto('code_users')
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
  }

  async signIn(id: string): Promise<SignInRow | undefined> {
    const row = await this.#database
      .selectFrom('sign_ins')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toSignIn(row);
  }

  async signInByToken(tokenHash: string): Promise<SignInRow | undefined> {
    const row = await this.#database
      .selectFrom('sign_ins')
      .selectAll()
      .where('token_hash', '=', tokenHash)
      .executeTakeFirst();
    return row && toSignIn(row);
  }

  async putSignIn({ id, tokenHash, kind, personId, expiresAtMs }: SignInRow): Promise<void> {
    await this.#database
      .insertInto('sign_ins')
      .values({ id, token_hash: tokenHash, kind, person_id: personId, expires_at_ms: expiresAtMs })
      .execute();
  }

  async removeSignIn(id: string): Promise<void> {
    await this.#database.deleteFrom('sign_ins').where('id', '=', id).execute();
  }

  async signInsOf(personId: string): Promise<SignInRow[]> {
    const rows = await this.#database
      .selectFrom('sign_ins')
      .selectAll()
      .where('person_id', '=', personId)
      .execute();
    return rows.map(toSignIn);
  }

  async removeExpiredSignIns(nowMs: number): Promise<void> {
    await this.#database.deleteFrom('sign_ins').where('expires_at_ms', '<=', nowMs).execute();
  }

  async #toEmployee(row: Selectable<Schema['employees']>): Promise<EmployeeRow> {
    const own = await this.#database
      .selectFrom('responsibilities')
      .select('device_id')
      .where('employee_id', '=', row.id)
      .execute();
    return {
      id: row.id as EmployeeId,
      organizationId: row.organization_id as OrganizationId,
      name: row.name,
      email: row.email,
      passwordHash: row.password_hash,
      role: v.parse(v.picklist(employeeRoles), row.role),
      responsibleFor: row.responsible_all === 1 ? 'all' : own.map((one) => one.device_id as DeviceId),
      rightsRevision: row.rights_revision,
    };
  }
}

function toDevice(row: Selectable<Schema['devices']>): DeviceRow {
  return {
    id: row.id as DeviceId,
    organizationId: row.organization_id as OrganizationId,
    name: row.name,
    location: row.location,
    codeHash: row.code_hash,
    codeEnabled: row.code_enabled === 1,
  };
}

function toTicket(row: Selectable<Schema['tickets']>): TicketRow {
  return {
    id: row.id as TicketId,
    organizationId: row.organization_id as OrganizationId,
    deviceId: row.device_id as DeviceId,
    number: row.number,
    title: row.title,
    open: row.open === 1,
  };
}

function toSignIn(row: Selectable<Schema['sign_ins']>): SignInRow {
  return {
    id: row.id,
    tokenHash: row.token_hash,
    kind: row.kind === 'employee' ? 'employee' : 'codeUser',
    personId: row.person_id,
    expiresAtMs: row.expires_at_ms,
  };
}
