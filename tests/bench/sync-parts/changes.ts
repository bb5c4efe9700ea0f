import { base64Url, type CommandId, type MessageId, type NoteId, type SessionId } from '#domain/ids.ts';
import type { SessionCommand } from '#domain/session/commands.ts';
import { Chance } from '../../convergence/kit/chance.ts';

const words =
  'the pressure at valve two drops when pump runs longer than ten minutes please check seal replaced yesterday ' +
  'filter is clean temperature reads eighty degrees noise from bearing left side oil level ok tomorrow again';

/** What one device does while it has no link: messages and notes, in turn over its sessions. */
export function offlineChanges(
  sessions: readonly SessionId[],
  count: number,
  seed: number,
): SessionCommand[] {
  const chance = new Chance(seed);
  const newId = (): string => base64Url(Uint8Array.from({ length: 16 }, () => chance.below(256)));
  const list = words.split(' ');
  const text = (): string =>
    Array.from({ length: 6 + chance.below(10) }, () => list[chance.below(list.length)]).join(' ');
  let atMs = 1_800_000_000_000;
  return Array.from({ length: count }, (_, at): SessionCommand => {
    atMs += 200 + chance.below(20_000);
    // As the app makes them: a message and its command go by one id.
    const own = newId();
    const common = {
      id: own as CommandId,
      // People stay with one session for a while.
      streamId: sessions[Math.floor(at / 20) % sessions.length] as SessionId,
      baseSeq: 2,
      clientAtMs: atMs,
    };
    return at % 10 === 9
      ? { type: 'note.add', payload: { noteId: own as NoteId, text: text() }, ...common }
      : { type: 'chat.send', payload: { messageId: own as MessageId, text: text() }, ...common };
  });
}
