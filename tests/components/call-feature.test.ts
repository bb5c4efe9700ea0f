import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { details } from './fixtures/call-plate.ts';
import { running } from './fixtures/running-call.ts';
import { wave, waveTopic } from './fixtures/wave/index.ts';
import type { Scene } from './kit/scene.ts';
import { show, sizes, turn } from './kit/show.ts';

const button = (name: string) => page.getByRole('button', { name, exact: true });
const other = ({ desk }: Scene) => {
  const end = desk.room.network.get(desk.world.people.opener.id);
  if (!end) throw new Error('nobody there');
  return end;
};
const part = (name: string) => document.querySelector(`[data-wave-${name}]`);

async function open() {
  const scene = running({ features: [wave] });
  const shown = await show(scene, { size: sizes.desk });
  const waves = (data: unknown = 'hello') => other(scene).sendControl({ topic: waveTopic, data });
  return { scene, shown, waves };
}

describe('a call feature that is a folder and a line in the list of features, and nothing else', () => {
  it('F92 has its buttons in bar, rail and More', async () => {
    await open();
    await expect.element(button('Wave')).toBeVisible();
    await expect
      .element(page.getByRole('toolbar').first().getByRole('button', { name: 'Waves' }))
      .toBeVisible();
    await button('More').click();
    await expect
      .element(page.getByRole('dialog').getByRole('button', { name: 'Forget waves' }))
      .toBeVisible();
  });

  it('F92 is reached by its button and its letter, and speaks to the others under its topic', async () => {
    const { scene } = await open();
    const heard: unknown[] = [];
    other(scene).on('control', (_from, message) => heard.push(message));
    await button('Wave').click();
    await userEvent.keyboard('w');
    const hello = { topic: waveTopic, data: 'hello' };
    await expect
      .poll(() => heard.filter((message) => JSON.stringify(message).includes('wave')))
      .toEqual([hello, hello]);
  });

  it('F92 hears the others, and has its plate, its layer over every picture and its panel', async () => {
    const { scene, waves } = await open();
    expect(part('plate')).toBeNull();
    waves({ rude: true });
    waves();
    await expect.poll(() => part('plate')?.textContent).toBe('Somebody waves');
    expect(part('layer')?.textContent).toBe('1');
    expect(part('layer')?.getAttribute('data-wave-layer')).toBe(
      scene.desk.app.calls.current?.pictures.stage?.id,
    );
    expect(part('panel')).toBeNull();
    await button('Waves').click();
    await expect.poll(() => part('panel')?.textContent).toBe('Waves so far: 1');
  });

  it('F92 goes on while another page is in front, which counts what is new', async () => {
    const { scene, shown, waves } = await open();
    await turn(shown, scene, { below: details(scene.desk) });
    waves();
    waves();
    await expect.poll(() => document.querySelector('[data-call-plate] [data-count="2"]')).not.toBeNull();
  });
});
