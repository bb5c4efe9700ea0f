/** The version of the sync protocol that this code speaks. The relay takes this one and the one before. */
export const protocolVersion = 1;

/** The largest frame that the relay takes on a sync or signalling socket, in bytes. */
export const maxFrameBytes = 64 * 1024;
/** How large a packed frame may become, in bytes. */
export const maxUnpackedBytes = 1024 * 1024;
/** Above this a frame is worth packing, in characters. */
export const worthPacking = 512;
/** How many commands one push may hold. */
export const maxCommandsPerPush = 500;
/** How long a socket ticket is good for. It opens one socket, once. */
export const ticketLifetimeMs = 60_000;
/** The client asks for a sign of life this often, and gives a socket up after two unanswered ones. */
export const heartbeatMs = 8_000;

/** Why the relay closes a socket. 4xxx are ours. */
export const closeCodes = {
  malformed: 1003,
  policy: 1008,
  tooLarge: 1009,
  restarting: 1012,
  signedOut: 4001,
  updateNeeded: 4002,
  notFound: 4004,
  elsewhere: 4009,
  tooMany: 4029,
} as const;
