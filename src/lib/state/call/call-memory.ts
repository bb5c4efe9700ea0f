/** What a tab remembers of the call that it is in, so that a reload comes back as it was. */
export interface RememberedCall {
  readonly sessionId: string;
  readonly callId: string;
  /** Whether they were on. What was off stays off: nothing is heard or seen of anybody because a page came anew. */
  readonly microphone: boolean;
  readonly camera: boolean;
}

/** Belongs to one tab and outlives a reload. */
export interface CallMemory {
  read(): RememberedCall | undefined;
  write(call: RememberedCall | undefined): void;
}

const key = 'sightline-call';

/** In the tab's own storage; where there is none, nothing is remembered. */
export function tabCallMemory(storage: Storage | undefined): CallMemory {
  return {
    read() {
      try {
        return parseRememberedCall(JSON.parse(storage?.getItem(key) ?? 'null'));
      } catch (cause) {
        // Somebody else's words, or a storage that is shut: as if nothing stood there.
        if (!(cause instanceof SyntaxError) && !(cause instanceof DOMException)) throw cause;
        return undefined;
      }
    },
    write(call) {
      try {
        if (call) storage?.setItem(key, JSON.stringify(call));
        else storage?.removeItem(key);
      } catch (cause) {
        if (!(cause instanceof DOMException)) throw cause;
      }
    },
  };
}

function parseRememberedCall(input: unknown): RememberedCall | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { sessionId, callId, microphone, camera } = input as Record<string, unknown>;
  if (typeof sessionId !== 'string' || typeof callId !== 'string') return undefined;
  return { sessionId, callId, microphone: microphone === true, camera: camera === true };
}
