import * as v from 'valibot';
import { errorCodes } from '#domain/error-codes.ts';
import { directorySchema } from '#domain/protocol/directory.ts';

/** What the tabs of one person in one browser tell each other. */
const tabMessageSchema = v.variant('t', [
  /** The leading tab's connection, at every change and when asked. */
  v.object({
    t: v.literal('link'),
    state: v.picklist(['offline', 'connecting', 'online']),
    sinceMs: v.number(),
    caughtUp: v.boolean(),
    reason: v.optional(v.picklist(errorCodes)),
    clockOffsetMs: v.number(),
  }),
  /** Asks who leads, and how the connection stands. */
  v.object({ t: v.literal('who') }),
  /** There is something new in the outbox, or among the pictures. */
  v.object({ t: v.literal('nudge') }),
  /** The person asks for another try now. */
  v.object({ t: v.literal('wake') }),
  v.object({ t: v.literal('directory-changed') }),
  /** What the relay says that the person may know of the organization now. */
  v.object({ t: v.literal('directory'), directory: directorySchema }),
  v.object({ t: v.literal('signed-out') }),
  /** The calls that the sending tab is in. */
  v.object({ t: v.literal('calls'), tab: v.string(), callIds: v.array(v.string()) }),
]);
export type TabMessage = v.InferOutput<typeof tabMessageSchema>;

/** Parses a message of another tab; undefined for one of another version. */
export function parseTabMessage(input: unknown): TabMessage | undefined {
  const result = v.safeParse(tabMessageSchema, input);
  return result.success ? result.output : undefined;
}
