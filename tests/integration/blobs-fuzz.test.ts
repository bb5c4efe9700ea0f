import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mountBlobs } from '../../signal/blobs/mount-blobs.ts';
import { fuzzSeed, noise, seeded } from '../../signal/testing/clients.ts';
import { FakeRelay, makeCast } from '../../signal/testing/fake-parts.ts';
import { png } from '../../signal/testing/pictures.ts';
import { UploadClient } from '../../signal/testing/upload-client.ts';

const port = 8179;
const seed = fuzzSeed();

let relay: FakeRelay;
beforeAll(async () => {
  relay = await FakeRelay.start([mountBlobs], port);
});
afterAll(() => relay.close());

/** Sends bytes as they are, half-closes, and gives the statuses of the answers. */
function raw(bytes: Buffer): Promise<number[]> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
    socket.on('error', () => socket.destroy());
    socket.on('close', () =>
      resolve([...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]))),
    );
  });
}

test(`T6 mangled requests to uploads: 4xx or nothing, never a fault of the relay (SEED=${seed})`, async () => {
  const random = seeded(seed);
  const cast = makeCast();
  const sessionId = relay.openSession(cast.employee, cast.deviceId);
  const token = relay.signIn(cast.employee);
  const client = new UploadClient(`http://127.0.0.1:${port}`, token);
  const picture = png(10, 10, 2000);
  const itemId = relay.takeScreenshot(sessionId, cast.employee, picture.meta);
  const location = (await client.create({ sessionId, itemId }, picture)).headers.get('location') ?? '';
  const head = (lines: string[]) =>
    [...lines, 'Host: relay', 'Connection: close', 'Tus-Resumable: 1.0.0', `Cookie: sightline=${token}`].join(
      '\r\n',
    );
  const metadata = Object.entries({ sessionId, itemId, kind: 'screenshot', ...picture.meta })
    .map(([key, value]) => `${key} ${Buffer.from(String(value)).toString('base64')}`)
    .join(',');
  const patch = [
    `PATCH ${location} HTTP/1.1`,
    'Content-Type: application/offset+octet-stream',
    'Upload-Offset: 0',
  ];
  const good = [
    `${head(['POST /api/uploads HTTP/1.1', 'Upload-Length: 10', `Upload-Metadata: ${metadata}`, 'Content-Length: 0'])}\r\n\r\n`,
    `${head([...patch, 'Content-Length: 5'])}\r\n\r\nhello`,
    `${head([...patch, 'Transfer-Encoding: chunked'])}\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    `${head([...patch, 'Content-Length: 99999'])}\r\n\r\nshort`,
    `${head([`HEAD ${location} HTTP/1.1`])}\r\n\r\n`,
  ];
  const faults: string[] = [];
  for (let i = 0; i < 1500; i += 1) {
    const bytes = Buffer.from(good[Math.floor(random() * good.length)] ?? '');
    for (let hits = Math.ceil(random() * 4); hits > 0; hits -= 1) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    const sent = random() < 0.1 ? noise(random, 400) : bytes;
    const statuses = await raw(sent);
    // 501 and 505 are the HTTP parser's answers to methods and versions that there are not.
    if (statuses.some((status) => status >= 500 && status !== 501 && status !== 505)) {
      faults.push(`${statuses.join()}: ${JSON.stringify(sent.toString('latin1'))}`);
    }
  }
  expect(faults).toEqual([]);
  expect((await client.upload({ sessionId, itemId }, picture)).status).toBe(204);
});
