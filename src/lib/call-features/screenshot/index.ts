import type { CallFeature } from '../../state/call/call-feature.ts';
import { ScreenshotFeature } from './screenshot-feature.svelte.ts';
import ScreenshotTray from './ScreenshotTray.svelte';

export const screenshot: CallFeature = {
  key: 'screenshot',
  topics: [],
  open: (call) => new ScreenshotFeature(call),
  plates: { bottomLeft: ScreenshotTray },
};
