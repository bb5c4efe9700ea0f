/** Name of the database that holds a person's copy of a document. */
export const documentDatabase = (personId: string, name: string): string => `sightline/${personId}/${name}`;

/** Deletes the local copy of a document. */
export function forgetOnDevice(database: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(database);
    request.onsuccess = () => resolve();
    // Another tab still has it open: it goes when that tab lets go of it.
    request.onblocked = () => resolve();
    request.onerror = () => reject(request.error ?? new Error('not deleted'));
  });
}
