import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionId } from '#domain/ids.ts';
import { mountBlobs } from '../../signal/blobs/mount-blobs.ts';
import { fuzzSeed, seeded } from '../../signal/testing/clients.ts';
import { FakeRelay, makeCast } from '../../signal/testing/fake-parts.ts';
import { png } from '../../signal/testing/pictures.ts';
import { UploadClient } from '../../signal/testing/upload-client.ts';

const port = 8175;
const seed = fuzzSeed();

let relay: FakeRelay;
let cookie: string;
let sessionId: SessionId;

beforeAll(async () => {
  relay = await FakeRelay.start([mountBlobs], port);
  const cast = makeCast();
  sessionId = relay.openSession(cast.employee, cast.deviceId);
  cookie = relay.signIn(cast.employee);
  const picture = png(10, 10);
  const itemId = relay.takeScreenshot(sessionId, cast.employee, picture.meta);
  await new UploadClient(`http://127.0.0.1:${port}`, cookie).upload({ sessionId, itemId }, picture);
});
afterAll(() => relay.close());

/** Sends the path byte for byte: `fetch` would tidy it up. */
function status(method: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: {
          cookie: `sightline=${cookie}`,
          'tus-resumable': '1.0.0',
          'upload-offset': '0',
          'content-type': 'application/offset+octet-stream',
        },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    sent.on('error', reject);
    sent.end(method === 'PATCH' ? 'pwned' : undefined);
  });
}

function badNames(): string[] {
  const random = seeded(seed);
  const parts = [
    ...[
      '..',
      '.',
      '/',
      '\\',
      '%2e',
      '%2E%2e',
      '%2f',
      '%5c',
      '%252e',
      '%00',
      '%0a',
      '%0d',
      '~',
      '$',
      '*',
      ':',
      ';',
    ],
    ...[
      'etc',
      'passwd',
      'uploads',
      'blobs',
      'a',
      'A0_-',
      '%c3%a9',
      '%e2%80%ae',
      '%ff',
      '.json',
      'con',
      '%20',
    ],
  ];
  const fixed = [
    '../../../../etc/passwd',
    '..%2f..%2f..%2fetc%2fpasswd',
    '%2e%2e%2f%2e%2e%2fblobs',
    'a'.repeat(21),
    'a'.repeat(23),
    'a'.repeat(7000),
    `${'a'.repeat(22)}.json`,
    `${'a'.repeat(22)}%00`,
    `${'a'.repeat(22)}/`,
    `${'a'.repeat(21)}%C4%B1`,
    '__proto__',
    'constructor',
  ];
  const made = Array.from({ length: 500 }, () =>
    Array.from(
      { length: 1 + Math.floor(random() * 8) },
      () => parts[Math.floor(random() * parts.length)] ?? '',
    ).join(''),
  );
  return [...fixed, ...made];
}

async function everything(): Promise<string[]> {
  return (await readdir(relay.parts.config.dataDir, { recursive: true })).sort();
}

test(`T35 no name but a made one is answered, and nothing is written (SEED=${seed})`, async () => {
  const before = await everything();
  const parent = await readdir(join(relay.parts.config.dataDir, '..'));
  const wrong: string[] = [];
  let tried = 0;
  for (const name of badNames()) {
    for (const [method, path] of [
      ['HEAD', `/api/uploads/${name}`],
      ['PATCH', `/api/uploads/${name}`],
      ['DELETE', `/api/uploads/${name}`],
      ['GET', `/api/blobs/${sessionId}/${name}`],
    ] as const) {
      tried += 1;
      const got = await status(method, path);
      if (got !== 404 && got !== 400 && got !== 431) wrong.push(`${method} ${path}: ${got}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(2000);
  expect(await everything()).toEqual(before);
  const added = (await readdir(join(relay.parts.config.dataDir, '..'))).filter(
    (one) => !parent.includes(one),
  );
  expect(added.filter((one) => !one.startsWith('sightline-'))).toEqual([]);
});
