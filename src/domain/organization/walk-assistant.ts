import * as v from 'valibot';
import type { Assistant, AssistantStep } from './assistant.ts';

/** The longest walk that is kept; an assistant may lead in circles. */
const maxAnswers = 200;

/** One answer on the way: at which step, and which. */
const givenAnswerSchema = v.object({ stepId: v.string(), label: v.string() });
export type GivenAnswer = v.InferOutput<typeof givenAnswerSchema>;

const waySchema = v.pipe(v.array(givenAnswerSchema), v.maxLength(maxAnswers));

/** Where somebody stands in the conversation. */
export interface AssistantPlace {
  /** Undefined where no assistant is configured. */
  step: AssistantStep | undefined;
  /** The answers that led here, as far as the assistant still has them. */
  way: readonly GivenAnswer[];
  /** The same with what was asked. */
  said: readonly { text: string; answer: string }[];
}

/**
 * Follows the answers from the first step. When the administrator has changed the assistant meanwhile, the walk ends
 * at the first answer that is no longer there: nobody is left at a step that does not exist.
 */
export function followAssistant({ enabled, steps }: Assistant, way: readonly GivenAnswer[]): AssistantPlace {
  let step = enabled ? steps[0] : undefined;
  const kept: GivenAnswer[] = [];
  const said: { text: string; answer: string }[] = [];
  for (const given of way) {
    const answer = step?.id === given.stepId && step.answers.find(({ label }) => label === given.label);
    const next = answer && steps.find(({ id }) => id === answer.next);
    if (!step || !answer || !next) break;
    kept.push(given);
    said.push({ text: step.text, answer: answer.label });
    step = next;
  }
  return { step, way: kept, said };
}

/** The way with one more answer; as it was where the step has no such answer. */
export function giveAnswer(assistant: Assistant, way: readonly GivenAnswer[], label: string): GivenAnswer[] {
  const { step, way: kept } = followAssistant(assistant, way);
  if (!step?.answers.some((answer) => answer.label === label)) return [...kept];
  // Somebody walks in circles: from the start again.
  return kept.length < maxAnswers ? [...kept, { stepId: step.id, label }] : [];
}

export function takeBack(way: readonly GivenAnswer[]): GivenAnswer[] {
  return way.slice(0, -1);
}

/** A way as text, to be kept on the device. */
export function packWay(way: readonly GivenAnswer[]): string {
  return way.length === 0 ? '' : JSON.stringify(way);
}

/** What was kept; empty where it cannot be read. */
export function parseWay(text: string): GivenAnswer[] {
  try {
    const parsed = v.safeParse(waySchema, JSON.parse(text || '[]'));
    return parsed.success ? parsed.output : [];
  } catch {
    // Not even JSON: an older version's, or cut off.
    return [];
  }
}
