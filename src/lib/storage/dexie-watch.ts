import { liveQuery } from 'dexie';

/** Follows a query; a failing one ends quietly, because every write reports failures by itself. */
export function follow<T>(query: () => Promise<T>, next: (value: T) => void): () => void {
  const subscription = liveQuery(query).subscribe({ next, error: () => undefined });
  return () => subscription.unsubscribe();
}
