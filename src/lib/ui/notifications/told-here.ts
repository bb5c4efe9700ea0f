const key = 'sightline-told';
/** Enough for a day; older ones are in the list anyway. */
const most = 300;

/**
 * The notices that have popped up in this tab: a reload does not bring them again, opening the app anew does.
 * Without a storage they are known until the page goes.
 */
export class ToldHere {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'> | undefined;
  #ids: string[];

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'> | undefined) {
    this.#storage = storage;
    this.#ids = (storage?.getItem(key) ?? '').split(' ').filter(Boolean);
  }

  /** True the first time that it is asked for this notice. */
  first(id: string): boolean {
    if (this.#ids.includes(id)) return false;
    this.#ids = [...this.#ids, id].slice(-most);
    try {
      this.#storage?.setItem(key, this.#ids.join(' '));
    } catch (cause) {
      // A full or closed storage costs only the memory of it.
      if (!(cause instanceof DOMException)) throw cause;
    }
    return true;
  }
}
