import type { CallFeature } from '../../state/call/call-feature.ts';
import { MirrorFeature } from './mirror-feature.ts';

export const mirror: CallFeature = {
  key: 'mirror',
  topics: [],
  open: (call) => new MirrorFeature(call),
};
