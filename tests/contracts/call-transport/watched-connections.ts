/** Every connection that the page makes from now on, so that a test can look into the path, or break it. */
export const connections: RTCPeerConnection[] = [];

export function watchConnections(): void {
  const Original = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }
  };
}

/** Those that have a path to somebody (placeholders have none). */
export const linked = () => connections.filter((one) => one.connectionState === 'connected');

export interface Traffic {
  packetsSent: number;
  framesDecoded: number;
  localCandidates: number;
}

export async function traffic(of: readonly RTCPeerConnection[] = connections): Promise<Traffic> {
  const sum: Traffic = { packetsSent: 0, framesDecoded: 0, localCandidates: 0 };
  for (const connection of of) {
    if (connection.signalingState === 'closed') continue;
    for (const row of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
      if (row.type === 'outbound-rtp') sum.packetsSent += Number(row.packetsSent ?? 0);
      if (row.type === 'inbound-rtp') sum.framesDecoded += Number(row.framesDecoded ?? 0);
      if (row.type === 'local-candidate') sum.localCandidates += 1;
    }
  }
  return sum;
}
