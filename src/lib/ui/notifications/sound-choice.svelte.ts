const key = 'sightline-notice-sound';

function recall(): boolean {
  try {
    return typeof localStorage === 'undefined' || localStorage.getItem(key) !== 'off';
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    return true;
  }
}

let on = $state(recall());

/** Whether notices are heard on this device. Calls ring either way. */
export function noticesAreHeard(): boolean {
  return on;
}

export function chooseSound(next: boolean): void {
  on = next;
  try {
    if (next) localStorage.removeItem(key);
    else localStorage.setItem(key, 'off');
  } catch (cause) {
    // A closed storage costs only the memory of the choice.
    if (!(cause instanceof DOMException)) throw cause;
  }
}
