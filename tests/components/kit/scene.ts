import type { Component } from 'svelte';
import { Story } from '../fixtures/story.ts';
import { Desk, type DeskOptions } from './desk.ts';

/** A screen in one state, ready to be put on the stage. */
export interface Scene {
  readonly component: Component<Record<string, unknown>>;
  readonly props: Record<string, unknown>;
  /** The app behind it. */
  readonly desk: Desk;
}

/** Makes a scene anew each time, so that no test sees what another has done. */
export type Scenes = Readonly<Record<string, () => Scene>>;

/** A component with its properties, checked against each other here and nowhere later. */
export function scene<P extends Record<string, unknown>>(
  component: Component<P>,
  desk: Desk,
  props: NoInfer<P>,
): Scene {
  return { component: component as Scene['component'], props, desk };
}

/** For parts that need nothing of the app. */
export const emptyDesk = (): Desk => {
  const story = new Story();
  return new Desk(story, { subject: story.world.people.erika });
};

/** A desk over a story, for one of its people. */
export function deskOf(
  story: Story,
  who: keyof Story['world']['people'],
  options: Omit<DeskOptions, 'subject'> = {},
): Desk {
  return new Desk(story, { subject: story.world.people[who], ...options });
}
