import { assistantLimits, type Assistant, type AssistantStep } from './assistant.ts';
import { written } from '../visible-text.ts';

/** What is wrong with an assistant that somebody writes, and where. */
export type AssistantProblem =
  | { code: 'no-steps' }
  | { code: 'text-missing' | 'text-too-long' | 'unreachable'; stepId: string }
  | {
      code: 'label-missing' | 'label-too-long' | 'label-twice' | 'leads-nowhere';
      stepId: string;
      answer: number;
    }
  | { code: 'label-missing' | 'label-too-long'; stepId: string; action: number };

/**
 * Everything to be mended before it can be saved, in the order of the steps. More than the relay asks for: a step that
 * no answer leads to breaks nothing, but nobody would ever see it.
 */
export function checkAssistant({ enabled, steps }: Assistant): AssistantProblem[] {
  const known = new Set(steps.map(({ id }) => id));
  const reached = reachedSteps(steps);
  return [
    ...(enabled && steps.length === 0 ? [{ code: 'no-steps' } as const] : []),
    ...steps.flatMap((step) => [
      ...textProblems(step),
      ...(reached.has(step.id) ? [] : [{ code: 'unreachable', stepId: step.id } as const]),
      ...answerProblems(step, known),
      ...step.actions.flatMap(({ label }, action) =>
        labelCodes(label).map((code) => ({ code, stepId: step.id, action })),
      ),
    ]),
  ];
}

/** The ids of the steps that somebody can come to, beginning at the first. */
function reachedSteps(steps: readonly AssistantStep[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = steps.slice(0, 1).map(({ id }) => id);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    const step = steps.find((one) => one.id === id);
    waiting.push(...(step?.answers.map(({ next }) => next) ?? []));
  }
  return reached;
}

function textProblems({ id: stepId, text }: AssistantStep): AssistantProblem[] {
  const words = written(text);
  if (!words) return [{ code: 'text-missing', stepId }];
  return words.length > assistantLimits.textLength ? [{ code: 'text-too-long', stepId }] : [];
}

function answerProblems(step: AssistantStep, known: ReadonlySet<string>): AssistantProblem[] {
  const { id: stepId, answers } = step;
  return answers.flatMap(({ label, next }, answer) => {
    const isTwice = answers.slice(0, answer).some((one) => written(one.label) === written(label));
    const codes = [
      ...labelCodes(label),
      ...(written(label) && isTwice ? (['label-twice'] as const) : []),
      ...(known.has(next) ? [] : (['leads-nowhere'] as const)),
    ];
    return codes.map((code) => ({ code, stepId, answer }));
  });
}

function labelCodes(label: string): ('label-missing' | 'label-too-long')[] {
  const words = written(label);
  if (!words) return ['label-missing'];
  return words.length > assistantLimits.labelLength ? ['label-too-long'] : [];
}
