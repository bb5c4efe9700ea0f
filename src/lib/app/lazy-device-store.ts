import type { DeviceStore } from '../storage/device-store.ts';

const name = 'sightline';

/**
 * The device's store, opened when there is something to read or write. On a device that nobody has used yet nothing
 * is loaded for it: the first page of somebody who holds a tablet at a machine stays small.
 */
export function lazyDeviceStore(indexedDb: IDBFactory | undefined): DeviceStore {
  let opening: Promise<DeviceStore> | undefined;
  let opened: DeviceStore | undefined;

  function open(): Promise<DeviceStore> {
    opening ??= import('../storage/open-dexie.ts')
      .then(({ openDexieDeviceStore }) => openDexieDeviceStore(name))
      .then((store) => (opened = store));
    return opening;
  }

  /** Undefined when there is nothing kept. */
  async function existing(): Promise<DeviceStore | undefined> {
    return opening || (await exists(indexedDb)) ? open() : undefined;
  }

  return {
    get durable() {
      return opened?.durable ?? true;
    },
    identity: async () => (await existing())?.identity(),
    saveIdentity: async (directory) => (await (directory ? open() : existing()))?.saveIdentity(directory),
    draft: async (key) => (await existing())?.draft(key) ?? '',
    saveDraft: async (key, text) => (await (text ? open() : existing()))?.saveDraft(key, text),
    clearDrafts: async (about) => (await existing())?.clearDrafts(about),
    close: () => {
      opened?.close();
      opened = undefined;
      opening = undefined;
    },
  };
}

/** Where the browser does not tell which databases there are, one may be there. */
async function exists(indexedDb: IDBFactory | undefined): Promise<boolean> {
  try {
    const databases = await indexedDb?.databases();
    return databases?.some((one) => one.name === name) ?? true;
  } catch {
    return true;
  }
}
