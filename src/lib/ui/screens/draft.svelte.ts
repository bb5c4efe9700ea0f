import { written } from '#domain/visible-text.ts';

/** Texts being typed, by a key of the screen's own; they survive a reload and belong to the person. */
export interface Drafts {
  load(key: string): Promise<string>;
  save(key: string, text: string): Promise<unknown>;
  clear(key: string): Promise<unknown>;
}

/** A message that is being written. It is there again when its place is; sent, the field is free for the next one. */
export class Draft {
  text = $state('');
  readonly #drafts: Drafts;
  readonly #key: string;

  constructor(drafts: Drafts, key: string) {
    this.#drafts = drafts;
    this.#key = key;
    void drafts.load(key).then((kept) => {
      if (kept && !this.text) this.text = kept;
    });
  }

  get empty(): boolean {
    return written(this.text) === '';
  }

  /** Call it when the person has typed. */
  keep(): void {
    void this.#drafts.save(this.#key, this.text);
  }

  /**
   * Hands over what is written. The field is empty at once: a second press has nothing to send, and what is typed
   * meanwhile is the next message. What could not be kept comes back.
   */
  async send(deliver: (text: string) => Promise<boolean>): Promise<void> {
    const typed = this.text;
    const words = written(typed);
    if (!words) return;
    this.text = '';
    if (!(await deliver(words))) this.text = this.text ? `${typed}\n${this.text}` : typed;
    await this.#drafts.save(this.#key, this.text);
  }
}
