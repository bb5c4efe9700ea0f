import type { Logger } from 'pino';
import type { Directory } from '#domain/protocol/directory.ts';
import type { Person } from '#domain/session/subject.ts';
import type { PeopleService, SignedIn } from '../people/people-service.ts';
import type { Clock } from '../ports.ts';
import type { RelayStorage } from '../storage/relay-storage.ts';
import type { StreamLog } from '../streams/stream-log.ts';
import type { SignIns, Started } from './sign-in.ts';
import type { TicketOffice } from './socket-tickets.ts';

/** What the routes work with. */
export interface RouteParts {
  storage: RelayStorage;
  streams: StreamLog;
  people: PeopleService;
  clock: Clock;
  directoryFor(person: Person): Promise<Directory | undefined>;
  signIns: SignIns;
  tickets: TicketOffice;
  trustProxy: boolean;
  log: Logger;
}

/** Answers a sign-in that was let through, or refused: sets the cookie, ends the one before. */
export type BeginSignIn = (
  request: Request,
  started: Started,
  before: SignedIn | undefined,
) => Promise<Response>;
