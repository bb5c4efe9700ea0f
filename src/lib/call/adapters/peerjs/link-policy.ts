import { reconnectGraceMs } from '#domain/session/decide-call.ts';

/** After this time without a path the addresses are gathered anew; shorter gaps heal by themselves. */
const restartAfterMs = 2_000;
/** A restart that has not helped by then is given up for a fresh address and a fresh call. */
const renewAfterRestartMs = 6_000;
/** A first link that does not come up within this time is tried afresh. */
const renewFirstAfterMs = 9_000;
/** Without a first link after this time the person is told. */
const firstLinkGraceMs = 20_000;
/**
 * How long somebody whom the relay no longer lists keeps a link that works: the relay itself waits that long for them
 * to come back, and after a restart it has to learn anew who is there. Who was sent away is dropped at once.
 */
export const rosterGraceMs = reconnectGraceMs + 5_000;

/** What is known of a link that should be up. Ages in milliseconds, counted while it is down. */
export interface LinkView {
  /** Undefined when there is no connection object at all. */
  connection: RTCPeerConnectionState | undefined;
  /** The worse of the two states that browsers keep; `iceConnectionState` may tell earlier. */
  ice: RTCIceConnectionState | undefined;
  everConnected: boolean;
  downForMs: number;
  /** Since the last restart of this connection object, undefined before the first. */
  sinceRestartMs: number | undefined;
  /** Since the last fresh try, undefined before the first. */
  sinceRenewMs: number | undefined;
  /** How many fresh tries there were since it went down. */
  renewals: number;
}

export type LinkAction = 'wait' | 'restart' | 'renew';

/** Is a path up, as far as the browser knows? */
export function isUp(connection: RTCPeerConnectionState, ice: RTCIceConnectionState): boolean {
  return connection === 'connected' && (ice === 'connected' || ice === 'completed');
}

/** What to do about a link that is down. Pure: ages in, decision out. */
export function nextLinkAction(view: LinkView): LinkAction {
  const waitMs = Math.min(30_000, renewFirstAfterMs * 1.5 ** Math.max(0, view.renewals - 1));
  if (view.sinceRenewMs !== undefined && view.sinceRenewMs < waitMs) return 'wait';
  const fresh =
    view.connection === undefined || view.connection === 'new' || view.connection === 'connecting';
  if (view.connection === 'closed') return 'renew';
  if (!view.everConnected || (fresh && view.sinceRestartMs === undefined)) {
    if (view.connection === 'failed') return 'renew';
    return view.downForMs >= renewFirstAfterMs ? 'renew' : 'wait';
  }
  if (view.sinceRestartMs === undefined) {
    const failed = view.connection === 'failed' || view.ice === 'failed';
    return failed || view.downForMs >= restartAfterMs ? 'restart' : 'wait';
  }
  return view.sinceRestartMs >= renewAfterRestartMs ? 'renew' : 'wait';
}

/** Has it been down for so long that the person should be told it is lost? Trying goes on all the same. */
export function isLost(everConnected: boolean, downForMs: number): boolean {
  return downForMs >= (everConnected ? reconnectGraceMs : firstLinkGraceMs);
}
