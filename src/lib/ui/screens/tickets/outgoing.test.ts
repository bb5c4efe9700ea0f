import { expect, test } from 'vitest';
import type { CommandId } from '#domain/ids.ts';
import { idOf } from '#harness/domain/sessions.ts';
import { ok, refuse } from '#domain/result.ts';
import { maxAttachments } from '../../ticket/attachments.ts';
import type { ConversationState } from './conversation-state.ts';
import { Outgoing } from './outgoing.svelte.ts';

const file = (name: string, type = 'image/png'): File => new File(['x'], name, { type });

/** Keeps what is sent, up to the file of this name. */
function conversation(refused?: string) {
  const sent: string[] = [];
  const kept = () =>
    Promise.resolve(ok({ commandId: idOf<CommandId>('c'), settled: Promise.resolve(ok(undefined)) }));
  const state: Pick<ConversationState, 'sendText' | 'sendFile'> = {
    sendText: (text) => {
      sent.push(text);
      return kept();
    },
    sendFile: ({ name }, text = '') => {
      if (name === refused) return Promise.resolve(refuse('storage-full'));
      sent.push(`${name} ${text}`.trim());
      return kept();
    },
  };
  return { sent, state };
}

test('B22 words go with the first file; what this device cannot keep stays to be sent', async () => {
  const outgoing = new Outgoing();
  const { sent, state } = conversation('b.png');
  outgoing.text = ' Look ';
  outgoing.attach([file('a.png'), file('b.png'), file('c.png')]);
  expect(await outgoing.send(state)).toBe(false);
  expect(sent).toEqual(['a.png Look']);
  expect([outgoing.text, outgoing.attached.map((one) => one.file.name)]).toEqual(['', ['b.png', 'c.png']]);
  expect([outgoing.run.failure, outgoing.busy]).toEqual(['storage-full', false]);
  expect(await outgoing.send(conversation().state)).toBe(true);
  expect(outgoing.empty).toBe(true);
});

test('words alone are one message; nothing is sent where nothing is written', async () => {
  const outgoing = new Outgoing();
  const { sent, state } = conversation();
  outgoing.text = ' \n ';
  expect(await outgoing.send(state)).toBe(false);
  outgoing.text = ' Hello ';
  expect(await outgoing.send(state)).toBe(true);
  expect([sent, outgoing.text]).toEqual([['Hello'], '']);
});

test('B22 pressed twice it goes once, and what is typed behind it is the next message', async () => {
  const outgoing = new Outgoing();
  const { sent, state } = conversation();
  outgoing.text = 'One';
  const sending = outgoing.send(state);
  expect(outgoing.text).toBe('');
  outgoing.text = 'Two';
  expect(await outgoing.send(state)).toBe(false);
  await sending;
  expect([sent, outgoing.text]).toEqual([['One'], 'Two']);
});

test('B22 words that could not be kept come back, before what was typed meanwhile', async () => {
  const outgoing = new Outgoing();
  const refused = {
    sendText: () => Promise.resolve(refuse('storage-full')),
    sendFile: conversation().state.sendFile,
  };
  outgoing.text = 'One';
  const sending = outgoing.send(refused);
  outgoing.text = 'Two';
  await sending;
  expect(outgoing.text).toBe('One\nTwo');
});

test('B22 each file that would be refused is named, the others are taken, and so many at a time', () => {
  const outgoing = new Outgoing();
  outgoing.attach([file('a.html', 'text/html'), file('b.png'), file('c.svg', 'image/svg+xml')]);
  expect([outgoing.refused.map(({ name }) => name), outgoing.attached.length]).toEqual([
    ['a.html', 'c.svg'],
    1,
  ]);
  outgoing.attach(Array.from({ length: maxAttachments }, (_, index) => file(`${String(index)}.png`)));
  expect(outgoing.refused.map(({ code }) => code)).toEqual(['limit-reached']);
  expect(outgoing.attached).toHaveLength(maxAttachments);
  outgoing.dispose();
  expect(outgoing.empty).toBe(true);
});
