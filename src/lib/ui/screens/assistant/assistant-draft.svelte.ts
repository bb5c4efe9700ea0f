import {
  assistantLimits,
  noAssistant,
  type Assistant,
  type AssistantAction,
  type AssistantStep,
} from '#domain/organization/assistant.ts';

/** An assistant while somebody writes it: every change makes a new one, so that it can be compared and thrown away. */
export class AssistantDraft {
  current = $state.raw<Assistant>(noAssistant);
  /** What it began as, or was last saved as. */
  #base = $state.raw<Assistant>(noAssistant);
  /** What everybody had when it was last saved: until the news comes back, that is no change of somebody else. */
  #before = $state.raw<Assistant>(noAssistant);

  constructor(published: Assistant) {
    this.take(published);
  }

  get changed(): boolean {
    return !sameAssistant(this.current, this.#base);
  }

  /** Whether somebody else has published another one since. */
  isOvertakenBy(published: Assistant): boolean {
    return !sameAssistant(published, this.#base) && !sameAssistant(published, this.#before);
  }

  /** Begins anew with what is published. */
  take(published: Assistant): void {
    this.#base = published;
    this.#before = published;
    this.current = published;
  }

  discard(): void {
    this.current = this.#base;
  }

  /** As it is to be saved: without blanks at the ends. */
  get tidy(): Assistant {
    const { enabled, steps } = this.current;
    return {
      enabled,
      steps: steps.map((step) => ({
        ...step,
        text: step.text.trim(),
        answers: step.answers.map((answer) => ({ ...answer, label: answer.label.trim() })),
        actions: step.actions.map((action) => ({ ...action, label: action.label.trim() })),
      })),
    };
  }

  /** `tidied` was accepted while `published` was what everybody had. */
  saved(tidied: Assistant, published: Assistant): void {
    if (sameAssistant(this.tidy, tidied)) this.current = tidied;
    this.#base = tidied;
    this.#before = published;
  }

  setEnabled(enabled: boolean): void {
    this.current = { ...this.current, enabled };
  }

  setText(stepId: string, text: string): void {
    this.#change(stepId, (step) => ({ ...step, text }));
  }

  /** Adds an empty step at the end; undefined when there is no room. */
  addStep(): string | undefined {
    const { steps } = this.current;
    if (steps.length >= assistantLimits.steps) return undefined;
    const id = freeId(steps);
    this.#steps([...steps, { id, text: '', answers: [], actions: [] }]);
    return id;
  }

  /** Answers that led to it lead nowhere then, and say so. */
  removeStep(stepId: string): void {
    this.#steps(this.current.steps.filter(({ id }) => id !== stepId));
  }

  moveFirst(stepId: string): void {
    const { steps } = this.current;
    this.#steps([...steps.filter(({ id }) => id === stepId), ...steps.filter(({ id }) => id !== stepId)]);
  }

  addAnswer(stepId: string): void {
    this.#change(stepId, (step) => ({ ...step, answers: [...step.answers, { label: '', next: '' }] }));
  }

  setAnswer(stepId: string, index: number, change: { label?: string; next?: string }): void {
    this.#change(stepId, (step) => ({
      ...step,
      answers: step.answers.map((answer, at) => (at === index ? { ...answer, ...change } : answer)),
    }));
  }

  removeAnswer(stepId: string, index: number): void {
    this.#change(stepId, (step) => ({ ...step, answers: step.answers.filter((_one, at) => at !== index) }));
  }

  addAction(stepId: string, label: string): void {
    const action: AssistantAction = 'request-session';
    this.#change(stepId, (step) => ({ ...step, actions: [...step.actions, { label, action }] }));
  }

  setAction(stepId: string, index: number, change: { label?: string; action?: AssistantAction }): void {
    this.#change(stepId, (step) => ({
      ...step,
      actions: step.actions.map((one, at) => (at === index ? { ...one, ...change } : one)),
    }));
  }

  removeAction(stepId: string, index: number): void {
    this.#change(stepId, (step) => ({ ...step, actions: step.actions.filter((_one, at) => at !== index) }));
  }

  #change(stepId: string, change: (step: AssistantStep) => AssistantStep): void {
    this.#steps(this.current.steps.map((step) => (step.id === stepId ? change(step) : step)));
  }

  #steps(steps: AssistantStep[]): void {
    this.current = { ...this.current, steps };
  }
}

function freeId(steps: readonly AssistantStep[]): string {
  const taken = new Set(steps.map(({ id }) => id));
  for (let number = steps.length + 1; ; number += 1) {
    const id = `step-${number}`;
    if (!taken.has(id)) return id;
  }
}

/** Both are made of plain data in the same order of fields, but for what a parser may have put in another. */
function sameAssistant(a: Assistant, b: Assistant): boolean {
  const plain = ({ enabled, steps }: Assistant): string =>
    JSON.stringify([
      enabled,
      steps.map(({ id, text, answers, actions }) => [
        id,
        text,
        answers.map(({ label, next }) => [label, next]),
        actions.map(({ label, action }) => [label, action]),
      ]),
    ]);
  return plain(a) === plain(b);
}
