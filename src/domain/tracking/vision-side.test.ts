import { describe, expect, test } from 'vitest';
import { initialSide, nextSide, slowForMs, tooSlowFrameMs, withoutViewer } from './vision-side.ts';

const quick = { able: true, frameMs: 25, viewer: 'erika' };
const slow = { ...quick, frameMs: tooSlowFrameMs + 50 };

describe('who looks at a picture', () => {
  test('F57 the side of the camera, as long as it keeps up; a burst of work does not count', () => {
    let state = nextSide(initialSide, { ...slow, atMs: 0 });
    state = nextSide(state, { ...slow, atMs: slowForMs - 1 });
    expect(state.side).toBe('camera');
    state = nextSide(state, { ...quick, atMs: slowForMs });
    state = nextSide(state, { ...slow, atMs: slowForMs + 1 });
    expect(state.side).toBe('camera');
  });

  test('F57 too slow for some time: the viewer takes over and keeps it', () => {
    let state = nextSide(initialSide, { ...slow, atMs: 0 });
    state = nextSide(state, { ...slow, atMs: slowForMs });
    expect(state).toMatchObject({ side: 'viewer', viewer: 'erika' });
    state = nextSide(state, { able: true, frameMs: undefined, viewer: 'erika', atMs: 60_000 });
    expect(state).toMatchObject({ side: 'viewer', viewer: 'erika' });
  });

  test('F57 the viewer is gone: the camera does what it can, and is judged anew when one comes', () => {
    let state = nextSide(nextSide(initialSide, { ...slow, atMs: 0 }), { ...slow, atMs: slowForMs });
    state = nextSide(state, { ...slow, viewer: undefined, atMs: 10_000 });
    expect(state.side).toBe('camera');
    state = nextSide(state, { ...quick, viewer: 'emil', atMs: 11_000 });
    expect(state.side).toBe('camera');
  });

  test('F57 a device that cannot look: a viewer at once, nobody where no viewer can either', () => {
    const unable = { able: false, frameMs: undefined, viewer: 'erika' };
    let state = nextSide(initialSide, { ...unable, atMs: 0 });
    expect(state).toMatchObject({ side: 'viewer', viewer: 'erika' });
    state = nextSide(withoutViewer(state, 'erika'), { ...unable, atMs: 1 });
    expect(state).toMatchObject({ side: 'none', viewer: undefined });
    state = nextSide(state, { ...unable, viewer: 'emil', atMs: 2 });
    expect(state).toMatchObject({ side: 'viewer', viewer: 'emil' });
  });
});
