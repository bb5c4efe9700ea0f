import { expect, it } from 'vitest';
import { Emitter } from '#domain/emitter.ts';
import { Log, people, say } from '#harness/domain/sessions.ts';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';
import { NotificationsState } from './NotificationsState.svelte.ts';

/** What is asked of a slot about ringing: a session kept on the device, and how the link stands. */
function slotWith(log: Log, connection: { state: string; caughtUp: boolean }): WorkspaceSlot {
  const emitters = Object.fromEntries(
    ['sessions', 'tickets', 'seen', 'directory', 'connection'].map((name) => [name, new Emitter()]),
  );
  const current = {
    engine: { connection },
    relayNowMs: () => log.nowMs,
    view: { list: [{ session: log.current }] },
    directory: { subject: people.opener },
  };
  return { ...emitters, current } as unknown as WorkspaceSlot;
}

it.each([
  ['without a link', { state: 'offline', caughtUp: false }, undefined],
  ['while the link comes', { state: 'connecting', caughtUp: false }, undefined],
  ['before all is here that the relay had', { state: 'online', caughtUp: false }, undefined],
  ['as soon as all is here', { state: 'online', caughtUp: true }, 'erika'],
])('F37 a call that is kept as ringing may be over: %s it rings accordingly', (_when, connection, rings) => {
  const log = new Log().must(people.assigned, say.create()).must(people.assigned, say.start());
  const state = new NotificationsState(slotWith(log, connection));
  expect(state.ringing?.fromName).toBe(rings);
});
