import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { organizationCommandBodies } from '../organization/commands.ts';
import { sessionCommandBodies } from '../session/commands.ts';
import { ticketCommandBodies } from '../ticket/commands.ts';
import * as http from './http.ts';
import * as passkeys from './passkeys.ts';
import { commandTypes, parseStreamCommand } from './streams.ts';
import { clientMessageSchema } from './sync-messages.ts';

/** What somebody would add who wants to be more than they are, or to write what only the relay writes. */
const extras = {
  role: 'administrator',
  actor: { kind: 'relay' },
  subject: { kind: 'employee', role: 'administrator' },
  organizationId: 'canary-extra-organization',
  seq: 1,
  position: 1,
  atMs: 0,
  status: 'CONFIRMED',
  visibility: 'internal',
  assigned: ['canary-extra'],
  receivedBy: [],
  direct: true,
  manual: true,
  automatic: true,
  settings: { retention: 'none' },
  stored: true,
  isAdmin: true,
  constructor: 'canary-extra',
  toString: 'canary-extra',
};

type Schema = v.GenericSchema;
interface Parts {
  type: string;
  entries?: Record<string, Schema>;
  options?: readonly unknown[];
  item?: Schema;
  wrapped?: Schema;
  literal?: unknown;
  pipe?: readonly [Schema, ...unknown[]];
}

const texts = ['plain', 'AAAAAAAAAAAAAAAAAAAAAA', 'A'.repeat(43), 'a'.repeat(64), 'somebody@example.org'];

/** Something that the schema takes, with everything in it that may be there. */
function sample(schema: Schema): unknown {
  const { type, entries, options, item, wrapped, literal } = schema as unknown as Parts;
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(entries ?? {}).map(([key, entry]) => [key, sample(entry)] as const),
      );
    case 'variant':
    case 'union':
      return sample(options?.[0] as Schema);
    case 'literal':
      return literal;
    case 'picklist':
      return options?.[0];
    case 'optional':
    case 'nullable':
      return sample(wrapped as Schema);
    case 'array':
      return item ? [sample(item)].filter((one) => v.is(item, one)) : [];
    case 'boolean':
      return true;
    case 'number':
      return [1, 60_000].find((one) => v.is(schema, one));
    case 'string':
      return texts.find((one) => v.safeParse(schema, one).success);
    case 'unknown':
      return {};
    default:
      throw new Error(`no sample of ${type}`);
  }
}

/** The same with the extras in every object of it; where a name is the schema's own it stays the schema's. */
function withExtras(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withExtras);
  if (typeof value !== 'object' || value === null) return value;
  const own = Object.entries(value).map(([key, one]) => [key, withExtras(one)] as const);
  const all = { ...extras, ...Object.fromEntries(own) };
  return JSON.parse(`{"__proto__": {"role": "administrator"}, ${JSON.stringify(all).slice(1)}`) as unknown;
}

const bodies = [
  ...sessionCommandBodies.options,
  ...ticketCommandBodies.options,
  ...organizationCommandBodies.options,
];
const id = 'AAAAAAAAAAAAAAAAAAAAAA';
const envelope = { id, streamId: id, baseSeq: 0, clientAtMs: 0 };

describe('T47 fields that a schema does not have are dropped, whoever sends them', () => {
  test('every command is here', () => {
    expect(bodies.map((one) => one.entries.type.literal).sort()).toEqual([...commandTypes].sort());
  });

  for (const body of bodies)
    test(`T47 ${body.entries.type.literal}`, () => {
      const plain = { ...envelope, ...(sample(body) as object) };
      const parsed = parseStreamCommand(plain);
      const more = parseStreamCommand(withExtras(plain));
      expect(more).toEqual(parsed);
      expect(JSON.stringify(more)).not.toContain('canary-extra');
      expect(Object.getPrototypeOf(more.command)).toBe(Object.prototype);
    });

  const requests = {
    signIn: http.signInSchema,
    code: http.codeSignInSchema,
    socketTicket: http.socketTicketRequestSchema,
    upload: http.uploadMetadataSchema,
    ticketFile: http.ticketFileMetadataSchema,
    invitation: http.invitationTokenSchema,
    acceptInvitation: http.acceptInvitationSchema,
    changePassword: http.changePasswordSchema,
    guest: http.guestSignInSchema,
    passkeyOptions: passkeys.passkeyOptionsSchema,
    addPasskey: passkeys.addPasskeySchema,
    passkeySignIn: passkeys.passkeySignInSchema,
    acceptByPasskey: passkeys.acceptByPasskeySchema,
    ...Object.fromEntries(
      clientMessageSchema.options.map((option) => [`sync ${option.entries.t.literal}`, option]),
    ),
  } satisfies Record<string, Schema>;
  for (const [name, schema] of Object.entries(requests))
    test(`T47 ${name}`, () => {
      const plain = sample(schema);
      const parsed: unknown = v.parse(schema, plain);
      const more: unknown = v.parse(schema, withExtras(plain));
      // Commands in a push are parsed one by one, above.
      if (name === 'sync push') expect(Object.keys(more as object)).toEqual(Object.keys(parsed as object));
      else expect(more).toEqual(parsed);
    });
});
