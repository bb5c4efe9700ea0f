import { expect, test } from 'vitest';
import { Draft, type Drafts } from './draft.svelte.ts';

function box(): Drafts & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    load: async (key) => kept.get(key) ?? '',
    save: async (key, text) => kept.set(key, text),
    clear: async (key) => kept.delete(key),
  };
}

const turn = () => new Promise(setImmediate);

test('F94 pressed twice it is sent once, and what is typed behind it stays', async () => {
  const drafts = box();
  const draft = new Draft(drafts, 'chat 1');
  draft.text = ' It leaks ';
  const sent: string[] = [];
  let answer: (kept: boolean) => void = () => undefined;
  const deliver = (text: string) => {
    sent.push(text);
    return new Promise<boolean>((resolve) => (answer = resolve));
  };
  const first = draft.send(deliver);
  await draft.send(deliver);
  draft.text = 'since';
  answer(true);
  await first;
  expect([sent, draft.text, drafts.kept.get('chat 1')]).toEqual([['It leaks'], 'since', 'since']);
});

test('F94 what could not be kept comes back, before what was typed meanwhile', async () => {
  const draft = new Draft(box(), 'chat 1');
  draft.text = 'It leaks';
  await draft.send(async () => {
    draft.text = 'since today';
    return false;
  });
  expect(draft.text).toBe('It leaks\nsince today');
});

test('F94 a half-written text is there again when its place is opened again, and gone once it is sent', async () => {
  const drafts = box();
  const one = new Draft(drafts, 'chat 1');
  one.text = 'It le';
  one.keep();
  const again = new Draft(drafts, 'chat 1');
  const other = new Draft(drafts, 'chat 2');
  await turn();
  expect([again.text, other.text]).toEqual(['It le', '']);
  await again.send(async () => true);
  const later = new Draft(drafts, 'chat 1');
  await turn();
  expect([later.text, later.empty]).toEqual(['', true]);
});

test('nothing to read is nothing to send', async () => {
  const draft = new Draft(box(), 'chat 1');
  draft.text = ' \u200b\n';
  const sent: string[] = [];
  await draft.send(async (text) => sent.push(text) > 0);
  expect([sent, draft.text]).toEqual([[], ' \u200b\n']);
});
