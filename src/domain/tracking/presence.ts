import { centreDistance, overlap, shareInside, type Box, type PictureSize } from './box.ts';

/** What one frame tells about whether an element is still where it is thought to be. */
export interface PresenceEvidence {
  readonly picture: PictureSize;
  /** Where the element's own tracker sees it. */
  readonly box: Box;
  /**
   * How far the tracker's answer fell below its usual: 0 not, 1 clearly, 2 nearly to nothing; undefined for a tracker
   * so new that nothing is usual yet.
   */
  readonly drop: 0 | 1 | 2 | undefined;
  /** Where it must be by the scene around it, and the share of it that looks as it did; where the scene was known. */
  readonly scene?: { readonly box: Box; readonly seen: number };
  /** The last known place carried on by the camera's motion, and how much it looks as before, −1…1. */
  readonly carried?: { readonly box: Box; readonly alike: number };
}

/**
 * `unknown`: not yet known whether it stands still in its surroundings. `still`: it does, and the scene decides.
 * `moving`: it moves by itself, and its own tracker decides.
 */
type ElementKind = 'unknown' | 'still' | 'moving';

export interface Presence {
  readonly kind: ElementKind;
  readonly shown: boolean;
  /** The box to go on with where the scene knows better than the tracker. */
  readonly corrected: Box | undefined;
  /** This frame proves it: safe to learn from. */
  readonly proven: boolean;
  /** Something speaks against it: look at the scene again with the next frame. */
  readonly doubt: boolean;
  readonly travel: number;
  readonly lastAgreed: Box | undefined;
  readonly disagreed: number;
  readonly covered: number;
  readonly unlike: number;
  readonly faint: number;
  readonly dropped: number;
  readonly back: number;
}

/** Shares, box sizes and counts of frames, from trials on real and made-up footage. */
export const presenceLimits = {
  agree: 0.6,
  travel: 0.6,
  disagreedFrames: 12,
  seen: 0.5,
  /** The same for what was thought to move by itself. */
  seenAgain: 0.65,
  covered: 0.35,
  coveredFrames: 2,
  /** The same while the element's tracker noticed nothing. */
  coveredUnnoticedFrames: 6,
  insideToShow: 0.5,
  insideToHide: 0.35,
  unlike: 0.45,
  unlikeFrames: 3,
  faint: 0.6,
  faintFrames: 12,
  droppedFrames: 4,
  blind: 2,
  backFrames: 3,
} as const;

export const initialPresence: Presence = {
  kind: 'unknown',
  shown: true,
  corrected: undefined,
  proven: true,
  doubt: true,
  travel: 0,
  lastAgreed: undefined,
  disagreed: 0,
  covered: 0,
  unlike: 0,
  faint: 0,
  dropped: 0,
  back: 0,
};

/** Pure: what is known before and this frame's evidence in, what is known now out. */
export function nextPresence(before: Presence, evidence: PresenceEvidence): Presence {
  const { drop = 0 } = evidence;
  const dropped = drop === 0 ? 0 : before.dropped + drop;
  const now: Presence = { ...before, dropped, corrected: undefined, proven: false, doubt: false };
  return before.shown ? whileShown(now, evidence) : whileLost(now, evidence);
}

const limits = presenceLimits;

/** Nothing is known of it any more but what it is. */
export const lostPresence = (before: Presence): Presence =>
  hide({ ...before, corrected: undefined, dropped: 0 });

function hide(now: Presence): Presence {
  const counts = { covered: 0, unlike: 0, faint: 0, disagreed: 0, back: 0 };
  return { ...now, ...counts, shown: false, proven: false, doubt: true, lastAgreed: undefined };
}

function whileShown(now: Presence, evidence: PresenceEvidence): Presence {
  const { scene, picture, box } = evidence;
  if (now.kind === 'moving' || (!scene && now.kind === 'unknown')) return byItsTracker(now, evidence);
  if (scene) {
    const learnt = compare(now, scene.box, box);
    if (learnt.kind === 'moving') return byItsTracker(learnt, evidence);
    return learnt.kind === 'still'
      ? byTheScene(learnt, scene, box, picture)
      : byBoth(learnt, { ...evidence, scene });
  }
  return byTheCamera(now, evidence);
}

/** Whether the scene and the tracker mean the same, and what follows of it over time. */
function compare(now: Presence, scene: Box, tracker: Box): Presence {
  if (overlap(scene, tracker) <= limits.agree) {
    const disagreed = now.disagreed + 1;
    const moving = now.kind === 'unknown' && disagreed >= limits.disagreedFrames;
    return { ...now, disagreed, lastAgreed: undefined, doubt: true, kind: moving ? 'moving' : now.kind };
  }
  const size = Math.sqrt(scene.width * scene.height);
  const travel = now.travel + (now.lastAgreed ? centreDistance(now.lastAgreed, scene) / size : 0);
  const kind = now.kind === 'unknown' && travel >= limits.travel ? 'still' : now.kind;
  return { ...now, travel, kind, lastAgreed: scene, disagreed: 0 };
}

function byItsTracker(now: Presence, evidence: PresenceEvidence): Presence {
  const { picture, box } = evidence;
  if (shareInside(box, picture) < limits.insideToHide || now.dropped >= limits.droppedFrames)
    return hide(now);
  if (now.kind === 'unknown' && isAdrift(now, evidence)) return hide(now);
  return { ...now, proven: now.dropped === 0, doubt: now.dropped > 0 };
}

/** What its tracker says is no word against the scene's: it sees nothing to speak of, or is too new. */
const isBlind = ({ dropped }: Presence, { drop }: PresenceEvidence): boolean =>
  drop === undefined || dropped >= limits.blind;

/** Neither its tracker nor the scene nor the camera's motion tells where it is. */
function isAdrift(
  { dropped, kind, lastAgreed }: Presence,
  { drop, scene, carried }: PresenceEvidence,
): boolean {
  if (scene || carried) return false;
  // A new one that the scene has never known could not be found again.
  return drop === undefined ? kind === 'still' || lastAgreed !== undefined : dropped > 0;
}

function byTheScene(
  now: Presence,
  scene: { readonly box: Box; readonly seen: number },
  tracker: Box,
  picture: PictureSize,
): Presence {
  if (shareInside(scene.box, picture) < limits.insideToHide) return hide(now);
  const clean = { ...now, unlike: 0, faint: 0 };
  const agrees = overlap(scene.box, tracker) > limits.agree;
  if (scene.seen >= limits.seen) {
    return { ...clean, covered: 0, proven: true, doubt: false, corrected: agrees ? undefined : scene.box };
  }
  if (!agrees && now.dropped === 0) return movedAway(clean);
  const covered = scene.seen < limits.covered || now.dropped > 0 ? now.covered + 1 : now.covered;
  const enough = now.dropped > 0 ? limits.coveredFrames : limits.coveredUnnoticedFrames;
  return covered >= enough ? hide(clean) : { ...clean, covered, doubt: true };
}

/** Its place no longer looks like it, while its tracker still sees it clearly elsewhere. */
function movedAway(now: Presence): Presence {
  const disagreed = Math.max(1, now.disagreed);
  return { ...now, doubt: true, kind: disagreed >= limits.disagreedFrames ? 'moving' : now.kind };
}

/** Not yet known which of the two is right: it is hidden only when neither sees it. */
function byBoth(
  now: Presence,
  evidence: PresenceEvidence & { readonly scene: { readonly box: Box; readonly seen: number } },
): Presence {
  const { scene, picture, box } = evidence;
  const agrees = now.disagreed === 0;
  const blind = isBlind(now, evidence);
  if ((agrees || blind) && shareInside(scene.box, picture) < limits.insideToHide) return hide(now);
  if (scene.seen >= limits.seen && agrees) return { ...now, covered: 0, proven: true };
  if (scene.seen >= limits.seen && blind) return corrected(now, scene.box);
  const covered = scene.seen < limits.covered ? now.covered + 1 : 0;
  if (blind && covered >= (evidence.carried ? limits.coveredFrames : 1)) return hide(now);
  return { ...byItsTracker(now, { ...evidence, box }), covered: now.shown ? covered : 0 };
}

/** Its place looks as it did, and its tracker is elsewhere without seeing it there. */
const corrected = (now: Presence, box: Box): Presence => ({
  ...now,
  covered: 0,
  disagreed: 0,
  dropped: 0,
  proven: true,
  lastAgreed: box,
  corrected: box,
});

function byTheCamera(now: Presence, evidence: PresenceEvidence): Presence {
  const { carried, picture, box } = evidence;
  if (isAdrift(now, evidence)) return hide(now);
  if (!carried) {
    // Nothing known of the picture at all: as good as covered.
    const unlike = now.unlike + 1;
    return unlike >= limits.unlikeFrames ? hide(now) : { ...now, unlike, doubt: true };
  }
  const elsewhere = now.dropped === 0 && overlap(carried.box, box) <= limits.agree;
  if (elsewhere && shareInside(box, picture) >= limits.insideToShow && carried.alike < limits.faint) {
    return movedAway({ ...now, disagreed: now.disagreed + 1 });
  }
  if (shareInside(carried.box, picture) < limits.insideToHide) return hide(now);
  const unlike = carried.alike < limits.unlike ? now.unlike + 1 : 0;
  const faint = carried.alike < limits.faint ? now.faint + 1 : 0;
  if (unlike >= limits.unlikeFrames || faint >= limits.faintFrames) return hide(now);
  return { ...now, unlike, faint, doubt: faint > 0 };
}

function whileLost(now: Presence, { scene, picture, box, drop }: PresenceEvidence): Presence {
  const enoughSeen = now.kind === 'moving' ? limits.seenAgain : limits.seen;
  const place = scene && scene.seen >= enoughSeen && shareInside(scene.box, picture) >= limits.insideToShow;
  // It stands where it stood: it is back, or it has never moved by itself, and its tracker was astray.
  if (place) return show(now.kind === 'moving' ? { ...now, kind: 'unknown', travel: 0 } : now, scene.box);
  const seesIt = drop === 0 && shareInside(box, picture) >= limits.insideToShow;
  const denied = now.kind === 'still' && scene !== undefined;
  const back = seesIt && !denied ? now.back + 1 : 0;
  // Of what stood still the scene decides; only when its tracker sees it for long elsewhere, it has moved by itself.
  const enough = now.kind === 'still' ? limits.disagreedFrames : limits.backFrames;
  if (back < enough) return { ...now, back, doubt: true };
  return show({ ...now, kind: now.kind === 'still' ? 'moving' : now.kind }, undefined);
}

function show(now: Presence, corrected: Box | undefined): Presence {
  return { ...now, shown: true, corrected, proven: true, doubt: true, dropped: 0, back: 0 };
}
