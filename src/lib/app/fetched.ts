import { CodedError } from '#domain/error-codes.ts';

/** Whether a part of the app could not be loaded: browsers say it as a TypeError, each in words of its own. */
export const isNotFetched = (cause: unknown): boolean => cause instanceof TypeError;

/**
 * A part of the app that is loaded when it is needed.
 * @throws CodedError `relay-unreachable` where it is not on this device yet and cannot be had now
 */
export async function fetched<T>(part: Promise<T>): Promise<T> {
  try {
    return await part;
  } catch (cause) {
    if (isNotFetched(cause)) throw new CodedError('relay-unreachable', 'a part is not here', { cause });
    throw cause;
  }
}
