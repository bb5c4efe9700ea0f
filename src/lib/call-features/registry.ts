import type { CallFeature } from '../state/call/call-feature.ts';
import { chat } from './chat/index.ts';
import { draw } from './draw/index.ts';
import { mirror } from './mirror/index.ts';
import { screenshot } from './screenshot/index.ts';
import { track } from './track/index.ts';

/**
 * Everything that people do in a call. Its order is that of the rail and the bar; of the layers over a picture the
 * first lies on top.
 */
export const callFeatures: readonly CallFeature[] = [track, draw, mirror, screenshot, chat];
