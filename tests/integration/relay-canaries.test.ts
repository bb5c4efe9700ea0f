import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CustomerId, DeviceId, EmployeeId, MessageId, SessionId } from '#domain/ids.ts';
import { callDocument, screenshotDocument } from '#domain/protocol/documents.ts';
import type { StreamEvent, StreamId } from '#domain/protocol/streams.ts';
import { attempt, attemptSibling, attemptOpening, triedAs } from '../harness/domain/authorization-trial.ts';
import { actions, openings } from '#domain/session/permissions.ts';
import {
  allKinds,
  codes,
  command,
  demoOrganization,
  newId,
  type SyncClient,
} from '../harness/relay-harness.ts';

import {
  callId,
  chatText,
  compressorSession,
  compressorTicket,
  customerName,
  deviceIds,
  employeeName,
  expectNone,
  heard,
  hiddenIds,
  hideCanaries,
  inDocument,
  logged,
  marks,
  noteText,
  organizationIds,
  otherOrganization,
  people,
  positionBefore,
  pressSession,
  pressTicket,
  relay,
  say,
  screenshotId,
  secret,
  sessionId,
  settled,
  type Person,
} from './canary-kit.ts';

/** A replica as it stood at a position. */
function until(socket: SyncClient, position: number) {
  const events = new Map<StreamId, StreamEvent[]>();
  for (const [id, log] of socket.events) {
    const had = log.filter((event) => event.position <= position);
    if (had.length > 0) events.set(id, had);
  }
  return { epoch: socket.epoch, position, events };
}

/** Everything that a curious client can do with ids that it has come by. */
async function crawl(who: Person, own: readonly StreamId[]): Promise<void> {
  const { client } = who;
  const sessions = [sessionId, compressorSession, pressSession].filter((id) => !own.includes(id));
  const tickets = [compressorTicket, pressTicket].filter((id) => !own.includes(id));
  const items = [screenshotId, ...deviceIds.slice(2, 3)];
  for (const id of [...sessions, ...tickets, otherOrganization, demoOrganization]) {
    await client.request(`/api/streams/${id}/chain`);
    await client.post(`/api/sessions/${id}/guest-link`, {});
    for (const purpose of ['calls', 'y-webrtc'])
      await client.post('/api/socket-tickets', { purpose, sessionId: id, callId });
    for (const item of items) {
      await client.request(`/api/blobs/${id}/${item}`);
      await client.request(`/api/blobs/${id}/${item}`, { method: 'HEAD' });
    }
    who.socket.say({ t: 'in-call', sessionId: id as SessionId, callId, deviceKey: 'x', peerId: null });
  }
  for (const path of [
    '/api/me',
    '/api/passkeys',
    '/api/openapi.json',
    '/healthz',
    `/api/sessions/${sessionId}`,
  ])
    await client.request(path);
  for (const name of [screenshotDocument(screenshotId), callDocument(callId)])
    expect(await inDocument(who, name)).toBe('not-found');
  const world = {
    deviceId: (deviceIds.at(-1) ?? '') as DeviceId,
    callId,
    messageId: newId<MessageId>(),
    helperId: newId<EmployeeId>(),
    assignedId: newId<EmployeeId>(),
    candidateId: newId<EmployeeId>(),
    ticketId: compressorTicket,
    customerId: newId<CustomerId>(),
    newId,
  };
  const bodies = [
    ...actions.flatMap((action) => attempt(action, 'CONFIRMED', 'public', world) ?? []),
    ...(['call.reject', 'rating.skip', 'session.unassign', 'session.unlink-ticket'] as const).map((one) =>
      attemptSibling(one, world),
    ),
    ...openings.map((opening) => attemptOpening(opening, world)),
  ];
  expect(bodies.length).toBeGreaterThan(Object.keys(triedAs).length - 6);
  for (const id of sessions)
    for (const outcome of await who.socket.push(...bodies.map((body) => command(id, 999, body))))
      expect(outcome.ok).toBe(false);
  await settled(who);
}

/** What is not hidden from them. */
const owned: Partial<Record<keyof typeof people, StreamId[]>> = {
  frida: [compressorSession, compressorTicket],
  emil: [compressorSession, compressorTicket],
  paul: [pressSession, pressTicket],
  otto: [pressSession, pressTicket],
  stranger: [pressSession, pressTicket],
};
const wrongOnes = [
  // Of the machine, but not of what is internal there.
  { name: 'olga', secrets: [...secret.internal, ...secret.device, ...secret.organization], knewBefore: true },
  {
    name: 'otmar',
    secrets: [...secret.internal, ...secret.device, ...secret.organization],
    knewBefore: true,
  },
  { name: 'gus', secrets: [...secret.internal, ...secret.device, ...secret.organization], knewBefore: false },
  { name: 'frida', secrets: [...secret.internal, ...secret.organization], knewBefore: false },
  { name: 'paul', secrets: [...secret.internal, ...secret.device], knewBefore: false },
  { name: 'otto', secrets: [...secret.internal, ...secret.device], knewBefore: false },
  { name: 'stranger', secrets: [...secret.internal, ...secret.device], knewBefore: false },
  // Works here, at another machine: colleagues and customers of the organization are known to all of them.
  {
    name: 'emil',
    secrets: [
      ...secret.internal.filter((one) => one !== customerName && one !== employeeName),
      ...secret.organization,
    ],
    knewBefore: false,
  },
  { name: 'erika', secrets: [...secret.device, ...secret.organization], knewBefore: true },
  { name: 'ada', secrets: [...secret.organization], knewBefore: true },
] as const;

beforeAll(hideCanaries);
afterAll(() => relay.dispose());

describe('canaries: nothing of what is internal, of another machine, of another organization', () => {
  test('T14 T15 F68 while a session is internal, the code users’ sockets are silent', async () => {
    for (const name of ['olga', 'otmar'] as const) {
      await settled(people[name]);
      const since = marks.get(name);
      const frames = people[name].socket.raw.slice(since?.raw).filter((frame) => !frame.includes('"pong"'));
      const kinds = frames.map((frame) => (JSON.parse(frame) as { t: string }).t);
      expect([name, kinds.filter((kind) => kind !== 'directory')]).toEqual([name, []]);
    }
  });

  for (const { name, secrets, knewBefore } of wrongOnes)
    test(`T14 T16 T17 T19 T46 T50 ${name} has none of it in any byte: live, by asking, from the start, catching up`, async () => {
      const who = people[name];
      const sees = name === 'erika' || name === 'ada';
      if (!sees) await crawl(who, owned[name] ?? []);
      const fresh = await who.client.sync(undefined, allKinds);
      const half = await who.client.sync(until(fresh, Math.floor(fresh.position / 2)), allKinds);
      const back = await who.client.sync(until(fresh, positionBefore.position), allKinds);
      const everything = heard(who);
      expectNone(name, everything, secrets);
      if (!knewBefore) expectNone(name, everything, [secret.before]);
      if (sees) return;
      for (const socket of [fresh, half, back]) {
        const text = socket.raw.join('\n');
        expectNone(`${name} from the start`, text, [secret.before]);
        // Gone is said of what the client may have; of nothing else is there even an id.
        const ids = [
          ...hiddenIds,
          screenshotId,
          callId,
          ...(name === 'frida' || name === 'emil' ? [] : deviceIds),
        ];
        expectNone(`${name} ids`, text, [...ids, ...(isStranger(name) ? [] : organizationIds)]);
        if (!knewBefore || socket === fresh) expectNone(`${name} session`, text, [sessionId]);
      }
    });

  test('those for whom it is have all of it: the search finds what there is to find', async () => {
    const { erika, frida, otto, ada } = people;
    expect(await inDocument(erika, screenshotDocument(screenshotId))).toBe('synced');
    await erika.client.request(`/api/blobs/${sessionId}/${screenshotId}`);
    await frida.client.request(`/api/blobs/${compressorTicket}/${deviceIds[2]}`);
    for (const [who, secrets] of [
      [erika, [secret.before, ...secret.internal]],
      [frida, secret.device],
      [otto, secret.organization.filter((one) => !one.includes('device'))],
      [ada, [...secret.device.slice(0, 3), chatText, noteText]],
    ] as const) {
      await who.client.me();
      await who.client.sync(undefined, allKinds);
      const text = heard(who);
      expect(secrets.filter((one) => !text.includes(one))).toEqual([]);
    }
  });

  test('T14 counts: with an internal session more, what a code user is told of is the same to the byte', async () => {
    const { olga, erika } = people;
    const me = async () => (await olga.client.request('/api/me')).text();
    const start = async () => {
      const socket = await olga.client.sync(undefined, ['session']);
      return socket.messages.flatMap((one) => (one.t === 'events' ? one.events : []));
    };
    const before = [await me(), await start()];
    const [device] = (await erika.client.me()).devices;
    for (let more = 0; more < 3; more += 1) {
      const id = newId<SessionId>();
      const payload = { deviceId: device?.id, reason: 'x', ticketIds: [] };
      await say(erika, id, { type: 'session.create', payload });
      await say(erika, id, { type: 'session.set-visibility', payload: { visibility: 'internal' } });
    }
    expect([await me(), await start()]).toEqual(before);
  });

  test('T46 P53 no text, name, code or token of all this is in the log', () => {
    expect(logged.join('')).not.toContain('canary');
    for (const { client } of Object.values(people))
      expectNone('log', logged.join(''), [client.cookie.replace('sightline=', '')]);
    for (const name of ['Olga', 'Otmar', 'Frida', 'Erika', codes.pump])
      expect(logged.join('')).not.toContain(name);
  });
});

const isStranger = (name: string) => name === 'paul' || name === 'otto' || name === 'stranger';
