import { expect, test } from 'vitest';
import { fillIn } from './fill-in.ts';

test.each([
  ['into an empty field', '', '', 'It leaks', 'It leaks'],
  ['before what was typed', 'Hurry up', '', 'It leaks', 'It leaks\nHurry up'],
  ['not twice', 'It leaks\nHurry up', 'It leaks', 'It leaks', 'It leaks\nHurry up'],
  ['in place of an earlier walk', 'It leaks\nHurry up', 'It leaks', 'It is hot', 'It is hot\nHurry up'],
  [
    'a text changed by hand stays',
    'It leaks badly',
    'It leaks a lot',
    'It is hot',
    'It is hot\nIt leaks badly',
  ],
  ['no answers: the text stays', ' Hurry up ', '', '', 'Hurry up'],
])('F3 answers go %s', (_name, typed, earlier, answers, result) => {
  expect(fillIn(typed, earlier, answers)).toBe(result);
});
