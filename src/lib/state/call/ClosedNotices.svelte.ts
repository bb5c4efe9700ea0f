import { SvelteSet } from 'svelte/reactivity';
import type { DeviceNotice } from '../../call/call-snapshot.ts';

/** The same for as long as the same is to be said about the same device. */
export function noticeKey(notice: DeviceNotice): string {
  const { device, reason } = notice;
  return notice.whose === 'own'
    ? `own ${device} ${reason} ${notice.back}`
    : `${notice.participantId} ${device} ${reason}`;
}

/**
 * Notices about devices that this person has put away, who may have no camera at all. They stay away on every page of
 * the call; what goes and comes back, or has another reason, is said again.
 */
export class ClosedNotices {
  readonly #closed = new SvelteSet<string>();

  close(notice: DeviceNotice): void {
    this.#closed.add(noticeKey(notice));
  }

  /** Those of them that this person has not put away. */
  open(notices: readonly DeviceNotice[]): DeviceNotice[] {
    return notices.filter((notice) => !this.#closed.has(noticeKey(notice)));
  }

  /** What there is to be said now: closed ones that are gone are forgotten. */
  keepOnly(notices: readonly DeviceNotice[]): void {
    const there = new Set(notices.map(noticeKey));
    for (const key of [...this.#closed]) if (!there.has(key)) this.#closed.delete(key);
  }
}
