import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { say } from './fixtures/domain-helpers.ts';
import { sessionDetails } from './fixtures/session-details.ts';
import type { Scene } from './kit/scene.ts';
import { show } from './kit/show.ts';

const chat = () => page.getByRole('region', { name: 'Chat', exact: true });
const field = () => chat().getByRole('textbox', { name: 'Message', exact: true });
const send = () => chat().getByRole('button', { name: 'Send', exact: true });
const log = () => chat().getByRole('log').element();
const news = () => chat().getByRole('button', { name: /^New messages/ });

async function open(): Promise<Scene> {
  const scene = sessionDetails['in-call-employee']();
  await show(scene);
  return scene;
}

const sent = ({ desk }: Scene): string[] =>
  desk.proposed.flatMap((body) => (body.type === 'chat.send' ? [body.payload.text] : []));

/** So many messages of the other side, one after the other. */
function hear({ desk }: Scene, from: number, count: number): void {
  desk.happens((story) => {
    for (let number = from; number < from + count; number += 1)
      story
        .ago(0)
        .must(story.world.people.opener, say.chat(`Line ${String(number)}`, `line-${String(number)}`));
  });
}

describe('the chat of a session', () => {
  it('F94 Enter twice and a double click send once; what is typed behind Enter stays', async () => {
    const scene = await open();
    await userEvent.fill(field(), 'It leaks');
    await userEvent.keyboard('{Enter}{Enter}since');
    await expect.poll(() => sent(scene)).toEqual(['It leaks']);
    await expect.element(field()).toHaveValue('since');
    await send().dblClick();
    await expect.element(field()).toHaveValue('');
    expect(sent(scene)).toEqual(['It leaks', 'since']);
  });

  it('F94 a half-written message is there again when the chat is', async () => {
    const scene = await open();
    await userEvent.fill(field(), 'It le');
    await expect.poll(() => [...scene.desk.drafts.texts.values()]).toEqual(['It le']);
    await show(scene);
    await expect.element(field()).toHaveValue('It le');
  });

  it('F94 nothing that is pasted is cut: too much is said, refused, and still there', async () => {
    await open();
    await userEvent.fill(field(), 'x'.repeat(6_310));
    await expect.element(chat().getByText('Characters too many: 2310')).toBeVisible();
    await send().click();
    await expect.element(chat().getByText('The text is too long.')).toBeVisible();
    await expect.element(field()).toHaveValue('x'.repeat(6_310));
    await userEvent.fill(field(), 'x'.repeat(3_990));
    await expect.element(chat().getByText('Characters left: 10')).toBeVisible();
  });

  it('F94 who reads further up is left there; news are counted, and gone to by a press', async () => {
    const scene = await open();
    hear(scene, 0, 60);
    await expect.poll(() => log().scrollHeight - log().clientHeight - log().scrollTop).toBeLessThan(4);
    log().scrollTop = 40;
    await expect.poll(() => log().scrollTop).toBe(40);
    // The list hears of it in a task of its own.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    hear(scene, 60, 2);
    await expect.element(news()).toHaveTextContent('New messages: 2');
    expect(log().scrollTop).toBe(40);
    await news().click();
    await expect.poll(() => log().scrollHeight - log().clientHeight - log().scrollTop).toBeLessThan(4);
    await expect.element(news()).not.toBeInTheDocument();
  });

  it('B15 each message runs in the direction of its own letters', async () => {
    const scene = await open();
    scene.desk.happens((story) =>
      story.ago(0).must(story.world.people.opener, say.chat('המשאבה דולפת!', 'hebrew')),
    );
    const message = chat().getByText('המשאבה דולפת!');
    await expect.element(message).toBeVisible();
    expect(getComputedStyle(message.element()).direction).toBe('rtl');
  });
});
