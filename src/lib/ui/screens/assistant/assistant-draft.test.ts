import { expect, test } from 'vitest';
import type { Assistant } from '#domain/organization/assistant.ts';
import { checkAssistant } from '#domain/organization/check-assistant.ts';
import { AssistantDraft } from './assistant-draft.svelte.ts';

const saved: Assistant = {
  enabled: true,
  steps: [
    { id: 'start', text: 'What is it?', answers: [{ label: 'A leak', next: 'leak' }], actions: [] },
    { id: 'leak', text: 'Close the valve.', answers: [], actions: [] },
  ],
};

test('F3 steps, answers and buttons are added, changed and removed; nothing is changed in what is saved', () => {
  const draft = new AssistantDraft(saved);
  const before = JSON.stringify(saved);
  expect(draft.changed).toBe(false);
  const id = draft.addStep() ?? '';
  draft.setText(id, 'Anything else?');
  draft.addAnswer('leak');
  draft.setAnswer('leak', 0, { label: ' Done ', next: id });
  draft.addAction(id, 'Ask for a session');
  draft.setAction(id, 0, { action: 'open-ticket' });
  expect(draft.changed).toBe(true);
  expect(checkAssistant(draft.current)).toEqual([]);
  expect(draft.tidy.steps[1]?.answers).toEqual([{ label: 'Done', next: id }]);
  draft.removeAnswer('leak', 0);
  draft.removeAction(id, 0);
  draft.removeStep(id);
  expect(draft.changed).toBe(false);
  draft.moveFirst('leak');
  expect(draft.current.steps[0]?.id).toBe('leak');
  draft.discard();
  expect(draft.changed).toBe(false);
  expect(JSON.stringify(saved)).toBe(before);
});

test('F3 a step that is removed leaves its answers dangling, and that is said', () => {
  const draft = new AssistantDraft(saved);
  draft.removeStep('leak');
  expect(checkAssistant(draft.current)).toEqual([{ code: 'leads-nowhere', stepId: 'start', answer: 0 }]);
});

test('new steps never take the id of one that is there, and there is an end to them', () => {
  const draft = new AssistantDraft({
    enabled: false,
    steps: [{ id: 'step-2', text: 'x', answers: [], actions: [] }],
  });
  const ids = Array.from({ length: 120 }, () => draft.addStep()).filter((id) => id !== undefined);
  expect(ids).toHaveLength(99);
  expect(new Set([...ids, 'step-2']).size).toBe(100);
});

test('what somebody else publishes meanwhile is noticed; the own saving is not', () => {
  const draft = new AssistantDraft(saved);
  draft.setText('start', 'What is it, please? ');
  const tidied = draft.tidy;
  expect(draft.isOvertakenBy(saved)).toBe(false);
  draft.saved(tidied, saved);
  expect(draft.changed).toBe(false);
  expect(draft.isOvertakenBy(saved)).toBe(false);
  expect(draft.isOvertakenBy(tidied)).toBe(false);
  expect(draft.isOvertakenBy({ enabled: false, steps: [] })).toBe(true);
});
