import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { launchChromium } from '../browsers.ts';
import { frameCount } from './camera-path.ts';
import type { FilmPage } from './film-page.ts';
import { splitMjpeg } from './mjpeg.ts';

const sources = fileURLToPath(new URL('.', import.meta.url));
/** Of these the film is made, in a page. */
const names = ['panel.ts', 'camera-path.ts', 'paint-wall.ts', 'film-page.ts'];
const origin = 'http://film.test';
/** At a time: so many wait to be encoded at most. */
const batch = 10;

const readSources = async (): Promise<ReadonlyMap<string, string>> =>
  new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(sources, name), 'utf8')] as const),
    ),
  );

async function shootFilm(page: Page, code: ReadonlyMap<string, string>): Promise<Buffer> {
  const { transformWithOxc } = await import('vite');
  await page.route(`${origin}/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const source = code.get(name);
    if (source === undefined) return route.fulfill({ body: '<!doctype html>', contentType: 'text/html' });
    return route.fulfill({
      body: (await transformWithOxc(source, name)).code,
      contentType: 'text/javascript',
    });
  });
  await page.goto(`${origin}/`);
  await page.addScriptTag({ type: 'module', url: `${origin}/film-page.ts` });
  const frames: Buffer[] = [];
  while (frames.length < frameCount) {
    const range = [frames.length, Math.min(batch, frameCount - frames.length)] as const;
    const texts = await page.evaluate(
      ([from, count]) => (globalThis as unknown as { filmPage: FilmPage }).filmPage.toJpegs(from, count),
      range,
    );
    frames.push(...texts.map((text) => Buffer.from(text, 'base64')));
  }
  return Buffer.concat(frames);
}

let made: Promise<Buffer[]> | undefined;

/**
 * The suite's own film, a JPEG a frame. It is made once and kept under the machine's temporary folder, by the content of
 * what makes it; suites that run at the same time may both make it, each as a whole.
 * @throws Error without Chromium
 */
export function ownFilm(): Promise<Buffer[]> {
  made ??= readOrMake();
  return made;
}

async function readOrMake(): Promise<Buffer[]> {
  const code = await readSources();
  const hash = createHash('sha256')
    .update(JSON.stringify([...code]))
    .digest('hex')
    .slice(0, 16);
  const folder = join(tmpdir(), 'sightline-footage');
  const file = join(folder, `${hash}.mjpeg`);
  const kept = await readFile(file).catch(() => undefined);
  if (kept) return splitMjpeg(kept);
  const browser = await launchChromium();
  try {
    const film = await shootFilm(await browser.newPage(), code);
    await mkdir(folder, { recursive: true });
    const own = `${file}.${process.pid}`;
    await writeFile(own, film);
    await rename(own, file);
    return splitMjpeg(film);
  } finally {
    await browser.close();
  }
}
