import { createHash } from 'node:crypto';
import { makeId, type CommandId, type ScreenshotId, type SessionId } from '#domain/ids.ts';
import { parseClientMessage, type CommandOutcome } from '#domain/protocol/sync-messages.ts';
import { maxFrameBytes } from '#domain/protocol/version.ts';
import { parseSessionCommand, type SessionCommand } from '#domain/session/commands.ts';
import { decide } from '#domain/session/decide.ts';
import type { SessionEvent, SessionEventBody } from '#domain/session/events.ts';
import { applyEvent } from '#domain/session/fold.ts';
import { visible } from '#domain/session/permissions.ts';
import { actorOf, type Person, type Subject } from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import { contextOf } from '../../harness/domain/sessions.ts';
import type { Chance } from './chance.ts';
import type { FakeClock } from './fake-clock.ts';

/** One socket as the relay sees it. */
export interface RelayEnd {
  send(text: string): void;
  close(code: number): void;
}

interface Client {
  person: Person;
  end: RelayEnd;
  greeted: boolean;
  /** Sessions whose events this socket has been sent. */
  shown: Set<SessionId>;
  calls: Set<string>;
}

/** The sync protocol's relay side, in memory, judging by the real rules. */
export class FakeRelay {
  readonly log: SessionEvent[] = [];
  readonly sessions = new Map<SessionId, VideoSession>();
  /** Every command as it came in, repetitions included. */
  readonly pushed: SessionCommand[] = [];
  readonly inCall: { person: string; callId: string; deviceKey: string; peerId: string | null }[] = [];
  epoch: string;
  /** Refuses every push with this reason while it is set. */
  failPushes: 'storage-full' | 'internal' | 'too-many-requests' | undefined;
  /** Answers nothing while set, though sockets stay open. */
  mute = false;
  hellos = 0;
  readonly #clock: FakeClock;
  readonly #chance: Chance;
  readonly #outcomes = new Map<CommandId, CommandOutcome>();
  readonly #clients = new Set<Client>();

  constructor(clock: FakeClock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
    this.epoch = makeId((length) => Uint8Array.from({ length }, () => chance.below(256)));
  }

  connect(person: Person, end: RelayEnd): { receive(text: string): void; gone(): void } {
    const client: Client = { person, end, greeted: false, shown: new Set(), calls: new Set() };
    this.#clients.add(client);
    return {
      receive: (text) => this.#receive(client, text),
      gone: () => this.#clients.delete(client),
    };
  }

  get connected(): number {
    return this.#clients.size;
  }

  /** Another history: what happened so far is forgotten, as after an old backup was restored. */
  startOver(): void {
    this.epoch = makeId((length) => Uint8Array.from({ length }, () => this.#chance.below(256)));
    this.log.length = 0;
    this.sessions.clear();
    this.#outcomes.clear();
    this.closeAll(1012);
  }

  closeAll(code: number): void {
    for (const client of [...this.#clients]) {
      this.#clients.delete(client);
      client.end.close(code);
    }
  }

  /** Something a person does elsewhere. */
  does(person: Person, command: SessionCommand): CommandOutcome {
    return this.#judge(person, command);
  }

  /** The relay has verified a picture: it says so in the log, by itself. */
  stores(streamId: SessionId, screenshotId: ScreenshotId): void {
    this.#append({ kind: 'relay' }, { streamId }, [{ type: 'screenshot.stored', payload: { screenshotId } }]);
  }

  canonical(): string {
    return canonicalOf([...this.sessions.values()]);
  }

  tell(message: unknown): void {
    for (const client of this.#clients) this.#send(client, message);
  }

  #receive(client: Client, text: string): void {
    if (this.mute) return;
    if (new TextEncoder().encode(text).length > maxFrameBytes) return client.end.close(1009);
    const message = parseClientMessage(text);
    if (!message) return client.end.close(1003);
    switch (message.t) {
      case 'hello':
        return this.#greet(client, message.epoch, message.position);
      case 'ping':
        return this.#send(client, { t: 'pong', requestId: message.requestId, nowMs: this.#clock.nowMs });
      case 'push': {
        if (this.failPushes) {
          const { requestId } = message;
          return this.#send(client, { t: 'error', requestId, reason: this.failPushes });
        }
        const outcomes = message.commands.map((command) =>
          this.#judge(client.person, parseSessionCommand(command)),
        );
        return this.#send(client, { t: 'pushed', requestId: message.requestId, outcomes });
      }
      case 'in-call': {
        const { callId, deviceKey, peerId } = message;
        this.inCall.push({ person: client.person.id, callId, deviceKey, peerId });
        client.calls.add(callId);
        return;
      }
      case 'out-of-call':
        client.calls.delete(message.callId);
        return;
      case 'live':
        for (const other of this.#clients)
          if (other !== client && other.calls.has(message.callId))
            this.#send(other, { ...message, from: client.person.id });
        return;
    }
  }

  #greet(client: Client, epoch: string | null, position: number): void {
    this.hellos += 1;
    const reset = epoch !== null && epoch !== this.epoch;
    this.#send(client, { t: 'welcome', version: 1, epoch: this.epoch, reset, nowMs: this.#clock.nowMs });
    client.greeted = true;
    const since = reset || epoch === null ? 0 : position;
    const here = [...this.sessions.values()].filter((session) => visible(client.person, session));
    for (const session of here) client.shown.add(session.id);
    // A session that is hidden now may be on the device still.
    for (const session of this.sessions.values())
      if (!client.shown.has(session.id))
        this.#send(client, { t: 'gone', streamId: session.id, position: since });
    const events = this.log.filter((event) => event.position > since && client.shown.has(event.streamId));
    const batch = 20;
    for (let from = 0; from < events.length; from += batch) {
      const some = events.slice(from, from + batch);
      const position = some.at(-1)?.position ?? since;
      this.#send(client, { t: 'events', events: some, position, done: false });
    }
    this.#send(client, { t: 'events', events: [], position: this.log.at(-1)?.position ?? 0, done: true });
  }

  #judge(person: Person, command: SessionCommand): CommandOutcome {
    this.pushed.push(command);
    const known = this.#outcomes.get(command.id);
    if (known) return known;
    const before = this.sessions.get(command.streamId);
    const decision = decide(before, command, contextOf(person, this.#clock.nowMs));
    const outcome: CommandOutcome = decision.ok
      ? { ok: true, commandId: command.id, seq: (before?.seq ?? 0) + decision.value.length }
      : { ok: false, commandId: command.id, reason: decision.reason };
    this.#outcomes.set(command.id, outcome);
    if (decision.ok) this.#append(person, command, decision.value);
    return outcome;
  }

  #append(by: Subject, command: { streamId: SessionId; id?: CommandId }, bodies: SessionEventBody[]): void {
    const events = bodies.map((body) => {
      const seq = (this.sessions.get(command.streamId)?.seq ?? 0) + 1;
      const event: SessionEvent = {
        ...body,
        streamId: command.streamId,
        seq,
        position: this.log.length + 1,
        ...(command.id ? { commandId: command.id } : {}),
        actor: actorOf(by),
        atMs: this.#clock.nowMs,
      };
      this.log.push(event);
      this.sessions.set(command.streamId, applyEvent(this.sessions.get(command.streamId), event));
      return event;
    });
    const session = this.sessions.get(command.streamId);
    if (!session) return;
    for (const client of this.#clients) if (client.greeted) this.#show(client, session, events);
  }

  #show(client: Client, session: VideoSession, events: SessionEvent[]): void {
    const position = this.log.at(-1)?.position ?? 0;
    const may = visible(client.person, session);
    const shown = client.shown.has(session.id);
    if (!may) {
      client.shown.delete(session.id);
      if (shown) this.#send(client, { t: 'gone', streamId: session.id, position });
      return;
    }
    client.shown.add(session.id);
    const whole = this.log.filter((event) => event.streamId === session.id);
    this.#send(client, { t: 'events', events: shown ? events : whole, position, done: true });
  }

  #send(client: Client, message: unknown): void {
    if (!this.mute) client.end.send(JSON.stringify(message));
  }
}

/** Hash over sessions, the same for the same content; after it their ids and lengths, to see where two differ. */
export function canonicalOf(sessions: VideoSession[]): string {
  const inOrder = sessions.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const hash = createHash('sha256').update(JSON.stringify(inOrder.map((session) => sorted(session))));
  return [hash.digest('hex'), ...inOrder.map(({ id, seq }) => `${id.slice(0, 4)}:${seq}`)].join(' ');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
