import { createContext } from 'svelte';
import type { SessionState } from '../../state/SessionState.svelte.ts';
import type { NotificationsState } from '../../state/NotificationsState.svelte.ts';
import type { Notice } from '../../state/notices.ts';
import { m } from '../messages.ts';
import type { Toasts } from '../screens/toasts.svelte.ts';
import { noticeHref, toastIdOf } from './notice-places.ts';

export interface NoticeAction {
  label: string;
  primary?: boolean;
  onselect: () => void;
}

export interface NoticeCentreParts {
  notifications: NotificationsState;
  session: (id: string) => SessionState;
  isSignedIn: () => boolean;
  isEmployee: () => boolean;
  toasts: Toasts;
  go: (to: string) => void;
}

/** What a person can do with a notice, the same wherever it stands: as a pop-up or in the list. */
export class NoticeCentre {
  readonly #parts: NoticeCentreParts;

  constructor(parts: NoticeCentreParts) {
    this.#parts = parts;
  }

  get notifications(): NotificationsState {
    return this.#parts.notifications;
  }

  get isSignedIn(): boolean {
    return this.#parts.isSignedIn();
  }

  get isEmployee(): boolean {
    return this.#parts.isEmployee();
  }

  /** At most one is primary. `left` is called when the person goes somewhere else by it. */
  actionsOf(notice: Notice, left: () => void = () => undefined): NoticeAction[] {
    const href = noticeHref(notice, this.isEmployee);
    const goTo = (to: string): void => {
      void this.#seen(notice);
      left();
      this.#parts.go(to);
    };
    const markRead = { label: m.notice_mark_read(), onselect: () => void this.acknowledge(notice) };
    switch (notice.kind) {
      case 'request':
        return [
          { label: m.session_review(), onselect: () => goTo(href) },
          {
            label: m.session_confirm(),
            primary: true,
            onselect: () => {
              void this.#seen(notice);
              left();
              void this.#confirm(notice, href);
            },
          },
        ];
      case 'message':
        return [
          ...(notice.read ? [] : [markRead]),
          {
            label: m.notice_respond(),
            primary: true,
            onselect: () => goTo(notice.sessionId ? `${href}#chat` : href),
          },
        ];
      default:
        return [
          ...(notice.read ? [] : [markRead]),
          { label: m.common_open(), primary: true, onselect: () => goTo(href) },
        ];
    }
  }

  async acknowledge(notice: Notice): Promise<void> {
    this.#parts.toasts.dismiss(toastIdOf(notice));
    await this.notifications.acknowledge(notice);
  }

  async #seen(notice: Notice): Promise<void> {
    this.#parts.toasts.dismiss(toastIdOf(notice));
    await this.notifications.markRead(notice.id);
  }

  async #confirm(notice: Notice, href: string): Promise<void> {
    const proposed = await this.#parts.session(notice.sessionId ?? '').confirm();
    const outcome = proposed.ok ? await proposed.value.settled : proposed;
    if (outcome.ok) this.#parts.go(href);
    else this.#parts.toasts.fail(outcome.reason);
  }
}

export const [getNoticeCentre, setNoticeCentre] = createContext<NoticeCentre>();
