import { describe, expect, it } from 'vitest';
import { seededRandom, seedFor } from '../../../tests/harness/seeded.ts';
import { FrameClock } from './frame-clock.ts';

interface Camera {
  readonly clock: FrameClock;
  readonly random: () => number;
  readonly intervalMs: number;
  /** How unevenly it ticks, up to this much either way. */
  readonly jitterMs: number;
  /** Shares of frames that the encoder drops, and that are not read. */
  readonly dropped: number;
  readonly unread: number;
  /** Least and most time in the encoder. */
  readonly lagMs: readonly [number, number];
  /** Most time that a frame waits for a busy reader. */
  readonly lateMs: number;
  /** Wall clock minus the camera's clock, and the name at the camera's zero. */
  readonly wallMs: number;
  readonly firstName: number;
}

interface Sent {
  readonly name: number;
  readonly timeMs: number;
  readonly read: boolean;
  readonly sentAtMs: number;
}

const defaults = {
  intervalMs: 1000 / 30,
  jitterMs: 1.5,
  dropped: 0.1,
  unread: 0.05,
  lagMs: [2, 14],
  lateMs: 10,
  wallMs: 1_800_000_000_000,
  firstName: 123_456_789,
} as const;

/** Films from one time to another and tells the clock of it, in the order in which a page would hear of it. */
function film(
  camera: Camera,
  fromMs: number,
  toMs: number,
  look: (sent: Sent, nowMs: number) => void = ignore,
) {
  const { clock, random } = camera;
  const told: { atMs: number; tell: () => void }[] = [];
  const sent: Sent[] = [];
  let leftAtMs = 0;
  let readAtMs = 0;
  let batch: Sent[] = [];
  for (let at = fromMs; at < toMs; at += camera.intervalMs) {
    const timeMs = at + (random() * 2 - 1) * camera.jitterMs;
    const wallMs = timeMs + camera.wallMs;
    const read = random() >= camera.unread;
    if (read) {
      const atMs = (readAtMs = Math.max(readAtMs, wallMs + 2 + random() ** 3 * camera.lateMs));
      told.push({ atMs: atMs + 1, tell: () => clock.noteRaw(timeMs, atMs) });
    }
    if (random() < camera.dropped) continue;
    const [least, most] = camera.lagMs;
    leftAtMs = Math.max(leftAtMs + 0.2, wallMs + 2 + least + random() * (most - least));
    // Names count whole milliseconds.
    const name = (camera.firstName + 90 * Math.round(timeMs)) >>> 0;
    const one = { name, timeMs, read, sentAtMs: leftAtMs };
    sent.push(one);
    batch.push(one);
    if (batch.length < 4) continue;
    const full = batch;
    batch = [];
    told.push({ atMs: leftAtMs + 1, tell: () => full.forEach((f) => clock.noteSent(f.name, f.sentAtMs)) });
    const lookedAtMs = leftAtMs + 150 + random() * 1_000;
    told.push({ atMs: lookedAtMs, tell: () => full.forEach((f) => look(f, lookedAtMs)) });
  }
  for (const { tell } of told.sort((a, b) => a.atMs - b.atMs)) tell();
  return sent;
}

function ignore(): void {
  // Nobody looks.
}

function cameraOf(settings: Partial<Camera> = {}): Camera {
  return { clock: new FrameClock(), random: seededRandom(7), ...defaults, ...settings };
}

/** Share of frames whose name is mapped to exactly the right frame, from a second after the start. */
function rightShare(camera: Camera, fromMs: number, toMs: number): { share: number; asked: number } {
  let asked = 0;
  let right = 0;
  film(camera, fromMs, toMs, (sent) => {
    if (!sent.read || sent.timeMs < fromMs + 1_000) return;
    asked += 1;
    if (camera.clock.timeOf(sent.name) === sent.timeMs && camera.clock.nameOf(sent.timeMs) === sent.name) {
      right += 1;
    }
  });
  return { share: right / asked, asked };
}

describe('which frame a name means', () => {
  const seed = seedFor('frame clock');
  const settings: [string, Partial<Camera>][] = [
    ['a calm camera', {}],
    ['one that ticks evenly, and frames that leave at once', { jitterMs: 0, lagMs: [0, 20] }],
    ['one that ticks evenly, and 0–80 ms in the encoder', { jitterMs: 0, lagMs: [0, 80] }],
    ['40–80 ms in the encoder, more than a frame', { lagMs: [40, 80] }],
    ['70–80 ms in the encoder, and hardly any unevenness', { jitterMs: 0.5, lagMs: [70, 80] }],
    ['a reader that is busy', { lateMs: 120, unread: 0.3 }],
    ['an encoder that drops half', { dropped: 0.5, lagMs: [10, 70] }],
    ['60 frames a second', { intervalMs: 1000 / 60, jitterMs: 1, lagMs: [3, 40] }],
    ['10 frames a second, uneven', { intervalMs: 100, jitterMs: 20, lagMs: [3, 80] }],
  ];
  it.each(settings)(
    'B20 names across their wrap-around mean the right frame in ≥ 99 of 100: %s',
    (_what, given) => {
      let asked = 0;
      let right = 0;
      for (let run = 0; run < 12; run += 1) {
        const random = seededRandom(seed + run * 1_000);
        const fromMs = random() * 1e6;
        // Wraps around in the middle of it.
        const firstName = (2 ** 32 - 90 * Math.round(fromMs + 4_000)) >>> 0;
        const result = rightShare(cameraOf({ ...given, random, firstName }), fromMs, fromMs + 8_000);
        asked += result.asked;
        right += result.share * result.asked;
      }
      expect(asked).toBeGreaterThan(200);
      expect(right / asked, `seed ${seed}`).toBeGreaterThanOrEqual(0.99);
    },
  );

  it('B20 knows after a few frames, and not before', () => {
    const camera = cameraOf();
    expect(camera.clock.known).toBe(false);
    expect(camera.clock.timeOf(1)).toBeUndefined();
    expect(camera.clock.nameOf(1)).toBeUndefined();
    film(camera, 0, 500);
    expect(camera.clock.known).toBe(true);
  });

  it('B20 a frame that was not read or not sent gets the time or name that it would have had', () => {
    const camera = cameraOf({ jitterMs: 0.4, unread: 0, dropped: 0 });
    const sent = film(camera, 0, 3_000);
    const one = sent[60] as Sent;
    expect(camera.clock.timeOf(one.name + 900)).toBeCloseTo(one.timeMs + 10, -0.5);
    expect(((camera.clock.nameOf(one.timeMs + 10) ?? 0) - one.name) / 90).toBeCloseTo(10, -0.5);
    // Also what left the table a while ago.
    expect(camera.clock.timeOf(one.name - 90 * 1_500)).toBeCloseTo(one.timeMs - 1_500, -0.5);
    expect(camera.clock.timeOf(one.name + 90 * 300_000)).toBeUndefined();
  });

  it('B20 F98 after a switch of camera names of before are unknown, and those after it are right', () => {
    const camera = cameraOf();
    const before = film(camera, 50_000, 54_000);
    camera.clock.reset();
    expect(camera.clock.known).toBe(false);
    expect(camera.clock.timeOf(before.at(-1)?.name ?? 0)).toBeUndefined();
    // Frames of the old camera that were still in the encoder.
    for (const late of before.slice(-3)) camera.clock.noteSent(late.name, late.sentAtMs + 90);
    // Its own clock begins at 0; names and wall clock go on.
    const next = {
      ...camera,
      wallMs: camera.wallMs + 54_200,
      firstName: (camera.firstName + 90 * 54_200 + 31) >>> 0,
    };
    expect(rightShare(next, 0, 5_000).share).toBeGreaterThanOrEqual(0.99);
    for (const old of before) expect(camera.clock.timeOf(old.name)).toBeUndefined();
  });

  it('B20 a camera’s clock that begins anew without a word is noticed', () => {
    const camera = cameraOf();
    film(camera, 50_000, 53_000);
    const next = {
      ...camera,
      wallMs: camera.wallMs + 53_000,
      firstName: (camera.firstName + 90 * 53_000) >>> 0,
    };
    expect(rightShare(next, 0, 4_000).share).toBeGreaterThanOrEqual(0.99);
  });

  it('B20 another connection has other names: what was known of the old one is forgotten', () => {
    const camera = cameraOf();
    const before = film(camera, 0, 3_000);
    const next = { ...camera, firstName: (camera.firstName + 2 ** 31 + 5) >>> 0 };
    expect(rightShare(next, 3_000, 7_000).share).toBeGreaterThanOrEqual(0.99);
    for (const old of before) expect(camera.clock.timeOf(old.name)).toBeUndefined();
  });

  it.each([2, 7, 45])('B20 paused for %i minutes and resumed: right again at once', (minutes) => {
    const camera = cameraOf();
    film(camera, 0, 4_000);
    const resumedMs = 4_000 + minutes * 60_000;
    // The clocks have moved against each other meanwhile.
    const drifted = { ...camera, firstName: camera.firstName + 90 * 3 };
    let asked = 0;
    let right = 0;
    film(drifted, resumedMs, resumedMs + 4_000, (sent) => {
      if (!sent.read) return;
      asked += 1;
      right += camera.clock.timeOf(sent.name) === sent.timeMs ? 1 : 0;
    });
    expect(right / asked).toBeGreaterThanOrEqual(0.97);
  });

  it('B20 another resolution: the encoder halts for half a second, and the names go on', () => {
    const camera = cameraOf();
    film(camera, 0, 3_000);
    const halted = { ...camera, dropped: 1 };
    film(halted, 3_000, 3_500);
    const share = rightShare({ ...camera, lagMs: [20, 60] }, 3_500, 7_000);
    expect(share.share).toBeGreaterThanOrEqual(0.99);
  });

  it('B20 the two clocks move slowly against each other: the offset follows', () => {
    const camera = cameraOf();
    let asked = 0;
    let right = 0;
    for (let minute = 0; minute < 8; minute += 1) {
      const drifted = { ...camera, firstName: camera.firstName + 90 * 8 * minute };
      const result = rightShare(drifted, minute * 4_000, (minute + 1) * 4_000 - 40);
      asked += result.asked;
      right += result.share * result.asked;
    }
    expect(right / asked).toBeGreaterThanOrEqual(0.97);
  });

  it('T5 numbers that are none, and names that come twice or backwards, do no harm', () => {
    const camera = cameraOf({ unread: 0 });
    const sent = film(camera, 0, 2_000);
    const one = sent[40] as Sent;
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 0.5]) {
      camera.clock.noteSent(bad, one.sentAtMs);
      camera.clock.noteSent(one.name, Number.NaN);
      camera.clock.noteRaw(bad === 0.5 ? Number.NaN : bad, 0);
      expect(camera.clock.timeOf(bad)).toBeUndefined();
    }
    expect(camera.clock.nameOf(Number.NaN)).toBeUndefined();
    camera.clock.noteSent(one.name, one.sentAtMs);
    expect(camera.clock.timeOf(one.name)).toBe(one.timeMs);
  });
});
