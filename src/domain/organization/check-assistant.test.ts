import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { assistantSchema, type Assistant, type AssistantStep } from './assistant.ts';
import { checkAssistant } from './check-assistant.ts';

const step = (id: string, more: Partial<AssistantStep> = {}): AssistantStep => ({
  id,
  text: `This is ${id}`,
  answers: [],
  actions: [],
  ...more,
});
const to = (next: string, label = `To ${next}`) => ({ label, next });
const of = (...steps: AssistantStep[]): Assistant => ({ enabled: true, steps });

describe('F3 an assistant is checked before it is saved', () => {
  test.each<[string, Assistant, object[]]>([
    ['nothing to begin with', of(), [{ code: 'no-steps' }]],
    ['off and empty is no fault', { enabled: false, steps: [] }, []],
    ['a step that says nothing', of(step('a', { text: '  ' })), [{ code: 'text-missing', stepId: 'a' }]],
    ['too long a text', of(step('a', { text: 'x'.repeat(2001) })), [{ code: 'text-too-long', stepId: 'a' }]],
    [
      'an answer that leads nowhere',
      of(step('a', { answers: [to('b'), to('', 'Where to')] }), step('b')),
      [{ code: 'leads-nowhere', stepId: 'a', answer: 1 }],
    ],
    ['a step that nothing leads to', of(step('a'), step('b')), [{ code: 'unreachable', stepId: 'b' }]],
    [
      'steps that only lead to each other',
      of(step('a'), step('b', { answers: [to('c')] }), step('c', { answers: [to('b')] })),
      [
        { code: 'unreachable', stepId: 'b' },
        { code: 'unreachable', stepId: 'c' },
      ],
    ],
    [
      'answers that read the same',
      of(step('a', { answers: [to('a', 'Yes'), to('a', ' Yes ')] })),
      [{ code: 'label-twice', stepId: 'a', answer: 1 }],
    ],
    [
      'labels that say nothing, or too much',
      of(
        step('a', {
          answers: [to('a', ' ')],
          actions: [
            { label: '', action: 'open-ticket' },
            { label: 'x'.repeat(121), action: 'request-session' },
          ],
        }),
      ),
      [
        { code: 'label-missing', stepId: 'a', answer: 0 },
        { code: 'label-missing', stepId: 'a', action: 0 },
        { code: 'label-too-long', stepId: 'a', action: 1 },
      ],
    ],
    ['a circle is no fault', of(step('a', { answers: [to('b')] }), step('b', { answers: [to('a')] })), []],
  ])('%s', (_name, assistant, problems) => {
    expect(checkAssistant(assistant)).toEqual(problems);
  });

  test('what the relay’s parser refuses does not pass here', () => {
    const wrong = [
      of(step('a', { answers: [to('nowhere')] })),
      of(step('a', { text: '' })),
      of(step('a', { answers: [to('a', '')] })),
      of(),
    ];
    for (const assistant of wrong) {
      expect(v.safeParse(assistantSchema, assistant).success).toBe(false);
      expect(checkAssistant(assistant)).not.toEqual([]);
    }
  });
});
