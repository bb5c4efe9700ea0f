import * as v from 'valibot';

/** What fits into an assistant. */
export const assistantLimits = {
  steps: 100,
  answers: 12,
  actions: 4,
  textLength: 2000,
  labelLength: 120,
} as const;

const text = (max: number) => v.pipe(v.string(), v.trim(), v.maxLength(max));
const stepId = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/));

/** What a button of the assistant opens. */
export const assistantActions = ['request-session', 'open-ticket', 'show-sessions'] as const;
export type AssistantAction = (typeof assistantActions)[number];

/** One step of the guided conversation: a text, answers that lead on, buttons that open something. */
const assistantStepSchema = v.object({
  id: stepId,
  text: v.pipe(text(assistantLimits.textLength), v.minLength(1)),
  answers: v.optional(
    v.pipe(
      v.array(v.object({ label: v.pipe(text(assistantLimits.labelLength), v.minLength(1)), next: stepId })),
      v.maxLength(assistantLimits.answers),
    ),
    [],
  ),
  actions: v.optional(
    v.pipe(
      v.array(
        v.object({
          label: v.pipe(text(assistantLimits.labelLength), v.minLength(1)),
          action: v.picklist(assistantActions),
        }),
      ),
      v.maxLength(assistantLimits.actions),
    ),
    [],
  ),
});
export type AssistantStep = v.InferOutput<typeof assistantStepSchema>;

/** The text assistant of an organization. It begins at the first step; every `next` names a step. */
export const assistantSchema = v.pipe(
  v.object({
    enabled: v.boolean(),
    steps: v.pipe(v.array(assistantStepSchema), v.maxLength(assistantLimits.steps)),
  }),
  v.check(
    ({ steps }) => new Set(steps.map((step) => step.id)).size === steps.length,
    'two steps share an id',
  ),
  v.check(({ steps }) => {
    const known = new Set(steps.map((step) => step.id));
    return steps.every((step) => step.answers.every((answer) => known.has(answer.next)));
  }, 'an answer leads nowhere'),
  v.check(({ enabled, steps }) => !enabled || steps.length > 0, 'an assistant without a step'),
);
export type Assistant = v.InferOutput<typeof assistantSchema>;

export const noAssistant: Assistant = { enabled: false, steps: [] };

/**
 * What was answered on the way through the steps, as the reason of a request: the first answer says what it is about
 * and is its first line, the others follow with what was asked. At most `maxLength` characters.
 */
export function answersAsText(said: readonly { text: string; answer: string }[], maxLength: number): string {
  const lines = said.map(({ text: question, answer }, index) =>
    index === 0 ? answer : `${question} — ${answer}`,
  );
  const whole = lines.join('\n');
  return whole.length <= maxLength
    ? whole
    : said
        .map(({ answer }) => answer)
        .join('\n')
        .slice(0, maxLength);
}
