import { makeId, type Id } from '#domain/ids.ts';

/** A fresh random id for something that is made on this screen. */
export function newId<T extends Id<string>>(): T {
  return makeId<T>((length) => crypto.getRandomValues(new Uint8Array(length)));
}
