import { expect, test } from 'vitest';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { Directory } from '#domain/protocol/directory.ts';
import { defaultSettings } from '#domain/organization/settings.ts';
import { people, sessionIn } from '#harness/domain/sessions.ts';
import type { OutboxItem, PersonStore, StreamsDelta } from '../storage/person-store.ts';
import { Views } from './views.ts';

test('X16 a command that leaves the outbox does not let its session fall back until the event is told', async () => {
  const before = sessionIn('REQUESTED').current;
  const after: VideoSession = { ...before, status: 'CONFIRMED', seq: before.seq + 1 };
  let tellSessions: (delta: StreamsDelta<'session'>) => void = () => undefined;
  let tellOutbox: (items: OutboxItem[]) => void = () => undefined;
  const store = {
    replica: {
      watch: (kind: string, listener: typeof tellSessions) => {
        if (kind === 'session') tellSessions = listener;
        return () => undefined;
      },
      get: async () => after,
    },
    outbox: { watch: (listener: typeof tellOutbox) => ((tellOutbox = listener), () => undefined) },
  } as unknown as PersonStore;
  const directory = {
    subject: people.responsible,
    organization: { id: before.organizationId, name: '', settings: defaultSettings },
    devices: [],
    employees: [],
    tickets: [],
  } as unknown as Directory;
  const view = new Views(store, () => directory).sessions;
  const seen: (string | undefined)[] = [];
  const told = new Promise<void>((resolve) =>
    view.onChange(() => {
      seen.push(view.get(before.id)?.session.status);
      if (view.get(before.id)?.confirmed?.seq === after.seq) resolve();
    }),
  );
  tellSessions({ changed: [before], gone: [] });
  const command = {
    id: 'c',
    streamId: before.id,
    baseSeq: before.seq,
    clientAtMs: 0,
    type: 'session.confirm',
    payload: {},
  };
  tellOutbox([
    { id: 'c', order: 1, streamId: before.id, command, state: 'sent', atMs: 0 } as unknown as OutboxItem,
  ]);
  tellOutbox([]);
  await told;
  expect(seen).toEqual(['REQUESTED', 'CONFIRMED', 'CONFIRMED']);
});
