/** The tool with which the person touches the picture: at most one, of whichever feature. */
export class ToolInHand {
  #key = $state<string | null>(null);

  get key(): string | null {
    return this.#key;
  }

  /** Takes the tool; a second time lays it down. */
  toggle(key: string): void {
    this.#key = this.#key === key ? null : key;
  }

  take(key: string): void {
    this.#key = key;
  }

  layDown(): void {
    this.#key = null;
  }
}
