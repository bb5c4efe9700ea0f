import * as v from 'valibot';
import { ownNameSchema, passwordSchema, tokenSchema } from './http.ts';

/** Bytes as base64url, at most so many characters. */
const bytes = (max: number) => v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/), v.maxLength(max));
const credentialId = bytes(1400);
const transports = v.pipe(v.array(v.pipe(v.string(), v.maxLength(32))), v.maxLength(10));
const named = v.pipe(v.string(), v.maxLength(320));
const verification = v.picklist(['required', 'preferred', 'discouraged']);

/** What a browser is asked to make a passkey by; the names are WebAuthn's. */
export const passkeyCreationSchema = v.object({
  rp: v.object({ id: named, name: named }),
  user: v.object({ id: named, name: named, displayName: named }),
  challenge: bytes(128),
  pubKeyCredParams: v.array(v.object({ type: v.literal('public-key'), alg: v.number() })),
  timeout: v.number(),
  attestation: v.literal('none'),
  excludeCredentials: v.array(
    v.object({ type: v.literal('public-key'), id: credentialId, transports: v.optional(transports) }),
  ),
  authenticatorSelection: v.object({
    residentKey: v.literal('required'),
    requireResidentKey: v.boolean(),
    userVerification: verification,
  }),
});
export type PasskeyCreation = v.InferOutput<typeof passkeyCreationSchema>;

/** What a browser is asked to sign in by: any passkey that it has for this address. */
export const passkeyRequestSchema = v.object({
  rpId: named,
  challenge: bytes(128),
  timeout: v.number(),
  userVerification: verification,
});
export type PasskeyRequest = v.InferOutput<typeof passkeyRequestSchema>;

/** A passkey that a browser has made. */
const madePasskeySchema = v.object({
  id: credentialId,
  rawId: credentialId,
  type: v.literal('public-key'),
  response: v.object({
    clientDataJSON: bytes(8192),
    attestationObject: bytes(32_768),
    transports: v.optional(transports),
  }),
});
export type MadePasskey = v.InferOutput<typeof madePasskeySchema>;

/** A passkey as it was used. */
const usedPasskeySchema = v.object({
  id: credentialId,
  rawId: credentialId,
  type: v.literal('public-key'),
  response: v.object({
    clientDataJSON: bytes(8192),
    authenticatorData: bytes(8192),
    signature: bytes(4096),
    userHandle: v.optional(bytes(128)),
  }),
});
export type UsedPasskey = v.InferOutput<typeof usedPasskeySchema>;

export const maxPasskeyNameLength = 60;
const passkeyName = v.optional(v.pipe(v.string(), v.trim(), v.maxLength(maxPasskeyNameLength)), '');

/** POST /api/passkeys/options: the password confirms who it is where the sign-in is not fresh. */
export const passkeyOptionsSchema = v.object({ password: v.optional(passwordSchema) });
/** POST /api/passkeys. */
export const addPasskeySchema = v.object({ name: passkeyName, passkey: madePasskeySchema });
/** POST /api/passkeys/sign-in. */
export const passkeySignInSchema = v.object({ passkey: usedPasskeySchema });
/** POST /api/invitations/accept-passkey. */
export const acceptByPasskeySchema = v.object({
  token: tokenSchema,
  ownName: ownNameSchema,
  name: passkeyName,
  passkey: madePasskeySchema,
});

/** Answer to GET /api/passkeys: by what the person can sign in. */
export const waysInSchema = v.object({
  hasPassword: v.boolean(),
  passkeys: v.array(
    v.object({
      id: v.string(),
      name: v.string(),
      createdAtMs: v.number(),
      /** Absent while it was never used. */
      lastUsedAtMs: v.optional(v.number()),
    }),
  ),
});
export type WaysIn = v.InferOutput<typeof waysInSchema>;
