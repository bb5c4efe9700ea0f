import type { ErrorCode } from '#domain/error-codes.ts';
import { written } from '#domain/visible-text.ts';
import { fittingName, maxAttachments, whyNotAttach } from '../../ticket/attachments.ts';
import { Run } from '../run.svelte.ts';
import type { ConversationState } from './conversation-state.ts';

export interface Attached {
  readonly id: number;
  readonly file: File;
  /** To show a picture by; none for other files. */
  readonly src: string | undefined;
}

/** A message that is being written: words, and files that go with it. */
export class Outgoing {
  text = $state('');
  attached = $state.raw<readonly Attached[]>([]);
  /** The files that could not be taken last, each with why. */
  refused = $state.raw<readonly { readonly name: string; readonly code: ErrorCode }[]>([]);
  busy = $state(false);
  readonly run = new Run();
  #count = 0;

  get empty(): boolean {
    return written(this.text) === '' && this.attached.length === 0;
  }

  /** Takes files that were chosen, dropped or pasted; those that would be refused are named instead. */
  attach(files: readonly File[]): void {
    this.refused = [];
    for (const file of files) {
      const code =
        whyNotAttach(file) ?? (this.attached.length >= maxAttachments ? 'limit-reached' : undefined);
      if (code) {
        this.refused = [...this.refused, { name: file.name, code }];
        continue;
      }
      this.#count += 1;
      const src = file.type.startsWith('image/') ? URL.createObjectURL(file) : undefined;
      this.attached = [...this.attached, { id: this.#count, file, src }];
    }
  }

  remove(one: Attached): void {
    if (one.src) URL.revokeObjectURL(one.src);
    this.attached = this.attached.filter((other) => other.id !== one.id);
  }

  /**
   * Sends what is written and attached, the words with the first file. The field is empty at once: what is typed
   * meanwhile is the next message. What could not be kept comes back.
   */
  async send(conversation: Pick<ConversationState, 'sendText' | 'sendFile'>): Promise<boolean> {
    if (this.busy || this.empty) return false;
    this.busy = true;
    this.refused = [];
    let typed = this.text;
    this.text = '';
    try {
      if (this.attached.length === 0) {
        if (!(await this.run.do(() => conversation.sendText(written(typed))))) return false;
        typed = '';
      }
      for (const one of this.attached) {
        const file = new File([one.file], fittingName(one.file.name), { type: one.file.type });
        if (!(await this.run.do(() => conversation.sendFile(file, written(typed))))) return false;
        typed = '';
        this.remove(one);
      }
      return true;
    } finally {
      this.busy = false;
      if (typed) this.text = this.text ? `${typed}\n${this.text}` : typed;
    }
  }

  /** The screen goes: pictures of what was not sent are let go. */
  dispose(): void {
    for (const one of this.attached) this.remove(one);
  }
}
