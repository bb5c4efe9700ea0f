import { keyedHash } from '../secrets.ts';

/** What is stored of an access code, from its normalised spelling. Keyed: short codes could be guessed from a plain hash. */
export function accessCodeHash(secretKey: string, normalized: string): string {
  return keyedHash(secretKey, `access-code:${normalized}`);
}
