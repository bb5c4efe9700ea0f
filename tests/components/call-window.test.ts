import { describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { parseAddressedStroke } from '#domain/annotation/addressed-stroke.ts';
import { parseStrokeDatagram, type StrokeDatagram } from '#domain/annotation/live.ts';
import { liveKinds } from '#domain/protocol/live-kinds.ts';
import { callPlate, details } from './fixtures/call-plate.ts';
import { callWindow } from './fixtures/call-window.ts';
import { callOne, sessionId } from './fixtures/domain-helpers.ts';
import { nowMs } from './fixtures/world.ts';
import { expectAccessible, expectNothingCutOff } from './kit/accessible.ts';
import type { Scene } from './kit/scene.ts';
import { show, sizes, turn, type Look } from './kit/show.ts';

type Shown = 'window' | 'plate';
const screens = { window: callWindow, plate: callPlate };

async function open(where: Shown, state: string, look?: Look): Promise<Scene> {
  const scene = (screens[where] as Record<string, () => Scene>)[state]?.();
  if (!scene) throw new Error(`no ${state}`);
  await show(scene, look);
  return scene;
}

const button = (name: string) => page.getByRole('button', { name, exact: true });
const plate = () => page.getByRole('region', { name: 'Call', exact: true });
const call = ({ desk }: Scene) => {
  const { current } = desk.app.calls;
  if (!current) throw new Error('no call');
  return current;
};
const focused = () => document.activeElement;

describe('the call window', () => {
  it('F92 F87 the picture of the other side, who it is, and everything to do stand in one window', async () => {
    await open('window', 'picture', { size: sizes.desk });
    await expect.element(page.getByRole('region', { name: /^Video of/ })).toBeVisible();
    await expect.poll(() => document.querySelector('video')?.videoWidth).toBe(1280);
    const bar = page.getByRole('toolbar').last();
    for (const name of ['Mute microphone', 'Start camera', 'Chat', 'Hang up'])
      await expect.element(bar.getByRole('button', { name, exact: true })).toBeVisible();
    await expect.element(plate()).not.toBeInTheDocument();
  });

  it('F96 F104 muting turns the track off, changes name and icon, and is told to the other side', async () => {
    const scene = await open('window', 'picture');
    await button('Mute microphone').click();
    await expect.element(button('Unmute microphone')).toBeVisible();
    expect(call(scene).snapshot.own.microphoneTrack?.enabled).toBe(false);
    const { self } = call(scene);
    expect(scene.desk.room.network.get(self.id)?.media.microphone).toBe('muted');
    await button('Unmute microphone').click();
    await expect.element(button('Mute microphone')).toBeVisible();
    expect(call(scene).snapshot.own.microphoneTrack?.enabled).toBe(true);
  });

  it('F96 that the other side is muted is said in words', async () => {
    await open('window', 'other-muted');
    await expect.element(page.getByRole('status').filter({ hasText: /muted/i }).first()).toBeVisible();
  });

  it('F97 F104 the camera goes on and off, and its track with it', async () => {
    const scene = await open('window', 'picture');
    await button('Start camera').click();
    await expect.element(button('Stop camera')).toBeVisible();
    const track = call(scene).snapshot.own.cameraTrack;
    expect(track?.readyState).toBe('live');
    await expect.element(page.getByRole('region', { name: 'Your video' })).toBeVisible();
    await button('Stop camera').click();
    await expect.element(button('Start camera')).toBeVisible();
    expect(track?.readyState).toBe('ended');
  });

  it('F94 F92 the chat opens beside the picture, counts what is new, and sends', async () => {
    const scene = await open('window', 'unread', { size: sizes.desk });
    await expect.poll(() => document.querySelector('[data-count="3"]')).not.toBeNull();
    await button('Chat').click();
    const panel = page.getByRole('complementary');
    await expect.element(panel.getByText('Message 3')).toBeVisible();
    await expect.poll(() => document.querySelector('[data-count]')).toBeNull();
    await expect.element(page.getByRole('region', { name: /^Video of/ })).toBeVisible();
    await panel.getByRole('textbox', { name: 'Message' }).fill('Looks good');
    await userEvent.keyboard('{Enter}');
    await expect.element(panel.getByText('Looks good')).toBeVisible();
    expect(scene.desk.proposed).toMatchObject([{ type: 'chat.send', payload: { text: 'Looks good' } }]);
  });

  it('F99 hanging up ends it: told first, nothing is captured any more, and one is back at the details', async () => {
    const scene = await open('window', 'picture');
    const track = call(scene).snapshot.own.microphoneTrack;
    await button('Hang up').click();
    await expect.poll(() => scene.desk.wentTo[0]).toBe(`/sessions/${sessionId}`);
    expect(scene.desk.proposed).toEqual([{ type: 'call.leave', payload: { callId: callOne } }]);
    expect(scene.desk.app.calls.current).toBeUndefined();
    await expect.poll(() => track?.readyState).toBe('ended');
  });

  it.each<[string, RegExp]>([
    ['ringing', /ringing/i],
    ['connecting', /connecting/i],
    ['no-picture', /sends no picture|no picture/i],
    ['alone', /nobody else/i],
  ])('F87 %s: why there is no picture stands in its place', async (state, words) => {
    await open('window', state);
    await expect.element(page.getByRole('main').getByRole('heading').first()).toMatchTextContent(words);
    await expect.element(button('Hang up')).toBeVisible();
  });

  it('X43 F104 a microphone that is refused is said in words with a way to mend it, and the call goes on', async () => {
    const scene = await open('window', 'microphone-refused');
    const notice = page.getByRole('status').filter({ hasText: /microphone/i });
    await expect.element(notice.first()).toBeVisible();
    scene.desk.room.devices.refuses.microphone = undefined;
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.element(button('Mute microphone')).toBeVisible();
    await expect.element(button('Try again')).not.toBeInTheDocument();
  });

  it.each<Shown>(['window', 'plate'])(
    'X43 B16 starting is a state of its own, and the focus stays on the button through it (%s)',
    async (where) => {
      const { desk } = await open(where, 'microphone-starting');
      const starting = button('Microphone starting');
      await expect.element(starting).toHaveAttribute('aria-busy', 'true');
      const element = starting.element() as HTMLElement;
      element.focus();
      await userEvent.keyboard('{Enter}');
      expect(focused()).toBe(element);
      desk.room.devices.answer();
      await expect.element(button('Mute microphone')).toBeVisible();
      expect(focused()).toBe(element);
      await userEvent.keyboard('{Enter}');
      await expect.element(button('Unmute microphone')).toHaveFocus();
    },
  );

  it('X43 F104 a notice that was put away stays away on every page, until the device has another reason', async () => {
    const scene = callWindow['microphone-refused']();
    const shown = await show(scene);
    const notice = () => page.getByRole('status').filter({ hasText: /microphone/i });
    await notice().getByRole('button', { name: 'Close' }).click();
    await expect.element(notice()).not.toBeInTheDocument();
    await turn(shown, scene, { below: details(scene.desk) });
    await expect.element(plate()).toBeVisible();
    expect(notice().elements()).toEqual([]);
    scene.desk.room.devices.refuses.microphone = 'NotFoundError';
    await call(scene).engine.retryDevice('microphone');
    await expect
      .element(
        plate()
          .getByRole('status')
          .filter({ hasText: /microphone/i }),
      )
      .toBeVisible();
  });

  it('F92 a sound that the browser blocks is heard after one tap', async () => {
    const play = vi
      .spyOn(HTMLAudioElement.prototype, 'play')
      .mockRejectedValueOnce(new DOMException('', 'NotAllowedError'))
      .mockResolvedValue(undefined);
    await open('window', 'picture');
    const tap = page.getByRole('button', { name: /hear/i });
    await tap.click();
    await expect.element(tap).not.toBeInTheDocument();
    expect(play).toHaveBeenCalledTimes(2);
  });

  it('F52 B16 a drawing tool is taken by the keyboard and laid down by Escape', async () => {
    const scene = await open('window', 'pen-in-hand', { size: sizes.desk });
    await expect.element(button('Pen')).toHaveAttribute('aria-pressed', 'true');
    await userEvent.keyboard('{Escape}');
    await expect.element(button('Pen')).toHaveAttribute('aria-pressed', 'false');
    expect(call(scene).hand.key).toBeNull();
  });

  it('F55 F92 a stroke that is being drawn when the page is left is taken back for the others, too', async () => {
    const scene = callWindow['pen-in-hand']();
    const shown = await show(scene, { size: sizes.desk });
    const heard: StrokeDatagram[] = [];
    scene.desk.room.network.get(scene.desk.world.people.opener.id)?.on('live', (_from, [kind, ...bytes]) => {
      if (kind !== liveKinds.stroke) return;
      const stroke = parseAddressedStroke(Uint8Array.from(bytes), call(scene).people.order)?.stroke;
      const datagram = parseStrokeDatagram(stroke);
      if (datagram) heard.push(datagram);
    });
    await expect.poll(() => document.querySelector('video')?.videoWidth).toBe(1280);
    const canvas = page.getByRole('region', { name: /^Video of/ }).getByRole('img', { name: 'Marks' });
    await expect.element(canvas).toHaveAttribute('tabindex', '0');
    (canvas.element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    expect(heard.filter(({ cancel }) => cancel)).toEqual([]);
    await turn(shown, scene, { below: details(scene.desk) });
    await expect.element(plate()).toBeVisible();
    await expect.poll(() => heard.at(-1)).toMatchObject({ cancel: true, strokeId: heard[0]?.strokeId });
  });

  it('F21 a refusal of the relay is said in words, and no window stands', async () => {
    const { desk } = await open('window', 'refused-by-relay');
    await desk.app.calls.letGo();
    await desk.app.calls.answer(sessionId);
    await expect.element(page.getByText('This call is over.').first()).toBeVisible();
    expect(desk.app.calls.current).toBeUndefined();
  });
});

describe('the plate of a call outside of its window', () => {
  it('F92 F96 F99 B16 picture, mute, return and hang up, by the keyboard alone', async () => {
    const scene = await open('plate', 'picture');
    await expect.poll(() => document.querySelector('video')?.videoWidth).toBe(1280);
    const mute = plate().getByRole('button', { name: 'Mute microphone' });
    (mute.element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(plate().getByRole('button', { name: 'Unmute microphone' })).toHaveFocus();
    expect(call(scene).snapshot.own.microphoneTrack?.enabled).toBe(false);
    await userEvent.keyboard('{Tab}{Enter}');
    expect(scene.desk.wentTo).toEqual([`/sessions/${sessionId}/call`]);
    await userEvent.keyboard('{Tab}{Enter}');
    await expect.element(plate()).not.toBeInTheDocument();
    expect(scene.desk.proposed).toEqual([{ type: 'call.leave', payload: { callId: callOne } }]);
  });

  it('F94 counts what was written meanwhile', async () => {
    await open('plate', 'unread');
    await expect.poll(() => document.querySelector('[data-call-plate] [data-count="3"]')).not.toBeNull();
  });

  it.each<[string, RegExp]>([
    ['ringing', /ringing/i],
    ['connecting', /connecting/i],
    ['reconnecting', /^reconnecting\W*$/i],
    ['alone', /not connected/i],
  ])('F92 %s is said in words', async (state, words) => {
    await open('plate', state);
    await expect.element(plate().getByRole('status').last()).toMatchTextContent(words);
  });

  it.each(['picture', 'reconnecting'])(
    'B16 %s: the clock goes on in sight, and nothing that is spoken goes with it',
    async (state) => {
      await open('plate', state);
      const region = plate().element();
      const spoken = () =>
        [...region.querySelectorAll('[role=status]')].map(({ textContent }) => textContent);
      const before = { seen: region.textContent, spoken: spoken() };
      expect(before.seen).toMatch(/\d/);
      vi.setSystemTime(nowMs + 5000);
      await expect.poll(() => region.textContent).not.toBe(before.seen);
      expect(spoken()).toEqual(before.spoken);
    },
  );

  it.each(['phone', 'tablet', 'desk', 'smallest'] as const)(
    'B16 %s: buttons are large enough, and the page ends above the plate',
    async (size) => {
      await open('plate', 'picture', { size: sizes[size], lang: 'de' });
      const region = document.querySelector('section[data-call-plate]');
      if (!region) throw new Error('no plate');
      for (const one of region.querySelectorAll('.callbtn')) {
        const { width, height } = one.getBoundingClientRect();
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
      }
      window.scrollTo(0, document.documentElement.scrollHeight);
      const main = document.querySelector('main')?.getBoundingClientRect();
      expect(main?.bottom).toBeLessThanOrEqual(region.getBoundingClientRect().top + 1);
    },
  );
});

const everywhere = (['window', 'plate'] as const).flatMap((where) =>
  Object.keys(screens[where]).flatMap((state) =>
    (['phone', 'desk', 'smallest'] as const).map((size, index) => ({
      where,
      state,
      size,
      lang: index % 2 === 0 ? ('de' as const) : ('en' as const),
    })),
  ),
);
describe('everywhere', () => {
  it.each(everywhere)(
    'B16 B15 $where, $state, $lang, $size: accessible, nothing cut off',
    async ({ where, state, lang, size }) => {
      await open(where, state, { lang, size: sizes[size], theme: size === 'phone' ? 'dark' : 'light' });
      await expectAccessible();
      expectNothingCutOff();
    },
  );
});
