import { startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser';
import type { MadePasskey, PasskeyCreation, PasskeyRequest, UsedPasskey } from '#domain/protocol/passkeys.ts';
import { ok, refuse } from '#domain/result.ts';
import type { Answer } from './api-client.ts';

/** Has the person make a passkey. 'passkey-cancelled' when they did not, 'already-exists' when this device has one. */
export function createPasskey(options: PasskeyCreation): Promise<Answer<MadePasskey>> {
  return asked(async () => {
    const made = await startRegistration({ optionsJSON: options as Registration });
    const { clientDataJSON, attestationObject, transports } = made.response;
    return {
      id: made.id,
      rawId: made.rawId,
      type: made.type,
      response: { clientDataJSON, attestationObject, ...(transports ? { transports } : {}) },
    };
  });
}

/** Has the person sign in by one of their passkeys. */
export function usePasskey(options: PasskeyRequest): Promise<Answer<UsedPasskey>> {
  return asked(async () => {
    const used = await startAuthentication({ optionsJSON: options });
    const { clientDataJSON, authenticatorData, signature, userHandle } = used.response;
    return {
      id: used.id,
      rawId: used.rawId,
      type: used.type,
      response: { clientDataJSON, authenticatorData, signature, ...(userHandle ? { userHandle } : {}) },
    };
  });
}

/** The ways by which an authenticator is reached are open-ended; the library names those of its day. */
type Registration = Parameters<typeof startRegistration>[0]['optionsJSON'];

async function asked<T>(ceremony: () => Promise<T>): Promise<Answer<T>> {
  try {
    return ok(await ceremony());
  } catch (error) {
    const code = error instanceof WebAuthnError ? error.code : undefined;
    const name = error instanceof Error ? error.name : '';
    if (code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED' || name === 'InvalidStateError')
      return refuse('already-exists');
    return refuse(
      name === 'NotAllowedError' || name === 'AbortError' ? 'passkey-cancelled' : 'passkey-unavailable',
    );
  }
}
