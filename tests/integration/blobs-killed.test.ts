import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScreenshotId } from '#domain/ids.ts';
import { screenshotDocument } from '#domain/protocol/documents.ts';
import { fuzzSeed, seeded, until } from '../../signal/testing/clients.ts';
import { newId } from '../../signal/testing/fake-parts.ts';
import { png } from '../../signal/testing/pictures.ts';
import { meetInCall } from '../../signal/testing/visitor.ts';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';

const seed = fuzzSeed();

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelay({ port: 8189, env: { LOG_LEVEL: 'error' } });
});
afterAll(() => relay.dispose());

test(`X1 X3 SIGKILL amid marks and an upload: what was acknowledged is there, the upload goes on (SEED=${seed})`, async () => {
  const random = seeded(seed);
  const { office, machine, sessionId, callId } = await meetInCall(relay.url);
  const picture = png(1920, 1080, 3_000_000);
  const screenshotId = newId<ScreenshotId>();
  await machine.does(sessionId, {
    type: 'screenshot.take',
    payload: { ...picture.meta, screenshotId, callId },
  });
  const created = await machine.files.create({ sessionId, itemId: screenshotId }, picture);
  const path = created.headers.get('location') ?? '';
  const acknowledged: string[] = [];
  let offset = 0;
  for (let round = 0; round < 4; round += 1) {
    const marks = await office.document(screenshotDocument(screenshotId));
    await marks.synced();
    for (const key of acknowledged) expect(marks.marks.has(key)).toBe(true);
    const key = `round ${round}`;
    marks.marks.set(key, 'x'.repeat(5000));
    await marks.acknowledged();
    acknowledged.push(key);

    const before = await machine.files.head(path);
    const here = Number(before.headers.get('upload-offset'));
    if (round > 0) expect(here).toBeGreaterThan(offset);
    offset = here;
    const stopAt = offset + 100_000 + Math.floor(random() * 500_000);
    await cutOff((body) => machine.files.patch(path, offset, body), picture.bytes, {
      offset,
      stopAt,
      file: join(relay.dataDir, 'uploads', path.split('/').at(-1) ?? ''),
    });
    office.leave();
    await relay.restart();
  }
  const rest = Number((await machine.files.head(path)).headers.get('upload-offset'));
  expect(rest).toBeGreaterThan(0);
  expect((await machine.files.patch(path, rest, picture.bytes.subarray(rest))).status).toBe(204);
  const response = await office.files.get(`/api/blobs/${sessionId}/${screenshotId}`);
  expect(Buffer.from(await response.arrayBuffer()).equals(picture.bytes)).toBe(true);
  machine.leave();
});

/** Sends from `offset`, and kills the relay when `stopAt` is sent and some of it has reached the disk. */
async function cutOff(
  send: (body: ReadableStream) => Promise<unknown>,
  bytes: Buffer,
  { offset, stopAt, file }: { offset: number; stopAt: number; file: string },
): Promise<void> {
  let at = offset;
  const body = new ReadableStream({
    async pull(controller) {
      if (at >= stopAt) {
        await until(() => statSync(file).size > offset);
        await relay.kill9();
        return controller.error(new Error('relay killed'));
      }
      controller.enqueue(bytes.subarray(at, Math.min(stopAt, at + 16_384)));
      at = Math.min(stopAt, at + 16_384);
    },
  });
  await expect(send(body)).rejects.toThrow();
}
