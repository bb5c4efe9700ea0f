import type { Component } from 'svelte';
import { Story } from '../fixtures/story.ts';
import { Desk, type DeskOptions } from './desk.ts';

/** A component and what it is given. */
export interface Actor {
  readonly component: Component<Record<string, unknown>>;
  readonly props: Record<string, unknown>;
}

/** The properties of a component, whichever they are. */
export type PropsOf<C> = C extends Component<infer Props> ? Props : never;

/** A screen in one state, ready to be put on the stage. */
export interface Scene extends Actor {
  /** The app behind it. */
  readonly desk: Desk;
  /** What must have happened before it is shown. */
  readonly begin?: () => Promise<void>;
}

/** Makes a scene anew each time, so that no test sees what another has done. */
export type Scenes = Readonly<Record<string, () => Scene>>;

/** A component with its properties, checked against each other here and nowhere later. */
export function actor<C extends Component<never>>(component: C, props: NoInfer<PropsOf<C>>): Actor {
  return { component: component as Component<never> as Actor['component'], props };
}

export function scene<C extends Component<never>>(
  component: C,
  desk: Desk,
  props: NoInfer<PropsOf<C>>,
): Scene {
  return { ...actor(component, props), desk };
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
