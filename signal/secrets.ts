import {
  createHash,
  createHmac,
  randomBytes,
  scrypt,
  timingSafeEqual,
  type ScryptOptions,
} from 'node:crypto';
import { makeId, type Id } from '#domain/ids.ts';

/** A fresh random id. */
export const newId = <T extends Id<string>>(): T => makeId<T>(randomBytes);

/** 256 random bits as base64url: what opens something, for whoever holds it. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a token. A token is random, so a plain hash cannot be turned back. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Keyed hash, as base64url. */
export const keyedHash = (key: string, text: string): string =>
  createHmac('sha256', key).update(text).digest('base64url');

const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } satisfies ScryptOptions;
const keyBytes = 32;
/** Each takes 32 MiB while it runs. */
const maxAtOnce = 3;
let running = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, salt: Buffer): Promise<Buffer> {
  if (running >= maxAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      scrypt(password, salt, keyBytes, cost, (error, key) => (error ? reject(error) : resolve(key)));
    });
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** `scrypt$<salt>$<key>`, both base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password.normalize('NFKC'), salt);
  return `scrypt$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** What is stored for who signs in by passkeys alone: the hash of no password. */
export const noPasswordHash = '';

const nobody = `scrypt$${randomBytes(16).toString('base64url')}$${randomBytes(keyBytes).toString('base64url')}`;

/** Checks a password; without a stored hash it takes the same time and says no. */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, salt = '', key = ''] = (stored ?? nobody).split('$');
  const derived = await derive(password.normalize('NFKC'), Buffer.from(salt, 'base64url'));
  const expected = Buffer.from(key, 'base64url');
  return derived.length === expected.length && timingSafeEqual(derived, expected) && stored !== undefined;
}

/** SHA-256 of a text as lower-case hex, for chains of events. */
export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');
