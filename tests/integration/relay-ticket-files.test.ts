import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ItemId, MessageId, TicketId } from '#domain/ids.ts';
import type { FileMeta } from '#domain/ticket/events.ts';
import {
  allKinds,
  Client,
  codes,
  command,
  emails,
  eventually,
  newId,
  startRelay,
  type SyncClient,
} from '../harness/relay-harness.ts';

let relay: Awaited<ReturnType<typeof startRelay>>;
interface Person {
  client: Client;
  socket: SyncClient;
}
let pump: Person;
let erika: Person;
const come = async (pending: Promise<Client>): Promise<Person> => {
  const client = await pending;
  return { client, socket: await client.sync(undefined, allKinds) };
};
let ticketId: TicketId;

beforeAll(async () => {
  relay = await startRelay();
  pump = await come(Client.codeUser(relay, codes.pump));
  erika = await come(Client.employee(relay, emails.erika));
  ticketId = newId<TicketId>();
  const open = { type: 'ticket.open' as const, payload: { title: 'With files' } };
  expect(await pump.socket.propose(command(ticketId, 0, open))).toBe('ok');
});
afterAll(() => relay.dispose());

async function announce(who: Person, bytes: Buffer, mediaType: FileMeta['mediaType']): Promise<FileMeta> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const file = { itemId: newId<ItemId>(), name: 'plan', mediaType, bytes: bytes.length, sha256 };
  const payload = { messageId: newId<MessageId>(), text: '', file };
  expect(await who.socket.propose(command(ticketId, 0, { type: 'ticket.send-file', payload }))).toBe('ok');
  return file;
}
const create = (client: Client, file: FileMeta, more: object = {}) => {
  const { itemId, sha256, mediaType } = file;
  const fields = { ticketId, itemId, kind: 'ticket-file', sha256, mediaType, ...more };
  return client.request('/api/uploads', {
    method: 'POST',
    headers: {
      'tus-resumable': '1.0.0',
      'upload-length': String(file.bytes),
      'upload-metadata': Object.entries(fields)
        .map(([key, value]) => `${key} ${btoa(String(value))}`)
        .join(','),
    },
  });
};
async function upload(client: Client, file: FileMeta, bytes: Buffer): Promise<number> {
  const created = await create(client, file);
  if (created.status !== 201) return created.status;
  const sent = await client.request(created.headers.get('location') ?? '', {
    method: 'PATCH',
    headers: {
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(bytes),
  });
  return sent.status;
}

test('P94 a file goes into the conversation, is verified, and comes out for who sees the ticket', async () => {
  for (const [text, mediaType] of [
    ['%PDF-1.7 a plan', 'application/pdf'],
    ['Torque: 40 Nm — fünf Schrauben', 'text/plain'],
  ] as const) {
    const bytes = Buffer.from(text);
    const file = await announce(pump, bytes, mediaType);
    expect((await erika.client.request(`/api/blobs/${ticketId}/${file.itemId}`)).status).toBe(404);
    expect(await upload(pump.client, file, bytes)).toBe(204);
    await eventually(
      () =>
        erika.socket.ticket(ticketId)?.messages.find((one) => one.file?.itemId === file.itemId)?.file?.stored,
      'the file',
    );
    const got = await erika.client.request(`/api/blobs/${ticketId}/${file.itemId}`);
    expect(Buffer.from(await got.arrayBuffer()).toString()).toBe(text);
    expect(got.headers.get('content-disposition')).toContain('attachment');
    expect(got.headers.get('content-security-policy')).toContain('sandbox');
  }
});

test('T33 T34 T36 what lies about itself, or is somebody else’s, is not taken', async () => {
  const html = Buffer.from('<script>alert(1)</script>\u0000');
  for (const mediaType of ['application/pdf', 'text/plain', 'image/png'] as const) {
    const file = await announce(pump, html, mediaType);
    expect(await upload(pump.client, file, html), mediaType).toBe(400);
    expect((await pump.client.request(`/api/blobs/${ticketId}/${file.itemId}`)).status).toBe(404);
  }
  const bytes = Buffer.from('%PDF-1.7');
  const file = await announce(pump, bytes, 'application/pdf');
  expect((await create(erika.client, file)).status).toBe(403);
  const compressor = await Client.codeUser(relay, codes.compressor);
  const otto = await Client.employee(relay, emails.otto);
  for (const client of [compressor, otto]) expect((await create(client, file)).status).toBe(404);
  expect((await create(pump.client, file, { mediaType: 'text/html' })).status).toBe(400);
  expect((await create(pump.client, file, { sha256: 'b'.repeat(64) })).status).toBe(400);
  expect((await create(pump.client, { ...file, bytes: 9 })).status).toBe(400);
  expect(await upload(pump.client, file, bytes)).toBe(204);
  for (const client of [compressor, otto])
    expect((await client.request(`/api/blobs/${ticketId}/${file.itemId}`)).status).toBe(404);
});
