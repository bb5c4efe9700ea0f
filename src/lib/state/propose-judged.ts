import type { SessionId } from '#domain/ids.ts';
import { ok, refuse } from '#domain/result.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import type { Workspace } from '../sync/workspace.ts';
import type { Outcome } from './outcome.ts';

/** How long a call command waits for the relay's word. */
const judgeMs = 10_000;

/** A command that this device has kept, and what the relay says of it. */
export interface Kept {
  /** `relay-unreachable` where no word comes in time: it is then taken back. */
  readonly judged: Promise<Outcome>;
}

/**
 * Proposes what is nothing without the relay's word: what rings nowhere is no call. Resolves as soon as it is kept on
 * this device. Without a link it is not even tried; but the link is, at once, so that the next press may find one.
 */
export async function proposeJudged(
  workspace: Workspace,
  sessionId: SessionId,
  body: SessionCommandBody,
): Promise<Outcome<Kept>> {
  if (workspace.engine.connection.state === 'offline') {
    workspace.engine.wake();
    return refuse('relay-unreachable');
  }
  const proposed = await workspace.engine.propose(sessionId, body);
  if (!proposed.ok) return proposed;
  const { commandId, settled } = proposed.value;
  const judged = async (): Promise<Outcome> => {
    let cancel: (() => void) | undefined;
    const late = new Promise<'late'>((resolve) => {
      cancel = workspace.runtime.after(judgeMs, () => resolve('late'));
    });
    const answer = await Promise.race([settled, late]);
    cancel?.();
    if (answer !== 'late' && answer.ok) return ok(undefined);
    // Told to the person here and now: it need not wait in the outbox, too.
    await workspace.store.outbox.remove([commandId]);
    return answer === 'late' ? refuse('relay-unreachable') : answer;
  };
  return ok({ judged: judged() });
}
