import { describe, it } from 'vitest';
import { FakeCallNetwork } from '../../../src/lib/call/adapters/fake/fake-call-network.ts';
import { asTrack, FakeTrack } from '../../../src/lib/call/testing/fake-devices.ts';
import { callTransportContract, type TransportHarness } from './contract.ts';

const harness: TransportHarness = {
  newCall() {
    const network = new FakeCallNetwork();
    return {
      transport: (participantId) =>
        network.transport({ participantId, name: participantId, kind: 'employee' }),
    };
  },
  makeTrack: (kind) => asTrack(new FakeTrack(kind)),
};

describe('call transport in memory', () => {
  it.each(callTransportContract)('$title', ({ run }) => run(harness));
});
