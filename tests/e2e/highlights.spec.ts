import type { Browser, Locator, Page } from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings } from '#domain/organization/settings.ts';
import { launchChromium } from '../harness/browsers.ts';
import { hasBoardFilm, loadBoardFilm } from '../harness/footage/board-film.ts';
import { panFrames, partBox } from '../harness/footage/camera-path.ts';
import { loadOwnFilm, ownHeaderAt, type Film } from '../harness/footage/film.ts';
import { partNames } from '../harness/footage/panel.ts';
import { panAndCover, turning } from '../harness/footage/reels.ts';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { picturesPerSecond } from './kit/cameras.ts';
import { readFootage, type Thumbs } from './kit/footage.ts';
import {
  distanceOf,
  dragBox,
  highlight,
  highlights,
  median,
  menuOf,
  takeSeen,
  waitForFrame,
  watchFootage,
  type Seen,
} from './kit/highlights.ts';
import { asText, judge, loopsIn, near, only } from './kit/header-judge.ts';
import { marksOf, mousePen, stroke, tool, type Spot } from './kit/marks.ts';
import { senders } from './kit/observe.ts';
import { changeSettings } from './kit/settings.ts';
import { callButton, callFromScratch, comeInByCode, hangUp, signIn } from './kit/steps.ts';
import { expect, makeOffice, makeTablet, test, withoutShell, type Place } from './kit/test.ts';
import { expectAdvancing, ownVideo, remoteVideo } from './kit/video.ts';

let relay: RelayProcess;
let office: Place;
let tablet: Place;
/** What the tablet's camera shows, and how it is known again on the screens. */
let film: Film;
let thumbs: Thumbs;
let black: Buffer;

const theirTile = (): Locator => remoteVideo(office.page);
const ownTile = (): Locator => ownVideo(tablet.page);
const both = (): Page[] => [office.page, tablet.page];

test.beforeAll(async ({ officeBrowser }) => {
  relay = await startRelay({ via: 'npm' });
  office = await makeOffice(officeBrowser, withoutShell);
  await signIn(office.page, relay.url, 'erika');
});

test.afterAll(async () => {
  await office?.context.close();
  await relay?.dispose();
});

async function show(next: Film, officeBrowser: Browser): Promise<void> {
  const footage = await readFootage(officeBrowser, next.frames);
  film = { ...next, frames: footage.frames };
  ({ thumbs, black } = footage);
}

// Within a part the call is shared: each test goes on where the one before it ended.

/** A call with a tablet whose camera is that of the browser. */
async function beginCall(browser: Browser): Promise<void> {
  tablet = await makeTablet(browser, withoutShell);
  await comeInByCode(tablet.page, relay.url);
  await callFromScratch(tablet.page, office.page, relay.url, 'The sign at the station');
  await expectAdvancing(theirTile());
  // The camera's side keeps frames from the first second of a call on: nobody marks anything before that.
  await expect(office.page.getByRole('heading', { level: 1 })).toHaveText(/00:0[3-9]|00:[1-9]\d|0[1-9]:\d\d/);
}

/** The same, with a camera that shows the film; both sides are watched. */
async function beginFilmedCall(browser: Browser): Promise<void> {
  await beginCall(browser);
  await watchFootage(theirTile(), thumbs);
  await watchFootage(ownTile(), thumbs);
}

/** Pictures by which the machine is judged, and the most that a film is slowed down. */
const shownToJudge = 30;
const slowest = 45;
/** Rounds of the slowest film that something may take. */
const filmPatienceMs = 500_000;

/** A browser whose camera shows a film, in a call. */
interface Filming {
  readonly browser: Browser;
  readonly folder: string;
}

async function beginWith(cameraFilm: Buffer): Promise<Filming> {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-footage-'));
  const cameraFile = join(folder, 'film.mjpeg');
  await writeFile(cameraFile, cameraFilm);
  const browser = await launchChromium({
    cameraFile,
    extraArgs: ['--autoplay-policy=no-user-gesture-required'],
  });
  await beginFilmedCall(browser);
  return { browser, folder };
}

async function endFilming({ browser, folder }: Filming): Promise<void> {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

/**
 * A call with a camera that moves no faster than this machine looks: both sides of the call, and what watches them, share
 * it. On a machine that shows fewer pictures each second, the film goes as much slower.
 * @param filmAt the film with each of its frames shown so many times
 * @param rarer how much rarer than pictures looks become on a busy machine
 */
async function startFilm(
  filmAt: (slowness: number) => Buffer,
  slowness: number,
  rarer = 1,
): Promise<Filming> {
  const filming = await beginWith(filmAt(slowness));
  const shownMs = await theirTile().evaluate(async (_, count) => {
    const [first, fromMs] = [window.seen.length, performance.now()];
    while (window.seen.length < first + count) await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - fromMs;
  }, shownToJudge);
  const slower = (shownMs * picturesPerSecond) / (shownToJudge * 1_000);
  if (slower < 1.3) return filming;
  await endCall();
  await endFilming(filming);
  return beginWith(filmAt(Math.min(slowest, Math.ceil(slowness * slower * rarer))));
}

async function endCall(): Promise<void> {
  await hangUp(office.page, tablet.page);
  await tablet.context.close();
}

/**
 * Boxes the header while it is upright. The picture is held from the moment the pointer comes down; if another frame
 * was on the screen by then, the box is taken back.
 */
async function boxHeader(page: Page): Promise<void> {
  const { restFrame, restHeader } = film;
  await expect(async () => {
    await dragBox(page, restHeader.from, restHeader.to, () =>
      waitForFrame(page, restFrame - 1, restFrame + 1),
    );
    await page.waitForFunction(() => window.frameAtDown !== undefined);
    const frame = (await page.evaluate(() => window.frameAtDown)) ?? NaN;
    if (Math.abs(frame - restFrame) <= 1) return;
    await removeAll(page);
    throw new Error(`the box was begun on frame ${frame}`);
  }).toPass({ timeout: filmPatienceMs, intervals: [0] });
}

/**
 * Boxes what is there now. Where a slow device has not kept the frame until it was asked, the app says that the element
 * is to be marked again, and so it is.
 */
async function boxPart(page: Page, from: Spot, to: Spot): Promise<void> {
  const refused = page.getByRole('article', { name: /^The picture has moved on/ });
  await expect(async () => {
    await dragBox(page, from, to);
    await expect(menuOf(page).or(refused)).toBeVisible();
    if (!(await refused.isVisible())) return;
    await refused.getByRole('button', { name: 'Dismiss', exact: true }).click();
    throw new Error('the frame was gone');
  }).toPass({ timeout: filmPatienceMs, intervals: [0] });
}

/** Has this tool in hand, whatever was before. */
async function take(page: Page, name: string): Promise<void> {
  if ((await tool(page, name).getAttribute('aria-pressed')) !== 'true') await tool(page, name).click();
}

async function removeAll(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await tool(page, 'Clear').click();
  await expect(highlights(page)).toHaveCount(0);
}

/** How often each frame is shown at least: one machine plays both sides and watches them. */
const ownFilm = { name: 'own footage', load: loadOwnFilm, slowness: 9 };
/** The real footage is no part of the project: where it is, the same is proved on it as well. */
const films = hasBoardFilm
  ? [ownFilm, { name: 'real footage', load: loadBoardFilm, slowness: 15 }]
  : [ownFilm];

for (const { name, load, slowness: least } of films) {
  test.describe(`a camera that turns, ${name}`, () => {
    test.describe.configure({ mode: 'serial' });

    let filming: Filming | undefined;

    test.beforeAll(async ({ officeBrowser }) => {
      await show(await load(), officeBrowser);
      filming = await startFilm((slowness) => turning(film, slowness), least, 3);
    });

    test.afterAll(async () => {
      await endCall();
      if (filming) await endFilming(filming);
    });

    test('F113 F57 one tap and one drag put a highlight on the live picture', async () => {
      await take(office.page, 'Track');
      await boxHeader(office.page);
      for (const page of both()) {
        await expect(highlights(page)).toHaveCount(1);
        await expect(highlights(page)).toHaveAttribute('data-track-state', 'tracked');
      }
    });

    test('F57 F58 F59 the highlight stays on the header on both screens through the turning of the camera', async () => {
      await Promise.all(both().map(takeSeen));
      const seen: Seen[][] = [[], []];
      const sides = ['office', 'tablet'];
      // All of the footage and some more, told by what was on the screen.
      await expect
        .poll(
          async () => {
            const taken = await Promise.all(both().map(takeSeen));
            taken.forEach((some, side) => seen[side]?.push(...some));
            return seen.flatMap((some, side) => {
              const judged = new Set(judge(film, some).map(({ frame }) => frame));
              const missing = film.judgedFrames.filter((frame) => !judged.has(frame));
              const away = missing.map((frame) => `${sides[side]}: frame ${frame} not seen`);
              return loopsIn(film, some) < 1.1 ? [...away, `${sides[side]}: less than one round`] : away;
            });
          },
          { timeout: filmPatienceMs, intervals: [500] },
        )
        .toEqual([]);

      for (const [side, some] of seen.entries()) {
        const judged = judge(film, some);
        const text = `${sides[side]}\n${asText(judged)}`;
        test.info().annotations.push({ type: 'highlight', description: text });
        expect.soft(judged.length, `${text}\nframes seen`).toBe(film.judgedFrames.length);
        const good = judged.filter((one) => one.tracked > one.samples / 2 && one.distance <= near);
        expect.soft(good.length, text).toBeGreaterThanOrEqual(film.goodFrames);
        expect.soft(Math.max(...judged.map((one) => one.worst)), `${text}\nwrong and sure`).toBeLessThan(0.2);
      }
    });
  });
}

test.describe('a camera that goes up and down and is covered now and then', () => {
  test.describe.configure({ mode: 'serial' });

  let filming: Filming | undefined;

  test.beforeAll(async ({ officeBrowser }) => {
    await show(await loadOwnFilm(), officeBrowser);
    // An arrow is to be there for a good part of the way up or down, however slowly the footage plays here.
    await changeSettings(relay, { drawingLifetimeMs: 20_000 });
    const swinging = (slowness: number): Buffer =>
      panAndCover(film, black, { swings: 2, slowness, blackFrames: Math.max(60, 20 * slowness) });
    filming = await startFilm(swinging, 6);
  });

  test.afterAll(async () => {
    await changeSettings(relay, { drawingLifetimeMs: defaultSettings.drawingLifetimeMs });
    await tablet?.context.close();
    if (filming) await endFilming(filming);
  });

  type SeenInPan = Seen & { readonly frame: number };
  const inPan = (seen: Seen): seen is SeenInPan =>
    seen.frame !== undefined && seen.frame >= panFrames.first && seen.frame <= panFrames.last;

  /** From just after the camera was uncovered: several seconds of picture follow. */
  async function waitForUncovered(page: Page): Promise<void> {
    await waitForFrame(page, -1, -1);
    await waitForFrame(page, panFrames.first, panFrames.last);
  }

  // First, while this side surely looks: followed elements may have made it too slow for that by the end.
  test('F55 B20 an arrow drawn on the moving picture rides on what it was drawn on', async () => {
    await waitForUncovered(office.page);
    await take(office.page, 'Arrow');
    await stroke(mousePen(office.page, marksOf(theirTile())), { x: 0.3, y: 0.6 }, { x: 0.4, y: 0.45 });
    await Promise.all(both().map(takeSeen));
    // A good part of the way up or down, while it is there.
    await Promise.all(
      both().map((page) =>
        page.waitForFunction(
          ([first, last]) => {
            const rode = window.seen.flatMap(({ ink, frame = -1 }) =>
              ink && frame >= first && frame <= last ? [frame] : [],
            );
            return Math.max(...rode) - Math.min(...rode) >= 9;
          },
          [panFrames.first, panFrames.last] as const,
        ),
      ),
    );
    for (const page of both()) {
      const rode = (await takeSeen(page))
        .filter(inPan)
        .flatMap(({ frame, ink }) => (ink ? [{ frame, ink }] : []));
      const swing = rode.map(({ frame }) => ownHeaderAt(frame).y);
      expect(spread(swing), 'the camera has moved').toBeGreaterThan(0.05);
      // A frame may be on the screen before its scene is known: what counts is where the arrow lies most of the time.
      const apart = rode.map(({ frame, ink }) => ink.y - ownHeaderAt(frame).y).sort((a, b) => a - b);
      const most = apart.slice(Math.floor(apart.length * 0.1), Math.ceil(apart.length * 0.9));
      expect.soft(spread(most)).toBeLessThan(spread(swing) / 2.5);
    }
    await expect(marksOf(ownTile())).toHaveAttribute('data-marks-shown', '0');
  });

  test('F58 covered, the highlight is shown as lost on both sides; uncovered, it is found again', async () => {
    await waitForUncovered(office.page);
    await take(office.page, 'Track');
    await boxHeader(office.page);
    await menuOf(office.page).getByLabel('Name').fill('Header');
    await menuOf(office.page).getByRole('button', { name: 'Save' }).click();
    const states = (state: string): Promise<void>[] =>
      both().map((page) => expect(highlight(page, 'Header')).toHaveAttribute('data-track-state', state));
    await Promise.all(states('tracked'));
    await Promise.all([
      ...states('lost'),
      ...both().map((page) => expect(page.getByText('Header is lost. Hold still.')).toBeVisible()),
    ]);
    // Read from what was on the screen together: by now the camera may have been uncovered again.
    await Promise.all(
      both().map((page) =>
        page.waitForFunction(() =>
          window.seen.some(({ frame, boxes }) => frame === -1 && boxes[0]?.state === 'lost'),
        ),
      ),
    );
    await Promise.all(states('tracked'));
    await Promise.all(both().map(takeSeen));
    await Promise.all(both().map((page) => waitForFrame(page, -1, -1)));
    for (const page of both()) {
      const found = (await takeSeen(page)).filter(inPan).flatMap((seen) => {
        const box = only(seen);
        return box?.state === 'tracked' ? distanceOf(box, ownHeaderAt(seen.frame)) : [];
      });
      expect(found.length).toBeGreaterThan(10);
      expect(median(found)).toBeLessThan(near);
    }
  });

  test('F59 C11 the code user sees the highlight and has no tool to make one', async () => {
    await expect(highlight(tablet.page, 'Header')).toHaveCount(1);
    await callButton(tablet.page, 'Draw').click();
    await expect(tool(tablet.page, 'Arrow')).toBeVisible();
    await expect(tool(tablet.page, 'Track')).toHaveCount(0);
    await tablet.page.keyboard.press('t');
    await expect(tablet.page.locator('[data-track-surface]')).toHaveCount(0);
  });

  test('F60 C20 mirrored for the employee alone: highlight and arrow are on their spots, words stay readable', async () => {
    await tool(office.page, 'Mirror').click();
    await expect(tool(office.page, 'Mirror')).toHaveAttribute('aria-pressed', 'true');
    expect(await facing(theirTile().locator('video'))).toBe(-1);
    expect(await facing(ownTile().locator('video'))).toBe(1);

    await waitForUncovered(office.page);
    await Promise.all(
      both().map((page) => expect(highlight(page, 'Header')).toHaveAttribute('data-track-state', 'tracked')),
    );
    expect(await facing(theirTile().locator('[data-track-tag]'))).toBe(1);
    await take(office.page, 'Arrow');
    await Promise.all(both().map(takeSeen));
    // In the picture as the employee sees it: on the left, which is the right for everybody else.
    await stroke(mousePen(office.page, marksOf(theirTile())), { x: 0.12, y: 0.5 }, { x: 0.3, y: 0.55 });
    await Promise.all(
      both().map((page) => page.waitForFunction(() => window.seen.filter((one) => one.ink).length > 12)),
    );
    await Promise.all(
      [theirTile(), ownTile()].map((tile) => expect(marksOf(tile)).toHaveAttribute('data-marks-shown', '0')),
    );
    const [here, there] = await Promise.all(both().map(takeSeen));
    const inkX = (seen: readonly Seen[] = []): number => median(seen.flatMap(({ ink }) => ink?.x ?? []));
    expect(inkX(here)).toBeCloseTo(0.21, 1);
    // It rides: both are compared on the frames that both have shown.
    const inkByFrame = (seen: readonly Seen[] = []): Map<number, number> =>
      new Map(seen.filter(inPan).flatMap(({ frame, ink }) => (ink ? [[frame, ink.x] as const] : [])));
    const thereByFrame = inkByFrame(there);
    const apart = [...inkByFrame(here)].flatMap(([frame, x]) => {
      const other = thereByFrame.get(frame);
      return other === undefined ? [] : Math.abs(other - (1 - x));
    });
    expect(apart.length, 'frames with the arrow on both').toBeGreaterThan(2);
    expect(median(apart)).toBeLessThan(0.05);
    for (const [seen, mirrored] of [
      [here, true],
      [there, false],
    ] as const) {
      const off = (seen ?? []).filter(inPan).flatMap((one) => {
        const at = ownHeaderAt(one.frame);
        const box = only(one);
        return box?.state === 'tracked' ? distanceOf(box, mirrored ? { ...at, x: 1 - at.x } : at) : [];
      });
      expect(median(off), mirrored ? 'mirrored' : 'as it is').toBeLessThan(near);
    }
    await tool(office.page, 'Mirror').click();
    expect(await facing(theirTile().locator('video'))).toBe(1);
  });

  test('F57 F58 five at once, each with its name; the maker takes one away, and Clear on the tablet all', async () => {
    await take(office.page, 'Track');
    await waitForUncovered(office.page);
    const places = partNames.map((name) => [name, partBox(film.restFrame, name)] as const);
    for (const [name, { x, y, width, height }] of places) {
      await boxPart(office.page, { x, y }, { x: x + width, y: y + height });
      const menu = menuOf(office.page);
      await menu.getByLabel('Name').fill(name);
      await menu.getByRole('button', { name: 'Save' }).click();
      await expect(menu).toHaveCount(0);
    }
    const names = ['Header', ...partNames];
    for (const page of both()) {
      await expect(highlights(page)).toHaveCount(5);
      for (const name of names) await expect(highlight(page, name)).toHaveCount(1);
    }
    await waitForUncovered(office.page);
    // The tag moves with its highlight: it is pressed by the keyboard.
    await office.page.getByRole('button', { name: /^Edit Label/ }).press('Enter');
    await menuOf(office.page).getByRole('button', { name: 'Remove highlight' }).click();
    for (const page of both()) {
      await expect(highlight(page, 'Label')).toHaveCount(0);
      await expect(highlights(page)).toHaveCount(4);
    }
    await tool(tablet.page, 'Clear').click();
    for (const page of both()) await expect(highlights(page)).toHaveCount(0);
  });

  test('F59 C11 where the code user may track, the tablet starts a highlight on its own picture', async () => {
    await endCall();
    await changeSettings(relay, { codeUserMayTrack: true });
    if (!filming) throw new Error('no film');
    await beginFilmedCall(filming.browser);
    await take(tablet.page, 'Track');
    await waitForUncovered(tablet.page);
    await boxHeader(tablet.page);
    for (const page of both()) {
      await expect(highlights(page)).toHaveCount(1);
      await expect(highlights(page)).toHaveAttribute('data-track-state', 'tracked');
    }
    await Promise.all(both().map(takeSeen));
    await office.page.waitForFunction(() => window.seen.length > 20);
    for (const page of both()) {
      const off = (await takeSeen(page)).filter(inPan).flatMap((seen) => {
        const box = only(seen);
        return box?.state === 'tracked' ? distanceOf(box, ownHeaderAt(seen.frame)) : [];
      });
      expect(median(off)).toBeLessThan(near);
    }
    await endCall();
    await changeSettings(relay, { codeUserMayTrack: false });
  });
});

test.describe('made-up cameras', () => {
  test.describe.configure({ mode: 'serial' });

  test.beforeAll(({ officeBrowser }) => beginCall(officeBrowser));
  test.afterAll(endCall);

  test('F98 F58 the tablet switches the camera: the highlight stays, the call does not drop, drawing goes on', async () => {
    await take(office.page, 'Track');
    // Around the patch in the lower left corner, which all of the browser's made-up pictures have.
    await dragBox(office.page, { x: 0.005, y: 0.8 }, { x: 0.14, y: 0.995 });
    for (const page of both()) {
      await expect(highlights(page)).toHaveCount(1);
      await expect(highlights(page)).toHaveAttribute('data-track-state', 'tracked');
    }
    const camera = async (): Promise<string | undefined> =>
      (await senders(tablet.page)).find(({ kind, readyState }) => kind === 'video' && readyState === 'live')
        ?.deviceId;
    const connections = (page: Page): Promise<number> =>
      page.evaluate(() => window.observed.connections.length);
    const before = { camera: await camera(), connections: await Promise.all(both().map(connections)) };
    await callButton(tablet.page, 'Switch camera').click();
    await expect.poll(async () => ![undefined, before.camera].includes(await camera())).toBe(true);
    await expectAdvancing(theirTile());
    expect(await Promise.all(both().map(connections))).toEqual(before.connections);
    for (const page of both()) {
      await expect(highlights(page)).toHaveCount(1);
      await expect(highlights(page)).toHaveAttribute('data-track-state', /^(lost|tracked)$/);
    }
    await take(office.page, 'Arrow');
    await stroke(mousePen(office.page, marksOf(theirTile())), { x: 0.3, y: 0.6 }, { x: 0.4, y: 0.45 });
    await expect(marksOf(ownTile())).toHaveAttribute('data-marks-shown', '1');
    await expect(marksOf(ownTile())).toHaveAttribute('data-marks-shown', '0');
  });
});

const spread = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
  return at(0.95) - at(0.05);
};

/** 1, or -1 where the element is flipped from left to right by itself or by what it is in. */
const facing = (element: Locator): Promise<number> =>
  element.first().evaluate((node) => {
    let sign = 1;
    for (let at: Element | null = node; at; at = at.parentElement) {
      const { transform } = getComputedStyle(at);
      if (transform !== 'none') sign *= Math.sign(new DOMMatrix(transform).a);
    }
    return sign;
  });
