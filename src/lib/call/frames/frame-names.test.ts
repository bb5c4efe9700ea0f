import { describe, expect, it } from 'vitest';
import { FrameNames } from './frame-names.ts';

const wallMs = 1_800_000_000_000;
const times = Array.from({ length: 40 }, (_, n) => 5_000 + n * 33 + (n % 3) * 2);
const nameAt = (timeMs: number, first: number) => (first + 90 * timeMs) >>> 0;

function read(names: FrameNames): void {
  for (const timeMs of times) names.noteOwnFrame(timeMs, wallMs + timeMs + 2);
}
function send(names: FrameNames, participantId: string, first: number): void {
  const frames = times.map((timeMs) => ({ name: nameAt(timeMs, first), atMs: wallMs + timeMs + 9 }));
  for (let at = 0; at < frames.length; at += 4) names.noteSent(participantId, frames.slice(at, at + 4));
}

describe('names of the own frames', () => {
  it('B20 the same frame has another name on every link, whoever is told of first', () => {
    const names = new FrameNames();
    send(names, 'anna', 77);
    expect(names.knows('anna')).toBe(false);
    read(names);
    send(names, 'bert', 4_294_000_000);
    // A frame more of anna's tells it; bert came when the frames had been read.
    names.noteSent('anna', [{ name: nameAt(6_325, 77), atMs: wallMs + 6_334 }]);
    for (const timeMs of times.slice(4)) {
      expect(names.timeOf('anna', nameAt(timeMs, 77))).toBe(timeMs);
      expect(names.timeOf('bert', nameAt(timeMs, 4_294_000_000))).toBe(timeMs);
      expect(names.nameOf('bert', timeMs)).toBe(nameAt(timeMs, 4_294_000_000));
    }
    expect(names.timeOf('cora', 77)).toBeUndefined();
    expect(names.nameOf('cora', 5_000)).toBeUndefined();
  });

  it('B20 F98 names of before are unknown after another camera, and those of somebody who left', () => {
    const names = new FrameNames();
    read(names);
    send(names, 'anna', 77);
    send(names, 'bert', 99);
    names.forget('bert');
    expect(names.knows('anna')).toBe(true);
    expect(names.timeOf('bert', nameAt(6_000, 99))).toBeUndefined();
    names.cameraChanged();
    expect(names.knows('anna')).toBe(false);
    expect(names.timeOf('anna', nameAt(6_000, 77))).toBeUndefined();
  });
});
