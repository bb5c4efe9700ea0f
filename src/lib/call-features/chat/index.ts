import type { CallFeature } from '../../state/call/call-feature.ts';
import { ChatFeature } from './chat-feature.svelte.ts';
import ChatPanel from './ChatPanel.svelte';

export const chat: CallFeature = {
  key: 'chat',
  topics: [],
  open: (call) => new ChatFeature(call),
  panel: ChatPanel,
};
