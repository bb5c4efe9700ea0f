import * as v from 'valibot';
import { pictureIdSchema } from '../picture/picture-id.ts';
import { boxRefusals, type Box } from './box.ts';

/** Topic of the control channel under which highlights are talked about. */
export const trackTopic = 'track';

export const maxLabelLength = 60;
/** Highlights on one picture at once. */
export const maxHighlights = 8;

/** Why a highlight is not started; the sentences for people stand in the interface's table under the same keys. */
export const trackRefusals = [
  ...boxRefusals,
  'nothing-to-follow',
  'too-many-objects',
  'frame-gone',
  'vision-unavailable',
  'forbidden',
  'too-many-requests',
] as const;
export type TrackRefusal = (typeof trackRefusals)[number];

/** Who looks at a picture: its own device (`camera`), a viewer's (`viewer`, and which), or nobody can (`none`). */
const visionSides = ['camera', 'viewer', 'none'] as const;
export type VisionSide = (typeof visionSides)[number];

const share = v.pipe(v.number(), v.finite(), v.minValue(-4), v.maxValue(4));
const box: v.GenericSchema<unknown, Box> = v.object({ x: share, y: share, width: share, height: share });
const participantId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
/** Made by whoever starts it: 128 random bits, base64url. */
const highlightId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/));
/** The link's rtpTimestamp. */
const frameName = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));
const label = v.pipe(v.string(), v.maxLength(maxLabelLength));
/** The picture that a message is about. Whose word counts is judged by its owner (`pictureOwner`). */
const pictureOf = pictureIdSchema;

const highlight = v.object({
  id: highlightId,
  /** Stands for the id in datagrams; never used again in this call by another one of the same picture. */
  index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
  label,
  by: participantId,
});
export type Highlight = v.InferOutput<typeof highlight>;

/** Boxes are in shares (0…1) of the un-mirrored picture. */
const trackMessageSchema = v.variant('kind', [
  // To whoever looks at the picture
  /** A tool is in somebody's hand (or no longer): marks may come for frames that are on their way. */
  v.object({ kind: v.literal('watch'), pictureOf, on: v.boolean() }),
  /** A box is being drawn on this frame; without a name: no longer. */
  v.object({ kind: v.literal('hold'), pictureOf, frame: v.optional(frameName) }),
  v.object({
    kind: v.literal('start'),
    pictureOf,
    id: highlightId,
    label,
    box,
    frame: v.optional(frameName),
  }),
  v.object({ kind: v.literal('rename'), pictureOf, id: highlightId, label }),
  v.object({ kind: v.literal('remove'), pictureOf, id: highlightId }),
  v.object({ kind: v.literal('clear'), pictureOf }),
  // From whoever looks at the picture
  /** All there are on the picture now. */
  v.object({
    kind: v.literal('highlights'),
    pictureOf,
    list: v.pipe(v.array(highlight), v.maxLength(maxHighlights)),
  }),
  v.object({ kind: v.literal('refused'), pictureOf, id: highlightId, reason: v.picklist(trackRefusals) }),
  /** Asked to take over: all highlights are followed here, too. To the picture's own side. */
  v.object({
    kind: v.literal('ready'),
    pictureOf,
    /** Median time of a frame there, in milliseconds. */
    frameMs: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))),
  }),
  // From the picture's own side
  /** You are to take over: follow what I tell, and say when you are ready. I go on looking until then. */
  v.object({ kind: v.literal('prepare'), pictureOf }),
  /** What you lost I know from before: on this frame it is here. To the viewer who looks. */
  v.object({ kind: v.literal('spotted'), pictureOf, id: highlightId, box, frame: frameName }),
  v.object({
    kind: v.literal('side'),
    pictureOf,
    side: v.picklist(visionSides),
    /** The viewer who looks. */
    viewer: v.optional(participantId),
  }),
]);
export type TrackMessage = v.InferOutput<typeof trackMessageSchema>;
export type TrackMessageOf<K extends TrackMessage['kind']> = Extract<TrackMessage, { kind: K }>;

/** undefined for anything that is no message of this topic. */
export function parseTrackMessage(input: unknown): TrackMessage | undefined {
  const parsed = v.safeParse(trackMessageSchema, input);
  return parsed.success ? parsed.output : undefined;
}

/** One line of at most `maxLabelLength` characters, without what turns or hides text. */
export function tidyLabel(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').replace(/\s+/g, ' ');
  let tidy = '';
  for (const character of plain.trim()) {
    if (tidy.length + character.length > maxLabelLength) break;
    tidy += character;
  }
  return tidy;
}
