import { compareNames, hasWord, searchable, searchWords, type SearchWord } from '#domain/find-text.ts';
import { lastScore } from '#domain/session/rating.ts';
import { sessionStatuses, type SessionStatus } from '#domain/session/status.ts';
import { completedCalls, isAssigned, type VideoSession } from '#domain/session/video-session.ts';
import type { RatingScore } from '#domain/session/events.ts';

export const sessionOrders = ['updated', 'created', 'status', 'device', 'employee', 'rating'] as const;
export type SessionOrder = (typeof sessionOrders)[number];

/** What a list of sessions is asked for. Empty texts ask for nothing. */
export interface SessionQuery {
  status: SessionStatus | 'all';
  /** Every word has to be in it, somewhere. */
  words: string;
  deviceId: string;
  employeeId: string;
  ticketId: string;
  /** A score, or those that were completed and have none. */
  rating: '' | `${RatingScore}` | 'none';
  /** Days as `2026-11-21`, both included, by the last change. */
  from: string;
  until: string;
  order: SessionOrder;
  /** Against the usual direction of the order. */
  reversed: boolean;
}

export const everySession: SessionQuery = {
  status: 'all',
  words: '',
  deviceId: '',
  employeeId: '',
  ticketId: '',
  rating: '',
  from: '',
  until: '',
  order: 'updated',
  reversed: false,
};

/** How many filters are set besides status and words. */
export function filterCount(query: SessionQuery): number {
  const { deviceId, employeeId, ticketId, rating, from, until } = query;
  return [deviceId, employeeId, ticketId, rating, from, until].filter((one) => one !== '').length;
}

/** Tickets as lists name them. */
export type TicketNames = readonly { readonly id: string; readonly number: number; readonly title: string }[];

/** What else can be said of a session in words: the numbers of its tickets. */
export type TicketWords = (ticketId: string) => string | undefined;

/** The sessions that match, in the order asked for. `sessions` come with the one that changed last first. */
export function selectSessions(
  sessions: readonly VideoSession[],
  query: SessionQuery,
  ticketWords: TicketWords = () => undefined,
): VideoSession[] {
  const matches = matcherOf(query, ticketWords);
  const found = sessions.filter(matches);
  const compare = orders[query.order];
  // 'updated' is the order in which they come; Array.sort keeps it among equals.
  if (query.order !== 'updated') found.sort(compare);
  return query.reversed ? found.reverse() : found;
}

/** How many sessions of each status match the rest of the query: the numbers on the tabs. */
export function countByStatus(
  sessions: readonly VideoSession[],
  query: SessionQuery,
  ticketWords: TicketWords = () => undefined,
): Record<SessionStatus | 'all', number> {
  const counts = Object.fromEntries(['all', ...sessionStatuses].map((status) => [status, 0])) as Record<
    SessionStatus | 'all',
    number
  >;
  const matches = matcherOf({ ...query, status: 'all' }, ticketWords);
  for (const session of sessions) {
    if (!matches(session)) continue;
    counts.all += 1;
    counts[session.status] += 1;
  }
  return counts;
}

/** Those that an employee works on, or worked on since `sinceMs` (F76). */
export function mySessions(
  sessions: readonly VideoSession[],
  employeeId: string,
  sinceMs: number,
): VideoSession[] {
  const isOver = ({ status }: VideoSession): boolean => status === 'CLOSED' || status === 'CANCELLED';
  return sessions.filter(
    (session) => isAssigned(session, employeeId) && (!isOver(session) || session.updatedAtMs >= sinceMs),
  );
}

function matcherOf(query: SessionQuery, ticketWords: TicketWords): (session: VideoSession) => boolean {
  const words = searchWords(query.words);
  const fromMs = startOfDay(query.from);
  const untilMs = startOfDay(query.until, 1);
  const { status, deviceId, employeeId, ticketId, rating } = query;
  return (session) =>
    (status === 'all' || session.status === status) &&
    (!deviceId || session.device.id === deviceId) &&
    (!employeeId || isAssigned(session, employeeId)) &&
    (!ticketId || session.ticketIds.some((id) => id === ticketId)) &&
    (!rating || ratingMatches(session, rating)) &&
    (fromMs === undefined || session.updatedAtMs >= fromMs) &&
    (untilMs === undefined || session.updatedAtMs < untilMs) &&
    (words.length === 0 || hasWords(session, words, ticketWords));
}

function ratingMatches(session: VideoSession, rating: Exclude<SessionQuery['rating'], ''>): boolean {
  const score = lastScore(session);
  if (rating === 'none') return score === undefined && completedCalls(session).length > 0;
  return score === Number(rating);
}

// A session never changes: a new one takes its place. So its words are put together once.
const texts = new WeakMap<VideoSession, string>();

function hasWords(session: VideoSession, words: readonly SearchWord[], ticketWords: TicketWords): boolean {
  const known = texts.get(session) ?? textOf(session);
  texts.set(session, known);
  // Tickets are named by the directory, which changes without the session.
  const tickets = session.ticketIds.map((id) => searchable([ticketWords(id)]));
  return words.every((word) => hasWord(known, word) || tickets.some((ticket) => hasWord(ticket, word)));
}

function textOf(session: VideoSession): string {
  return searchable([
    session.reason,
    session.device.name,
    session.openedBy.name,
    session.customer?.name,
    ...session.assigned.map((one) => one.name),
    ...session.notes.map((note) => note.text),
    ...session.chat.map((message) => message.text),
  ]);
}

/** Local midnight of `2026-11-21`, `days` later; undefined for anything that is no day. */
function startOfDay(text: string, days = 0): number | undefined {
  const [year, month, day] = text.split('-').map(Number);
  if (!year || !month || !day) return undefined;
  return new Date(year, month - 1, day + days).getTime();
}

type Compare = (a: VideoSession, b: VideoSession) => number;

const statusRank = new Map(sessionStatuses.map((status, index) => [status, index]));

const orders: Record<SessionOrder, Compare> = {
  updated: (a, b) => b.updatedAtMs - a.updatedAtMs,
  created: (a, b) => b.createdAtMs - a.createdAtMs,
  status: (a, b) => (statusRank.get(a.status) ?? 0) - (statusRank.get(b.status) ?? 0),
  device: (a, b) => compareNames(a.device.name, b.device.name),
  // Nobody yet comes first: those wait for somebody.
  employee: (a, b) => compareNames(a.assigned[0]?.name ?? '', b.assigned[0]?.name ?? ''),
  rating: (a, b) => (lastScore(b) ?? 0) - (lastScore(a) ?? 0),
};
