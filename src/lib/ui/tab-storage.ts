/** What the browser keeps for this tab alone; undefined where it keeps nothing, by the person's settings. */
export function tabStorage(): Storage | undefined {
  try {
    return window.sessionStorage;
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    return undefined;
  }
}
