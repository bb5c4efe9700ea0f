import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { mountBlobs } from '../../signal/blobs/mount-blobs.ts';
import { FakeRelay, makeCast } from '../../signal/testing/fake-parts.ts';
import { png } from '../../signal/testing/pictures.ts';
import { UploadClient } from '../../signal/testing/upload-client.ts';

const port = 8176;
const disk = mkdtempSync(join(tmpdir(), 'sightline-full-'));

function mountSmallDisk(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const mounted = mountSmallDisk();

afterAll(() => {
  if (mounted) execFileSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
});

// A small disk can be made by root on Linux alone.
test.skipIf(!mounted)(
  'X37 a full disk answers 507 with a reason; what is stored can still be read',
  async () => {
    const relay = await FakeRelay.start([mountBlobs], port, disk);
    const cast = makeCast();
    const sessionId = relay.openSession(cast.employee, cast.deviceId);
    const client = new UploadClient(`http://127.0.0.1:${port}`, relay.signIn(cast.employee));
    const small = png(10, 10);
    const large = png(10, 10, 3 * 1024 * 1024);
    const smallItem = relay.takeScreenshot(sessionId, cast.employee, small.meta);
    const largeItem = relay.takeScreenshot(sessionId, cast.employee, large.meta);
    expect((await client.upload({ sessionId, itemId: smallItem }, small)).status).toBe(204);
    const answer = await client.upload({ sessionId, itemId: largeItem }, large);
    expect([answer.status, answer.code]).toEqual([507, 'storage-full']);
    expect((await client.get(`/api/blobs/${sessionId}/${smallItem}`)).status).toBe(200);
    await relay.close(false);
  },
);
