import { beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { idOf } from './fixtures/domain-helpers.ts';
import { arrow, landscape, screenshotEditor } from './fixtures/screenshot-editor.ts';
import { names } from './fixtures/world.ts';
import { expectAccessible, expectNothingCutOff } from './kit/accessible.ts';
import type { Scene } from './kit/scene.ts';
import { show, sizes, type Look } from './kit/show.ts';

type State = keyof typeof screenshotEditor;

async function open(state: State, look?: Look, before?: (scene: Scene) => void): Promise<Scene> {
  const scene = screenshotEditor[state]();
  before?.(scene);
  onTheOtherSide(scene);
  await show(scene, look);
  return scene;
}

const tools = () => page.getByRole('toolbar');
const tool = (name: string) => tools().getByRole('button', { name, exact: true });
const side = () => page.getByRole('complementary', { name: 'Marks' });
const listed = () =>
  side()
    .getByRole('listitem')
    .elements()
    .map((one) => one.textContent.trim());
const picture = () => page.getByRole('img', { name: 'Screenshot 1' });
const marks = () => page.getByRole('img', { name: 'Marks' });
const button = (name: string) => page.getByRole('button', { name, exact: true });
/** The document as the other side has it. */
const onTheOtherSide = ({ desk }: Scene) =>
  desk.sketches
    .openFor(idOf('opener'), landscape)
    .document.marks()
    .map(({ tool: key, authorId }) => `${key} of ${authorId.replaceAll('-', '')}`);

/** Canvas and picture are there: from now on strokes are taken. */
async function ready(): Promise<void> {
  await expect.element(picture()).toBeVisible();
  await expect.poll(() => (picture().element() as HTMLImageElement).naturalWidth).toBeGreaterThan(0);
}

describe('the screenshot editor', () => {
  // So that a click says where it goes.
  beforeEach(() => page.viewport(...sizes.desk));

  it('F51 F52 has arrow, shapes, pen and text, each by a button with its name', async () => {
    await open('empty', { size: sizes.desk });
    for (const name of ['Select', 'Arrow', 'Circle', 'Box', 'Pen', 'Text'])
      await expect.element(tool(name)).toBeEnabled();
    await expect.element(tool('Select')).toHaveAttribute('aria-pressed', 'true');
    await tool('Arrow').click();
    await expect.element(tool('Arrow')).toHaveAttribute('aria-pressed', 'true');
    await expect.element(tool('Select')).toHaveAttribute('aria-pressed', 'false');
    await expect.element(side()).toMatchTextContent(/Nothing drawn yet\./);
  });

  it('F51 F53 a mark is in the document as soon as it is made, and comes to the other side', async () => {
    const scene = await open('empty', { size: sizes.desk });
    await ready();
    await tool('Arrow').click();
    await marks().click({ position: { x: 200, y: 150 } });
    await expect.poll(() => onTheOtherSide(scene)).toEqual(['arrow of erika']);
    await expect.poll(listed).toHaveLength(1);
    expect(listed()[0]).toContain('You');
  });

  it('F51 a picture that comes late takes no tool out of the hand', async () => {
    let arrive = (): void => undefined;
    const scene = await open('empty', { size: sizes.desk }, ({ desk }) => (arrive = desk.holdPictures()));
    await tool('Arrow').click();
    await expect.element(tool('Arrow')).toHaveAttribute('aria-pressed', 'true');
    arrive();
    await ready();
    await expect.element(tool('Arrow')).toHaveAttribute('aria-pressed', 'true');
    await marks().click({ position: { x: 200, y: 150 } });
    await expect.poll(() => onTheOtherSide(scene)).toEqual(['arrow of erika']);
  });

  it('F51 shows who made each mark, by name', async () => {
    await open('marks-of-both', { size: sizes.desk });
    await expect.poll(listed).toHaveLength(3);
    const by = (words: RegExp) => listed().filter((one) => words.test(one));
    expect(by(/^Box.*You$/)).toHaveLength(1);
    expect(by(/^4 bar\?.*You$/)).toHaveLength(1);
    expect(by(/^Arrow.*Code user$/)).toHaveLength(1);
  });

  it('F51 what the other side draws meanwhile appears by itself', async () => {
    const { desk } = await open('empty', { size: sizes.desk });
    await ready();
    desk.sketches.openFor(idOf('opener'), landscape).document.add(arrow);
    await expect.poll(listed).toHaveLength(1);
    expect(listed()[0]).toContain('Code user');
  });

  it('F51 undo takes back own marks alone; redo brings them again', async () => {
    const scene = await open('marks-of-both', { size: sizes.desk });
    await ready();
    await expect.element(button('Undo')).toBeDisabled();
    await tool('Circle').click();
    await marks().click({ position: { x: 200, y: 150 } });
    await expect.poll(() => onTheOtherSide(scene)).toHaveLength(4);
    await button('Undo').click();
    await expect.poll(() => onTheOtherSide(scene)).toHaveLength(3);
    await expect.element(button('Undo')).toBeDisabled();
    await button('Redo').click();
    await expect.poll(() => onTheOtherSide(scene)).toHaveLength(4);
  });

  it('F51 T30 "Clear mine" leaves the other side what is theirs', async () => {
    const scene = await open('marks-of-both', { size: sizes.desk });
    await ready();
    await tool('Clear mine').click();
    await expect.poll(() => onTheOtherSide(scene)).toEqual(['arrow of opener']);
  });

  it('F51 B16 by the keyboard alone: choosing a tool, drawing, undoing, removing', async () => {
    const scene = await open('empty', { size: sizes.desk });
    await ready();
    (tool('Arrow').element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(tool('Arrow')).toHaveAttribute('aria-pressed', 'true');
    await expect.element(marks()).toHaveAttribute('tabindex', '0');
    (marks().element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}{ArrowRight}{ArrowRight}{ArrowDown}{ArrowDown}{Enter}');
    await expect.poll(() => onTheOtherSide(scene)).toEqual(['arrow of erika']);
    await userEvent.keyboard('{Control>}z{/Control}');
    await expect.poll(() => onTheOtherSide(scene)).toEqual([]);
    await userEvent.keyboard('{Control>}{Shift>}z{/Shift}{/Control}');
    await expect.poll(() => onTheOtherSide(scene)).toHaveLength(1);
    (tool('Select').element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    (side().getByRole('listitem').getByRole('button').element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}{Delete}');
    await expect.poll(() => onTheOtherSide(scene)).toEqual([]);
  });

  it('F52 a text is asked for where it was tapped; empty it makes no mark', async () => {
    const scene = await open('empty', { size: sizes.desk });
    await ready();
    await tool('Text').click();
    await marks().click({ position: { x: 200, y: 150 } });
    const field = page.getByRole('textbox', { name: 'Text for the picture' });
    await expect.element(field).toHaveFocus();
    await userEvent.keyboard('{Escape}');
    await expect.element(field).not.toBeInTheDocument();
    expect(onTheOtherSide(scene)).toEqual([]);
    await marks().click({ position: { x: 200, y: 150 } });
    await field.fill('4 bar?');
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => onTheOtherSide(scene)).toEqual(['text of erika']);
    expect(listed()[0]).toContain('4 bar?');
  });

  it('F51 says that everything is kept, and where', async () => {
    await open('marks-of-both', { size: sizes.desk });
    await expect
      .poll(() => document.querySelector('[data-sync]')?.getAttribute('data-sync'))
      .toBe('verified');
    await open('upright', { size: sizes.desk });
    await expect.poll(() => document.querySelector('[data-sync]')?.getAttribute('data-sync')).toBe('local');
  });

  it('C16 T31 a closed session is looked at, not drawn on', async () => {
    await open('closed', { size: sizes.desk });
    await expect.poll(listed).toHaveLength(3);
    await expect.element(tools()).not.toBeInTheDocument();
    await expect.element(side()).toMatchTextContent(/This session is closed\. You can look, not draw\./);
    await expect.element(button('Undo')).toBeDisabled();
    await expect.element(button('Download picture')).toBeEnabled();
  });

  it('F51 a mark of a tool that this version lacks is kept and named so', async () => {
    const scene = await open('newer-version', { size: sizes.desk });
    await expect.poll(listed).toHaveLength(2);
    expect(listed()[0]).toContain('Made with a newer version');
    expect(onTheOtherSide(scene)).toContain('hologram of opener');
  });

  it('F53 a picture that is not here yet is said to be missing; its marks are there', async () => {
    await open('picture-missing', { size: sizes.desk });
    await expect.element(page.getByText('The picture is not on this device yet.')).toBeVisible();
    await open('unknown-picture', { size: sizes.desk });
    await expect.element(page.getByRole('link', { name: 'To the start' })).toBeVisible();
  });

  it('F54 leads back to the details', async () => {
    const { desk } = await open('empty');
    await button('Back').click();
    expect(desk.wentTo).toEqual([`/sessions/${desk.app.sessions.list[0]?.session.id}`]);
  });

  it('T38 words from right to left keep their own direction in the list', async () => {
    await open('right-to-left', { size: sizes.desk });
    const words = side().getByText('דליפה כאן');
    await expect.element(words).toBeVisible();
    expect(getComputedStyle(words.element()).direction).toBe('rtl');
    await expect.element(side()).toMatchTextContent(new RegExp(names.rightToLeft));
  });

  const everywhere = (Object.keys(screenshotEditor) as State[]).flatMap((state) =>
    (['phone', 'desk', 'smallest'] as const).map((size, index) => ({
      state,
      size,
      lang: index % 2 === 0 ? ('de' as const) : ('en' as const),
    })),
  );
  it.each(everywhere)(
    'B16 B15 $state, $lang, $size: accessible, nothing cut off',
    async ({ state, lang, size }) => {
      await open(state, { lang, size: sizes[size], theme: size === 'phone' ? 'dark' : 'light' });
      await expect
        .element(page.getByRole(state === 'unknown-picture' ? 'link' : 'complementary'))
        .toBeInTheDocument();
      await expectAccessible();
      expectNothingCutOff();
    },
  );
});
