import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { startRelay } from '../harness/relay-harness.ts';
import { callFromScratch, comeInByCode, hangUpButton, shellIsKept, signIn } from './kit/steps.ts';
import { expect, makeOffice, makeTablet, test, withoutShell } from './kit/test.ts';

const built = join(import.meta.dirname, '../../build');

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Makes the next version of a built app, in which one file has other contents and so another name. Everything else that
 * has its contents in its name is taken away: whoever has it must not ask for it again.
 * @returns the addresses of what the version before was made of
 */
async function deployNext(folder: string): Promise<string[]> {
  const immutable = (await filesIn(folder)).filter((file) => file.includes('/_app/immutable/'));
  const chunks = immutable.filter((file) => /\/chunks\/[^/]+\.js$/.test(file)).toSorted();
  const changed = chunks[0];
  if (changed === undefined) throw new Error('nothing was built');
  const [old, next] = [changed, changed.replace(/\.js$/, '-2.js')].map(
    (file) => file.split('/').at(-1) ?? '',
  );
  const version: unknown = JSON.parse(await readFile(join(folder, '_app/version.json'), 'utf8'));
  const { version: before } = version as { version: string };
  for (const file of await filesIn(folder)) {
    if (!/\.(js|html|json)$/.test(file)) continue;
    const text = await readFile(file, 'utf8');
    const other = text.replaceAll(old ?? '', next ?? '').replaceAll(before, `${before}9`);
    await writeFile(file, other.replace('<head>', '<head><meta name="tried" content="next" />'));
  }
  for (const file of immutable) if (file !== changed) await rm(file);
  await rename(changed, changed.replace(/\.js$/, '-2.js'));
  return immutable.map((file) => `/${relative(folder, file)}`);
}

/** Without what is large and fetched for what few do: recognising things, and an operator's own model. */
const isPart = (path: string): boolean =>
  /\.(js|css)$/.test(path) && !/\/(detector-worker|coco-engine|workers\/chunks)/.test(path);

test('X34 an update waits for the end of the call, fetches what changed, and the running version finds its parts', async ({
  tabletBrowser,
  officeBrowser,
}) => {
  const appDir = await mkdtemp(join(tmpdir(), 'sightline-app-'));
  await cp(built, appDir, { recursive: true });
  const relay = await startRelay({ appDir });
  const tablet = await makeTablet(tabletBrowser);
  const office = await makeOffice(officeBrowser, withoutShell);
  try {
    await comeInByCode(tablet.page, relay.origin);
    await shellIsKept(tablet.page);
    await signIn(office.page, relay.origin, 'erika');
    await callFromScratch(tablet.page, office.page, relay.origin, 'While a new version comes');
    const other = await tablet.context.newPage();
    await other.goto(`${relay.origin}/home`);
    await expect(other.getByRole('heading', { name: 'Pump P-101' })).toBeVisible();

    const parts = await deployNext(appDir);
    await tablet.page.evaluate(async () => {
      await (await navigator.serviceWorker.ready).update();
    });
    const ready = 'A new version is ready';
    await expect(other.getByText(ready)).toBeVisible();
    await expect(tablet.page.getByText(ready)).toHaveCount(0);

    const isNext = () => document.querySelector('meta[name=tried]') !== null;
    await other.getByRole('button', { name: 'Update now', exact: true }).click();
    await other.waitForFunction(isNext);
    await expect(other.getByRole('heading', { name: 'Pump P-101' })).toBeVisible();

    // The call has not noticed, and whatever it has not opened yet is there.
    await expect(hangUpButton(tablet.page)).toBeVisible();
    expect(await tablet.page.evaluate(isNext)).toBe(false);
    const missing = await tablet.page.evaluate(async (paths) => {
      const found = await Promise.all(paths.map(async (path) => (await fetch(path)).ok));
      return paths.filter((_, index) => !found[index]);
    }, parts.filter(isPart));
    expect(missing).toEqual([]);
  } finally {
    await tablet.context.close();
    await office.context.close();
    await relay.dispose();
    await rm(appDir, { recursive: true, force: true });
  }
});
