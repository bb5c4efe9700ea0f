import type { ErrorCode } from '#domain/error-codes.ts';
import type { Outcome } from '../../state/outcome.ts';
import type { Proposal } from '../../state/SessionState.svelte.ts';

/** What a card of the screen has proposed, and why it was refused. */
export class Run {
  failure = $state<ErrorCode>();
  #pending: Promise<boolean> | undefined;

  /**
   * Proposes; true as soon as the proposal is kept on this device. The relay's word may come much later, and is told
   * here when it is a refusal. Two quick clicks are one: until the first is kept, another one proposes nothing.
   */
  async do(command: () => Promise<Outcome<Proposal>>): Promise<boolean> {
    if (this.#pending) return false;
    this.#pending = this.#propose(command);
    try {
      return await this.#pending;
    } finally {
      this.#pending = undefined;
    }
  }

  /** For what may well come several times: each waits until the one before is kept. */
  async inTurn(command: () => Promise<Outcome<Proposal>>): Promise<boolean> {
    while (this.#pending) await this.#pending.catch(() => false);
    return this.do(command);
  }

  async #propose(command: () => Promise<Outcome<Proposal>>): Promise<boolean> {
    this.failure = undefined;
    const proposed = await command();
    if (proposed.ok) void proposed.value.settled.then((answer) => this.#take(answer));
    else this.#take(proposed);
    return proposed.ok;
  }

  #take(answer: Outcome<unknown>): void {
    if (!answer.ok) this.failure = answer.reason;
  }
}
