import { describe, expect, test } from 'vitest';
import { answersAsText, noAssistant, type Assistant } from './assistant.ts';
import {
  followAssistant,
  giveAnswer,
  packWay,
  parseWay,
  takeBack,
  type GivenAnswer,
} from './walk-assistant.ts';

const assistant: Assistant = {
  enabled: true,
  steps: [
    {
      id: 'start',
      text: 'What is it?',
      answers: [
        { label: 'It leaks', next: 'leak' },
        { label: 'Something else', next: 'ask' },
      ],
      actions: [],
    },
    {
      id: 'leak',
      text: 'Is the valve closed?',
      answers: [
        { label: 'Yes', next: 'ask' },
        { label: 'Look again', next: 'start' },
      ],
      actions: [],
    },
    {
      id: 'ask',
      text: 'We can look at it.',
      answers: [],
      actions: [{ label: 'Ask', action: 'request-session' }],
    },
  ],
};

const walk = (...labels: string[]): GivenAnswer[] =>
  labels.reduce<GivenAnswer[]>((way, label) => giveAnswer(assistant, way, label), []);

describe('F3 walking the assistant', () => {
  test('it begins at the first step; each answer leads on; back and start over lead back', () => {
    expect(followAssistant(assistant, []).step?.id).toBe('start');
    const way = walk('It leaks', 'Yes');
    expect(followAssistant(assistant, way)).toMatchObject({
      step: { id: 'ask' },
      said: [
        { text: 'What is it?', answer: 'It leaks' },
        { text: 'Is the valve closed?', answer: 'Yes' },
      ],
    });
    expect(followAssistant(assistant, takeBack(way)).step?.id).toBe('leak');
    expect(followAssistant(assistant, takeBack(takeBack(takeBack(way)))).step?.id).toBe('start');
  });

  test('what is no answer of the step changes nothing', () => {
    expect(walk('Yes', 'It leaks', 'nonsense')).toEqual(walk('It leaks'));
  });

  test('a walk ends where the administrator has changed the conversation', () => {
    const way = walk('It leaks', 'Yes');
    const changed: Assistant = {
      enabled: true,
      steps: assistant.steps.map((step) => (step.id === 'leak' ? { ...step, answers: [] } : step)),
    };
    expect(followAssistant(changed, way)).toMatchObject({
      step: { id: 'leak' },
      said: [{ answer: 'It leaks' }],
    });
    expect(followAssistant({ ...assistant, enabled: false }, way)).toEqual({
      step: undefined,
      way: [],
      said: [],
    });
    expect(followAssistant(noAssistant, []).step).toBeUndefined();
  });

  test('it survives a reload as text; what cannot be read is a new start', () => {
    const way = walk('It leaks', 'Yes');
    expect(parseWay(packWay(way))).toEqual(way);
    for (const kept of ['', '{', '7', '[{"stepId":1}]', '[[]]', JSON.stringify(Array(201).fill(way[0]))])
      expect(parseWay(kept)).toEqual([]);
  });

  test('circles come to an end', () => {
    let way: GivenAnswer[] = [];
    for (let turn = 0; turn < 500; turn += 1)
      way = giveAnswer(assistant, way, turn % 2 === 0 ? 'It leaks' : 'Look again');
    expect(way.length).toBeLessThanOrEqual(200);
    expect(parseWay(packWay(way))).toEqual(way);
  });

  test('F5 the answers are the reason: the first line says what it is about', () => {
    const { said } = followAssistant(assistant, walk('It leaks', 'Yes'));
    expect(answersAsText(said, 2000)).toBe('It leaks\nIs the valve closed? — Yes');
    expect(answersAsText(said, 20)).toBe('It leaks\nYes');
    expect(answersAsText(said, 5)).toBe('It le');
    expect(answersAsText([], 2000)).toBe('');
  });
});
