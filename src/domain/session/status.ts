/** Where a video session stands. Stored and sent as these keys; the screen translates them. */
export const sessionStatuses = [
  'REQUESTED',
  'CONFIRMED',
  'IN_PROGRESS',
  'DONE',
  'CLOSED',
  'CANCELLED',
] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

/** What moves a status. */
export const statusTriggers = [
  'confirm',
  'withdraw',
  'decline',
  'expire',
  'cancel',
  'linkUp',
  'callEnded',
  'callEndedKeptOpen',
  'endKeptOpen',
  'close',
  'reopen',
] as const;
export type StatusTrigger = (typeof statusTriggers)[number];

/**
 * Every legal change of status. What is not in here cannot happen: the relay judges by this table, the screens
 * offer by it. How a session begins stands in `initialStatus`.
 */
const transitions = {
  REQUESTED: { confirm: 'CONFIRMED', withdraw: 'CANCELLED', decline: 'CANCELLED', expire: 'CANCELLED' },
  // `endKeptOpen` only after a call, where sessions stay open between calls until an employee ends them (C15).
  CONFIRMED: { cancel: 'CANCELLED', linkUp: 'IN_PROGRESS', endKeptOpen: 'DONE' },
  IN_PROGRESS: { callEnded: 'DONE', callEndedKeptOpen: 'CONFIRMED', cancel: 'CANCELLED' },
  DONE: { close: 'CLOSED', reopen: 'CONFIRMED' },
  CLOSED: { reopen: 'CONFIRMED' },
  CANCELLED: { reopen: 'CONFIRMED' },
} as const satisfies Record<SessionStatus, Partial<Record<StatusTrigger, SessionStatus>>>;

/** How a session comes to be. */
export const initialStatus = {
  request: 'REQUESTED',
  create: 'CONFIRMED',
  directCall: 'CONFIRMED',
} as const satisfies Record<string, SessionStatus>;

/** The status that `trigger` leads to, or undefined where the change is not legal. */
export function nextStatus(from: SessionStatus, trigger: StatusTrigger): SessionStatus | undefined {
  const row: Partial<Record<StatusTrigger, SessionStatus>> = transitions[from];
  return row[trigger];
}
