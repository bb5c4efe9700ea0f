/** What a datagram carries, by its first byte. Each kind has its own codec where it belongs. */
export const liveKinds = { pointer: 1, stroke: 2, tracking: 3 } as const;
