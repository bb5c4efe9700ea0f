/** So far from its end a list counts as at its end, in CSS pixels. */
const nearPixels = 80;

/** Keeps a list that grows where its reader is: at the end, or where they read further up. */
export class FollowEnd {
  /** Messages that have come while the reader was further up. */
  news = $state(0);
  #following = true;
  #lastTop = 0;

  get following(): boolean {
    return this.#following;
  }

  /** Only who goes upwards lets go of the end: growing content scrolls nobody. */
  scrolled({
    scrollTop,
    scrollHeight,
    clientHeight,
  }: Pick<Element, 'scrollTop' | 'scrollHeight' | 'clientHeight'>): void {
    if (scrollHeight - clientHeight - scrollTop < nearPixels) this.follow();
    else if (scrollTop < this.#lastTop) this.#following = false;
    this.#lastTop = scrollTop;
  }

  follow(): void {
    this.#following = true;
    this.news = 0;
  }

  /**
   * Messages have come.
   * @param own the last one was written by the reader, who wants to see it
   * @returns whether to go to the end
   */
  came(count: number, own: boolean): boolean {
    if (own) this.follow();
    else if (!this.#following) this.news += count;
    return this.#following;
  }
}
