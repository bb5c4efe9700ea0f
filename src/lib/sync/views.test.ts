import { expect, test } from 'vitest';
import type { CommandId, SessionId, TicketId } from '#domain/ids.ts';
import { defaultSettings } from '#domain/organization/settings.ts';
import type { Directory } from '#domain/protocol/directory.ts';
import type { StreamCommand } from '#domain/protocol/streams.ts';
import { organizationId, OrganizationStream } from '#harness/domain/organization.ts';
import { idOf, people, pump, say } from '#harness/domain/sessions.ts';
import { openTicket, send, ticketId, TicketStream } from '#harness/domain/tickets.ts';
import { createMemoryPersonStore } from '../storage/memory-store.ts';
import { Views } from './views.ts';

function viewsOf(subject: Directory['subject']) {
  const store = createMemoryPersonStore(0);
  const directory: Directory = {
    subject,
    organization: { id: organizationId, name: 'Ours', settings: defaultSettings },
    devices: [{ id: pump, name: 'Pump', location: '', responsible: [], supportEnabled: true }],
    employees: [],
    customers: [],
    customerLinks: [],
    assistant: { enabled: false, steps: [] },
    tickets: [{ id: idOf('older'), number: 41, title: 'Older', deviceId: pump, open: true }],
  };
  return { store, views: new Views(store, () => directory) };
}

const command = (name: string, streamId: string, body: object): StreamCommand =>
  ({ id: idOf<CommandId>(name), streamId, baseSeq: 0, clientAtMs: 5, ...body }) as StreamCommand;

const soon = () => new Promise((resolve) => setImmediate(resolve));

test('X16 a ticket opened without a link is shown at once, with its messages, and can be linked', async () => {
  const { store, views } = viewsOf(people.opener);
  await store.outbox.add(command('open', ticketId, openTicket), 1);
  await store.outbox.add(command('send', ticketId, send('hello')), 2);
  const request = say.request({ ticketIds: [ticketId] });
  const sessionId = idOf<SessionId>('session');
  await store.outbox.add(command('ask', sessionId, request), 3);
  await soon();
  const entry = views.tickets.get(ticketId);
  expect(entry?.ticket).toMatchObject({ title: 'Loses pressure', number: 42, open: true });
  expect(entry?.ticket.messages.map((message) => message.text)).toEqual(['hello']);
  expect(entry?.confirmed).toBeUndefined();
  expect(entry?.isPending(idOf('hello'))).toBe(true);
  expect(views.sessions.get(sessionId)?.session.ticketIds).toEqual([ticketId]);
  expect(views.outbox.map((item) => item.id)).toEqual([idOf('open'), idOf('send'), idOf('ask')]);
  views.close();
});

test('what was accepted and what is on its way stand together, and the first takes the place of the second', async () => {
  const { store, views } = viewsOf(people.opener);
  await store.replica.reset('epoch');
  const stream = new TicketStream().must(people.opener, openTicket);
  await store.replica.apply({ epoch: 'epoch', events: stream.events, position: 1 });
  await store.outbox.add(command('mine', ticketId, send('mine')), 1);
  await soon();
  expect(views.tickets.get(ticketId)?.ticket.messages).toHaveLength(1);
  stream.must(people.opener, send('mine'));
  const events = stream.events.map((event, at) =>
    at === 1 ? { ...event, commandId: idOf<CommandId>('mine') } : event,
  );
  await store.replica.apply({ epoch: 'epoch', events, position: 2 });
  await soon();
  const entry = views.tickets.get(ticketId);
  expect(entry?.ticket).toEqual(entry?.confirmed);
  expect(entry?.ticket.messages).toHaveLength(1);
  expect(views.outbox).toEqual([]);
  views.close();
});

test('an administrator sees own changes of the organization at once; others propose by the Directory', async () => {
  const { store, views } = viewsOf(people.administrator);
  await store.replica.reset('epoch');
  const stream = new OrganizationStream();
  await store.replica.apply({ epoch: 'epoch', events: stream.events, position: 1 });
  const changes = { type: 'organization.change-settings', payload: { changes: { allowRequests: false } } };
  await store.outbox.add(command('change', organizationId, changes), 1);
  await soon();
  expect(views.organizations.list[0]?.organization.settings.allowRequests).toBe(false);
  views.close();

  const office = viewsOf(people.assigned).views;
  const decide = (body: object) =>
    office.judge.decide('organization', undefined, command('x', organizationId, body) as never, 1);
  expect(decide(changes)).toEqual({ ok: false, reason: 'forbidden' });
  const add = { type: 'customer.add', payload: { customerId: idOf('c'), name: 'Meyer', contact: '' } };
  expect(decide(add)).toMatchObject({ ok: true });
  // Who is at which device is known by what they did here.
  const link = { type: 'customer.link', payload: { customerId: idOf('c'), codeUserId: people.opener.id } };
  expect(decide(link)).toEqual({ ok: false, reason: 'not-found' });
  office.close();
});

test('a ticket that this person cannot see is refused here already', async () => {
  const { views } = viewsOf(people.opener);
  const closeIt = { type: 'ticket.close', payload: { reason: '' } };
  const missing = idOf<TicketId>('elsewhere');
  const judged = views.judge.decide('ticket', undefined, command('x', missing, closeIt) as never, 1);
  expect(judged).toEqual({ ok: false, reason: 'not-found' });
  views.close();
});
