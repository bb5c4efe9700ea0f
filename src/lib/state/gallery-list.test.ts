import { describe, expect, it } from 'vitest';
import { linkedCall, Log, people, say } from '#harness/domain/sessions.ts';
import { galleryOf, inRows } from './gallery-list.ts';

describe('gallery', () => {
  const log = linkedCall(new Log().must(people.assigned, say.create()));
  const early = { nowMs: log.nowMs + 1_000 };
  const late = { nowMs: log.nowMs + 2_000 };
  log.must(people.opener, say.screenshot('one'), early).must(people.assigned, say.screenshot('two'), late);

  it('F89 every picture of the sessions that somebody may see, the newest first, with its number there', () => {
    const items = galleryOf([log.current]);
    expect(items.map(({ shot, number }) => [shot.takenAtMs, number])).toEqual([
      [late.nowMs, 2],
      [early.nowMs, 1],
    ]);
    expect(items[0]?.session).toBe(log.current);
  });

  it('F89 one device alone', () => {
    expect(galleryOf([log.current], log.current.device.id)).toHaveLength(2);
    expect(galleryOf([log.current], 'another')).toEqual([]);
  });

  it('rows hold as many as there is room for, one at least', () => {
    expect(inRows([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(inRows([1, 2], 0.4)).toEqual([[1], [2]]);
    expect(inRows([], 3)).toEqual([]);
  });
});
