/** What is known of the device whose camera it is. */
export interface SideEvidence {
  readonly atMs: number;
  /** It can look at its own picture at all. */
  readonly able: boolean;
  /** Median time of its last frames, in milliseconds; undefined while nothing is followed. */
  readonly frameMs: number | undefined;
  /** A viewer's device that can be asked to look instead. */
  readonly viewer: string | undefined;
}

export interface SideState {
  readonly side: 'camera' | 'viewer' | 'none';
  readonly viewer: string | undefined;
  /** Since when the camera's device has been too slow. */
  readonly slowSinceMs: number | undefined;
  /** It was found too slow or unable: it is not asked again in this call while a viewer can look. */
  readonly given: boolean;
  /** Viewers that could not look either. */
  readonly unable: readonly string[];
}

export const initialSide: SideState = {
  side: 'camera',
  viewer: undefined,
  slowSinceMs: undefined,
  given: false,
  unable: [],
};

/** Fewer than eight frames a second: a highlight limps behind. */
export const tooSlowFrameMs = 125;
/** It has to be slow for so long: a burst of work is no reason to move. */
export const slowForMs = 3_000;

/** What a viewer must be faster by: after the change boxes come as much later as the link is long. */
const worthWhile = 0.8;

/**
 * Whether a viewer who is ready is faster enough than the slow side.
 * @param ownMs @param viewerMs median time of a frame; undefined when it is not known
 */
export const isWorthTheChange = (ownMs: number | undefined, viewerMs: number | undefined): boolean =>
  ownMs === undefined || viewerMs === undefined || viewerMs <= worthWhile * ownMs;

/**
 * Who looks at a picture. The camera's device does, since it has the frames first and uncompressed; a viewer's takes
 * over when that device is too slow for some time (and the viewer's is faster) or cannot look at all, and keeps it: going back and forth would lose
 * the highlights each time. When the viewer goes, the camera's device does what it can.
 */
export function nextSide(state: SideState, { atMs, able, frameMs, viewer }: SideEvidence): SideState {
  const slow = frameMs !== undefined && frameMs > tooSlowFrameMs;
  const slowSinceMs = slow && state.side === 'camera' ? (state.slowSinceMs ?? atMs) : undefined;
  const tooSlow = slowSinceMs !== undefined && atMs - slowSinceMs >= slowForMs;
  const given = state.given || !able || tooSlow;
  const free = viewer !== undefined && !state.unable.includes(viewer) ? viewer : undefined;
  if (given && free !== undefined)
    return { ...state, side: 'viewer', viewer: free, slowSinceMs: undefined, given };
  const side = able ? 'camera' : 'none';
  // Nobody else can: slow is better than nothing, and is judged anew when somebody comes.
  return { ...state, side, viewer: undefined, slowSinceMs, given: given && !able };
}

/** The viewer says that its device cannot look either. */
export const withoutViewer = (state: SideState, viewer: string): SideState => ({
  ...state,
  unable: [...state.unable.filter((one) => one !== viewer), viewer],
});
