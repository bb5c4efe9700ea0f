import type { Kysely, Selectable } from 'kysely';
import type { DeviceId, EmployeeId, GuestId, OrganizationId, SessionId } from '#domain/ids.ts';
import type {
  AccessCodeRow,
  CodeUserRow,
  CredentialRow,
  DirectoryStore,
  GuestLinkRow,
  GuestRow,
  InvitationRow,
  PasskeyRow,
  SignInRow,
} from '../relay-storage.ts';
import type { Schema } from './schema.ts';

/** Secrets of people and machines, and sign-ins, in SQLite. */
export class SqliteDirectory implements DirectoryStore {
  readonly #database: Kysely<Schema>;

  constructor(database: Kysely<Schema>) {
    this.#database = database;
  }

  async isEmpty(): Promise<boolean> {
    const row = await this.#database
      .selectFrom('streams')
      .select('id')
      .where('kind', '=', 'organization')
      .limit(1)
      .executeTakeFirst();
    return row === undefined;
  }

  async credential(employeeId: string): Promise<CredentialRow | undefined> {
    const row = await this.#database
      .selectFrom('credentials')
      .selectAll()
      .where('employee_id', '=', employeeId)
      .executeTakeFirst();
    return (
      row && {
        employeeId: row.employee_id as EmployeeId,
        organizationId: row.organization_id as OrganizationId,
        passwordHash: row.password_hash,
      }
    );
  }

  async putCredential({ employeeId, organizationId, passwordHash }: CredentialRow): Promise<void> {
    const row = { organization_id: organizationId, password_hash: passwordHash };
    await this.#database
      .insertInto('credentials')
      .values({ employee_id: employeeId, ...row })
      .onConflict((conflict) => conflict.column('employee_id').doUpdateSet(row))
      .execute();
  }

  async removeCredential(employeeId: string): Promise<void> {
    await this.#database.deleteFrom('credentials').where('employee_id', '=', employeeId).execute();
  }

  async accessCode(codeHash: string): Promise<AccessCodeRow | undefined> {
    const row = await this.#database
      .selectFrom('access_codes')
      .selectAll()
      .where('code_hash', '=', codeHash)
      .executeTakeFirst();
    return (
      row && {
        id: row.id,
        organizationId: row.organization_id as OrganizationId,
        deviceId: row.device_id as DeviceId,
        codeHash,
      }
    );
  }

  async putAccessCode({ id, organizationId, deviceId, codeHash }: AccessCodeRow): Promise<void> {
    await this.#database
      .insertInto('access_codes')
      .values({ id, organization_id: organizationId, device_id: deviceId, code_hash: codeHash })
      .execute();
  }

  async invitation(tokenHash: string): Promise<InvitationRow | undefined> {
    const row = await this.#database
      .selectFrom('invitations')
      .selectAll()
      .where('token_hash', '=', tokenHash)
      .executeTakeFirst();
    return (
      row && {
        id: row.id,
        organizationId: row.organization_id as OrganizationId,
        employeeId: row.employee_id as EmployeeId,
        tokenHash,
        expiresAtMs: row.expires_at_ms,
      }
    );
  }

  async putInvitation(invitation: InvitationRow): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('invitations').where('employee_id', '=', invitation.employeeId).execute();
      await transaction
        .insertInto('invitations')
        .values({
          id: invitation.id,
          organization_id: invitation.organizationId,
          employee_id: invitation.employeeId,
          token_hash: invitation.tokenHash,
          expires_at_ms: invitation.expiresAtMs,
        })
        .execute();
    });
  }

  async takeInvitation(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('invitations')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return numDeletedRows === 1n;
  }

  async removeInvitationsOf(employeeId: string): Promise<void> {
    await this.#database.deleteFrom('invitations').where('employee_id', '=', employeeId).execute();
  }

  async passkey(credentialId: string): Promise<PasskeyRow | undefined> {
    const row = await this.#database
      .selectFrom('passkeys')
      .selectAll()
      .where('credential_id', '=', credentialId)
      .executeTakeFirst();
    return row && toPasskey(row);
  }

  async passkeysOf(employeeId: string): Promise<PasskeyRow[]> {
    const rows = await this.#database
      .selectFrom('passkeys')
      .selectAll()
      .where('employee_id', '=', employeeId)
      .orderBy('created_at_ms')
      .orderBy('id')
      .execute();
    return rows.map(toPasskey);
  }

  async putPasskey(passkey: PasskeyRow): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.#database
      .insertInto('passkeys')
      .values({
        id: passkey.id,
        organization_id: passkey.organizationId,
        employee_id: passkey.employeeId,
        credential_id: passkey.credentialId,
        public_key: passkey.publicKey,
        counter: passkey.counter,
        transports: JSON.stringify(passkey.transports),
        name: passkey.name,
        created_at_ms: passkey.createdAtMs,
        last_used_at_ms: passkey.lastUsedAtMs,
      })
      .onConflict((conflict) => conflict.column('credential_id').doNothing())
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }

  async usePasskey(id: string, counter: number, used: { counter: number; atMs: number }): Promise<boolean> {
    const { numUpdatedRows } = await this.#database
      .updateTable('passkeys')
      .set({ counter: used.counter, last_used_at_ms: used.atMs })
      .where('id', '=', id)
      .where('counter', '=', counter)
      .executeTakeFirstOrThrow();
    return numUpdatedRows === 1n;
  }

  async removePasskey(id: string): Promise<void> {
    await this.#database.deleteFrom('passkeys').where('id', '=', id).execute();
  }

  async removePasskeysOf(employeeId: string): Promise<void> {
    await this.#database.deleteFrom('passkeys').where('employee_id', '=', employeeId).execute();
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

  async guestLink(tokenHash: string): Promise<GuestLinkRow | undefined> {
    const row = await this.#database
      .selectFrom('guest_links')
      .selectAll()
      .where('token_hash', '=', tokenHash)
      .executeTakeFirst();
    return row && toGuestLink(row);
  }

  async guestLinkById(id: string): Promise<GuestLinkRow | undefined> {
    const row = await this.#database
      .selectFrom('guest_links')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toGuestLink(row);
  }

  async putGuestLink(link: GuestLinkRow): Promise<void> {
    await this.#database
      .insertInto('guest_links')
      .values({
        id: link.id,
        organization_id: link.organizationId,
        session_id: link.sessionId,
        token_hash: link.tokenHash,
        session_seq: link.sessionSeq,
        expires_at_ms: link.expiresAtMs,
      })
      .execute();
  }

  async removeGuestLinks(sessionId: SessionId): Promise<void> {
    await this.#database.deleteFrom('guest_links').where('session_id', '=', sessionId).execute();
  }

  async guest(id: string): Promise<GuestRow | undefined> {
    const row = await this.#database.selectFrom('guests').selectAll().where('id', '=', id).executeTakeFirst();
    return (
      row && {
        id: row.id as GuestId,
        organizationId: row.organization_id as OrganizationId,
        sessionId: row.session_id as SessionId,
        linkId: row.link_id,
        name: row.name,
      }
    );
  }

  async putGuest({ id, organizationId, sessionId, linkId, name }: GuestRow): Promise<void> {
    await this.#database
      .insertInto('guests')
      .values({ id, organization_id: organizationId, session_id: sessionId, link_id: linkId, name })
      .execute();
  }

  async guestSignIns(sessionId: SessionId): Promise<string[]> {
    const rows = await this.#database
      .selectFrom('sign_ins')
      .innerJoin('guests', 'guests.id', 'sign_ins.person_id')
      .select('sign_ins.id')
      .where('guests.session_id', '=', sessionId)
      .execute();
    return rows.map((row) => row.id);
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

  async putSignIn({ id, tokenHash, kind, personId, codeId, expiresAtMs }: SignInRow): Promise<void> {
    await this.#database
      .insertInto('sign_ins')
      .values({
        id,
        token_hash: tokenHash,
        kind,
        person_id: personId,
        code_id: codeId,
        expires_at_ms: expiresAtMs,
      })
      .execute();
  }

  async removeSignIn(id: string): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('rotated_tokens').where('sign_in_id', '=', id).execute();
      await transaction.deleteFrom('sign_ins').where('id', '=', id).execute();
    });
  }

  async rotatedToken(
    tokenHash: string,
  ): Promise<{ signInId: string; retiredAtMs: number | null } | undefined> {
    const row = await this.#database
      .selectFrom('rotated_tokens')
      .selectAll()
      .where('token_hash', '=', tokenHash)
      .executeTakeFirst();
    return row && { signInId: row.sign_in_id, retiredAtMs: row.retired_at_ms };
  }

  async lastRotation(signInId: string): Promise<number | undefined> {
    const row = await this.#database
      .selectFrom('rotated_tokens')
      .select(({ fn }) => fn.max('retired_at_ms').as('at'))
      .where('sign_in_id', '=', signInId)
      .executeTakeFirst();
    return row?.at ?? undefined;
  }

  async offerToken(signInId: string, tokenHash: string): Promise<void> {
    await this.#database
      .insertInto('rotated_tokens')
      .values({ token_hash: tokenHash, sign_in_id: signInId, retired_at_ms: null })
      .execute();
  }

  async promoteToken(signInId: string, tokenHash: string, nowMs: number): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      const { numDeletedRows } = await transaction
        .deleteFrom('rotated_tokens')
        .where('token_hash', '=', tokenHash)
        .where('retired_at_ms', 'is', null)
        .executeTakeFirstOrThrow();
      const row = await transaction
        .selectFrom('sign_ins')
        .select('token_hash')
        .where('id', '=', signInId)
        .executeTakeFirst();
      // Of two requests at the same moment the first did it.
      if (numDeletedRows === 0n || !row) return;
      await transaction
        .updateTable('rotated_tokens')
        .set({ retired_at_ms: nowMs })
        .where('sign_in_id', '=', signInId)
        .where('retired_at_ms', 'is', null)
        .execute();
      await transaction
        .insertInto('rotated_tokens')
        .values({ token_hash: row.token_hash, sign_in_id: signInId, retired_at_ms: nowMs })
        .execute();
      await transaction
        .updateTable('sign_ins')
        .set({ token_hash: tokenHash })
        .where('id', '=', signInId)
        .execute();
    });
  }

  async signInsOf(personId: string): Promise<SignInRow[]> {
    const rows = await this.#database
      .selectFrom('sign_ins')
      .selectAll()
      .where('person_id', '=', personId)
      .execute();
    return rows.map(toSignIn);
  }

  async signInsAt(deviceId: DeviceId): Promise<SignInRow[]> {
    const rows = await this.#database
      .selectFrom('sign_ins')
      .innerJoin('code_users', 'code_users.id', 'sign_ins.person_id')
      .selectAll('sign_ins')
      .where('code_users.device_id', '=', deviceId)
      .execute();
    return rows.map(toSignIn);
  }

  async removeExpiredSignIns(nowMs: number): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('sign_ins').where('expires_at_ms', '<=', nowMs).execute();
      await transaction
        .deleteFrom('rotated_tokens')
        .where('sign_in_id', 'not in', (query) => query.selectFrom('sign_ins').select('id'))
        .execute();
    });
  }
}

function toPasskey(row: Selectable<Schema['passkeys']>): PasskeyRow {
  return {
    id: row.id,
    organizationId: row.organization_id as OrganizationId,
    employeeId: row.employee_id as EmployeeId,
    credentialId: row.credential_id,
    publicKey: row.public_key,
    counter: row.counter,
    transports: JSON.parse(row.transports) as string[],
    name: row.name,
    createdAtMs: row.created_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
  };
}

function toGuestLink(row: Selectable<Schema['guest_links']>): GuestLinkRow {
  return {
    id: row.id,
    organizationId: row.organization_id as OrganizationId,
    sessionId: row.session_id as SessionId,
    tokenHash: row.token_hash,
    sessionSeq: row.session_seq,
    expiresAtMs: row.expires_at_ms,
  };
}

function toSignIn(row: Selectable<Schema['sign_ins']>): SignInRow {
  return {
    id: row.id,
    tokenHash: row.token_hash,
    kind: row.kind === 'employee' || row.kind === 'guest' ? row.kind : 'codeUser',
    personId: row.person_id,
    codeId: row.code_id,
    expiresAtMs: row.expires_at_ms,
  };
}
