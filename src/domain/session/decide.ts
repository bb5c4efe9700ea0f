import { ok, refuse } from '../result.ts';
import type { RelayCommand, SessionCommand } from './commands.ts';
import { decideCall } from './decide-call.ts';
import type { DecideContext, Decision } from './decide-context.ts';
import { decideOpening, isOpening } from './decide-open.ts';
import { decidePeople } from './decide-people.ts';
import { decideRecord } from './decide-record.ts';
import { decideStatus } from './decide-status.ts';
import { expiryTime } from './deadlines.ts';
import { visible } from './permissions.ts';
import { isPurgeDue } from './retention.ts';
import { nextStatus } from './status.ts';
import type { VideoSession } from './video-session.ts';

export type { DecideContext, Decision, KnownDevice } from './decide-context.ts';

/**
 * Judges a command against the session as it stands. Pure: returns the events to append, or the reason why not.
 * The relay decides by this; the app uses it to show at once what will happen.
 */
export function decide(
  session: VideoSession | undefined,
  command: SessionCommand | RelayCommand,
  context: DecideContext,
): Decision {
  if (isOpening(command)) {
    if (session) return refuse(visible(context.subject, session) ? 'already-exists' : 'not-found');
    return decideOpening(command, context);
  }
  // Before anything else: a reason of its own would tell of a session that the subject may not know of.
  if (!session || !visible(context.subject, session)) return refuse('not-found');
  if (isRelayCommand(command))
    return context.subject.kind === 'relay' ? decideForRelay(session, command, context) : refuse('forbidden');
  // The relay has its own commands; it does not take part in a session as a person does.
  if (context.subject.kind === 'relay') return refuse('forbidden');
  // What is due to be erased is gone, even if the relay has not come to it yet: nothing wakes it any more.
  if (isPurgeDue(session, context.nowMs)) return refuse('not-found');
  switch (command.type) {
    case 'session.confirm':
    case 'session.withdraw':
    case 'session.decline':
    case 'session.cancel':
    case 'session.close':
    case 'session.reopen':
    case 'session.set-status':
    case 'call.end-session':
      return decideStatus(session, command, context);
    case 'session.set-visibility':
    case 'session.assign':
    case 'session.unassign':
    case 'session.link-ticket':
    case 'session.unlink-ticket':
    case 'session.link-customer':
    case 'session.unlink-customer':
      return decidePeople(session, command, context);
    case 'call.start':
    case 'call.answer':
    case 'call.reject':
    case 'call.link-up':
    case 'call.leave':
      return decideCall(session, command, context);
    case 'screenshot.take':
    case 'chat.send':
    case 'chat.mark-delivered':
    case 'chat.mark-read':
    case 'note.add':
    case 'rating.give':
    case 'rating.skip':
      return decideRecord(session, command, context);
    default:
      return refuse((command satisfies never, 'unknown-command'));
  }
}

function isRelayCommand(command: SessionCommand | RelayCommand): command is RelayCommand {
  return command.type.startsWith('relay.');
}

function decideForRelay(session: VideoSession, command: RelayCommand, context: DecideContext): Decision {
  const isDue = (atMs: number | undefined): boolean => atMs !== undefined && atMs <= context.nowMs;
  switch (command.type) {
    case 'relay.miss-call':
    case 'relay.lose-leg':
      return decideCall(session, command, context);
    case 'relay.expire':
      if (!nextStatus(session.status, 'expire')) return refuse('illegal-transition');
      return isDue(expiryTime(session)) ? ok([{ type: 'session.expired', payload: {} }]) : refuse('stale');
    case 'relay.close':
      if (!nextStatus(session.status, 'close')) return refuse('illegal-transition');
      return isDue(session.closesAtMs)
        ? ok([{ type: 'session.closed', payload: { automatic: true } }])
        : refuse('stale');
    case 'relay.purge':
      // Nothing is appended to what is erased.
      return isPurgeDue(session, context.nowMs) ? ok([]) : refuse('stale');
    case 'relay.store-screenshot': {
      const shot = session.screenshots.find((one) => one.screenshotId === command.screenshotId);
      if (!shot) return refuse('item-unknown');
      if (shot.stored) return refuse('already-exists');
      return ok([{ type: 'screenshot.stored', payload: { screenshotId: shot.screenshotId } }]);
    }
  }
}
