import { createContext } from 'svelte';
import type { AppParts } from './app-parts.ts';

/** What the screens need of the app, for parts that no page hands it down to. Given by the shell. */
export const [getAppParts, setAppParts] = createContext<AppParts>();
