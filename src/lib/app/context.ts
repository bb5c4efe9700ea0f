import { getContext, setContext } from 'svelte';
import type { App } from './create-app.ts';

const key = Symbol('app');

/** Gives the app to every component below; called once, by the root layout. */
export function setApp(app: App): App {
  return setContext(key, app);
}

/** The app, in any component below the root layout. */
export function getApp(): App {
  return getContext<App>(key);
}
