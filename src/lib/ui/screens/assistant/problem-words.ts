import { assistantLimits } from '#domain/organization/assistant.ts';
import type { AssistantProblem } from '#domain/organization/check-assistant.ts';
import { m } from '../../messages.ts';

const words: Record<AssistantProblem['code'], () => string> = {
  'no-steps': m.assistant_problem_no_steps,
  'text-missing': m.assistant_problem_text_missing,
  'text-too-long': () => m.assistant_problem_text_too_long({ max: assistantLimits.textLength }),
  unreachable: m.assistant_problem_unreachable,
  'label-missing': m.assistant_problem_label_missing,
  'label-too-long': () => m.assistant_problem_text_too_long({ max: assistantLimits.labelLength }),
  'label-twice': m.assistant_problem_label_twice,
  'leads-nowhere': m.assistant_problem_leads_nowhere,
};

/** The problems of one step, in words, at their places. */
export interface StepProblems {
  text?: string;
  unreachable?: string;
  label(answer: number): string | undefined;
  next(answer: number): string | undefined;
  action(action: number): string | undefined;
}

export function problemsOf(problems: readonly AssistantProblem[], stepId: string): StepProblems {
  const here = problems.filter((problem) => 'stepId' in problem && problem.stepId === stepId);
  const say = (fits: (problem: AssistantProblem) => boolean): string | undefined => {
    const found = here.find(fits);
    return found && words[found.code]();
  };
  const text = say(({ code }) => code === 'text-missing' || code === 'text-too-long');
  const unreachable = say(({ code }) => code === 'unreachable');
  return {
    ...(text ? { text } : {}),
    ...(unreachable ? { unreachable } : {}),
    label: (answer) => say((one) => 'answer' in one && one.answer === answer && one.code !== 'leads-nowhere'),
    next: (answer) => say((one) => 'answer' in one && one.answer === answer && one.code === 'leads-nowhere'),
    action: (action) => say((one) => 'action' in one && one.action === action),
  };
}
