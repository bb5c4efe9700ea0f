import { isIP } from 'node:net';
import type { Logger } from 'pino';
import type { ErrorCode } from '#domain/error-codes.ts';
import type { EmployeeId, OrganizationId } from '#domain/ids.ts';
import type { MadePasskey, PasskeyCreation, PasskeyRequest, UsedPasskey } from '#domain/protocol/passkeys.ts';
import { ok, refuse, type Result } from '#domain/result.ts';
import type { Clock } from '../ports.ts';
import { newId } from '../secrets.ts';
import type { DirectoryStore, PasskeyRow } from '../storage/relay-storage.ts';
import { challengeLifetimeMs, Challenges, type ChallengeUse } from './challenges.ts';

/** The page that asks: passkeys belong to the name of its host. */
export interface AskingPage {
  origin: string;
  rpId: string;
}

export interface PasskeyOwner {
  id: EmployeeId;
  organizationId: OrganizationId;
  name: string;
  email: string;
}

export const maxPasskeys = 10;
/** EdDSA, ES256, RS256: what authenticators have. */
const algorithms = [-8, -7, -257];

/** The libraries for it are large, and many a relay never needs them. */
const library = () => import('@simplewebauthn/server');
const helpers = () => import('@simplewebauthn/server/helpers');

/** The page behind an origin that was let in. Passkeys need a name: an address in figures has none. */
export function askingPage(origin: string | null): AskingPage | undefined {
  if (!origin || !URL.canParse(origin)) return undefined;
  const { hostname } = new URL(origin);
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? { origin, rpId: hostname } : undefined;
}

/** Makes passkeys of employees, and checks them. Only their public halves are kept. */
export class Passkeys {
  readonly #directory: DirectoryStore;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #challenges: Challenges;

  constructor(directory: DirectoryStore, clock: Clock, log: Logger) {
    this.#directory = directory;
    this.#clock = clock;
    this.#log = log;
    this.#challenges = new Challenges(clock);
  }

  /** What the browser is to make a passkey by. */
  async creation(
    owner: PasskeyOwner,
    organizationName: string,
    use: Exclude<ChallengeUse, { for: 'sign-in' }>,
    page: AskingPage,
  ): Promise<PasskeyCreation> {
    const { generateRegistrationOptions } = await library();
    const known = use.for === 'add' ? await this.#directory.passkeysOf(owner.id) : [];
    const options = await generateRegistrationOptions({
      rpName: organizationName,
      rpID: page.rpId,
      userName: owner.email,
      userDisplayName: owner.name,
      userID: new Uint8Array(Buffer.from(owner.id)),
      timeout: challengeLifetimeMs,
      attestationType: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: algorithms,
    });
    this.#challenges.keep(options.challenge, use, page.rpId);
    return {
      rp: { id: page.rpId, name: organizationName },
      user: options.user,
      challenge: options.challenge,
      pubKeyCredParams: options.pubKeyCredParams,
      timeout: challengeLifetimeMs,
      attestation: 'none',
      excludeCredentials: known.map(({ credentialId, transports }) => ({
        type: 'public-key',
        id: credentialId,
        transports,
      })),
      authenticatorSelection: {
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
      },
    };
  }

  /** Checks a passkey that a browser has made. It is kept by `keep`. */
  async made(
    owner: Pick<PasskeyOwner, 'id' | 'organizationId'>,
    made: MadePasskey,
    name: string,
    use: ChallengeUse,
    page: AskingPage,
  ): Promise<Result<PasskeyRow, ErrorCode>> {
    try {
      // Certificates of authenticators were not asked for; checking them could fetch what they name.
      if (!(await isWithoutCertificates(made))) return refuse('passkey-refused');
      const { verifyRegistrationResponse } = await library();
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response: { ...made, response: responseOf(made), clientExtensionResults: {} },
        expectedChallenge: (challenge) => this.#challenges.take(challenge, use, page.rpId),
        expectedOrigin: page.origin,
        expectedRPID: page.rpId,
        requireUserVerification: true,
        supportedAlgorithmIDs: algorithms,
      });
      if (!verified) return refuse('passkey-refused');
      const { credential } = registrationInfo;
      return ok({
        id: newId(),
        organizationId: owner.organizationId,
        employeeId: owner.id,
        credentialId: credential.id,
        publicKey: Buffer.from(credential.publicKey).toString('base64url'),
        counter: credential.counter,
        transports: made.response.transports ?? [],
        name,
        createdAtMs: this.#clock.nowMs(),
        lastUsedAtMs: null,
      });
    } catch (error) {
      this.#log.info({ reason: messageOf(error) }, 'passkey not taken');
      return refuse('passkey-refused');
    }
  }

  async keep(passkey: PasskeyRow): Promise<Result<void, ErrorCode>> {
    const own = await this.#directory.passkeysOf(passkey.employeeId);
    if (own.length >= maxPasskeys) return refuse('limit-reached');
    return (await this.#directory.putPasskey(passkey)) ? ok(undefined) : refuse('already-exists');
  }

  /** What any passkey of this address is to sign. Tells nothing about who has one. */
  async request(page: AskingPage): Promise<PasskeyRequest> {
    const { generateAuthenticationOptions } = await library();
    const { challenge } = await generateAuthenticationOptions({ rpID: page.rpId });
    this.#challenges.keep(challenge, { for: 'sign-in' }, page.rpId);
    return { rpId: page.rpId, challenge, timeout: challengeLifetimeMs, userVerification: 'required' };
  }

  /** Whose passkey was used; one answer for everything that is wrong with it. */
  async used(used: UsedPasskey, page: AskingPage): Promise<Result<PasskeyRow, ErrorCode>> {
    const passkey = await this.#directory.passkey(used.id);
    if (!passkey) return refuse('passkey-refused');
    try {
      const { verifyAuthenticationResponse } = await library();
      const { userHandle, ...signed } = used.response;
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: {
          ...used,
          response: { ...signed, ...(userHandle === undefined ? {} : { userHandle }) },
          clientExtensionResults: {},
        },
        expectedChallenge: (challenge) => this.#challenges.take(challenge, { for: 'sign-in' }, page.rpId),
        expectedOrigin: page.origin,
        expectedRPID: page.rpId,
        requireUserVerification: true,
        credential: {
          id: passkey.credentialId,
          publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
          // A counter that does not grow is that of a copy: the library refuses it.
          counter: passkey.counter,
        },
      });
      const atMs = this.#clock.nowMs();
      if (!verified || (userHandle && userHandle !== Buffer.from(passkey.employeeId).toString('base64url')))
        return refuse('passkey-refused');
      const { newCounter } = authenticationInfo;
      const isFirst = await this.#directory.usePasskey(passkey.id, passkey.counter, {
        counter: newCounter,
        atMs,
      });
      return isFirst ? ok(passkey) : refuse('passkey-refused');
    } catch (error) {
      this.#log.info({ reason: messageOf(error) }, 'passkey refused');
      return refuse('passkey-refused');
    }
  }
}

async function isWithoutCertificates(made: MadePasskey): Promise<boolean> {
  const { decodeAttestationObject } = await helpers();
  const bytes = new Uint8Array(Buffer.from(made.response.attestationObject, 'base64url'));
  const decoded = decodeAttestationObject(bytes);
  const format = decoded.get('fmt');
  if (format === 'none') return true;
  return format === 'packed' && decoded.get('attStmt').get('x5c') === undefined;
}

/** Which ways a passkey can be reached is for browsers to know: words of later times are passed on. */
function responseOf({ response: { transports: _transports, ...response } }: MadePasskey) {
  return response;
}

/** The library's words name the challenge, and bytes of the passkey: nothing for a log. */
function messageOf(error: unknown): string {
  return error instanceof Error
    ? error.message
        .replace(/["(].*$/s, '')
        .trim()
        .slice(0, 80)
    : 'unknown';
}
