import { createContext, untrack } from 'svelte';
import type { ErrorCode } from '#domain/error-codes.ts';
import { m } from '../messages.ts';
import type { ToastItem } from '../primitives/toast.ts';

/** The notifications on the screen, newest last. */
export class Toasts {
  items = $state.raw<readonly ToastItem[]>([]);

  show(toast: ToastItem): void {
    // Called from effects too: what is on the screen must not become their dependency.
    this.items = [...untrack(() => this.items).filter((one) => one.id !== toast.id), toast].slice(-3);
  }

  /** Says a refusal in the words of the person. */
  fail(code: ErrorCode): void {
    const show = (title: string, text?: string): void =>
      this.show({ id: `failure-${code}`, title, ...(text ? { text } : {}), tone: 'danger', urgent: true });
    import('../errors/error-sentences.ts').then(
      ({ errorSentences }) => show(errorSentences[code].sentence(), errorSentences[code].wayOut()),
      () => show(m.error_title()),
    );
  }

  dismiss(id: string): void {
    const items = untrack(() => this.items);
    if (items.some((one) => one.id === id)) this.items = items.filter((one) => one.id !== id);
  }
}

export const [getToasts, setToasts] = createContext<Toasts>();
