import type { SessionId } from '#domain/ids.ts';
import { ok, refuse } from '#domain/result.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import type { Workspace } from '../sync/workspace.ts';
import type { Outcome } from './outcome.ts';

/** How long a call command waits for the relay's word. */
const judgeMs = 10_000;

/** Proposes and waits for the relay's word: what rings nowhere is no call. Without a link it is not even tried. */
export async function proposeJudged(
  workspace: Workspace,
  sessionId: SessionId,
  body: SessionCommandBody,
): Promise<Outcome> {
  if (workspace.engine.connection.state === 'offline') return refuse('relay-unreachable');
  const proposed = await workspace.engine.propose(sessionId, body);
  if (!proposed.ok) return proposed;
  const { commandId, settled } = proposed.value;
  let cancel: (() => void) | undefined;
  const late = new Promise<'late'>((resolve) => {
    cancel = workspace.runtime.after(judgeMs, () => resolve('late'));
  });
  const answer = await Promise.race([settled, late]);
  cancel?.();
  if (answer === 'late') {
    await workspace.store.outbox.remove([commandId]);
    return refuse('relay-unreachable');
  }
  // Told to the person here and now: it need not wait in the outbox, too.
  if (!answer.ok) await workspace.store.outbox.remove([commandId]);
  return answer.ok ? ok(undefined) : answer;
}
