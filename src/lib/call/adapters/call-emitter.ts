import { Emitters } from '#domain/emitter.ts';
import type { CallTransportEvents } from '../call-transport.ts';

type Told = { [E in keyof CallTransportEvents]: Parameters<CallTransportEvents[E]> };

/** Events of a call transport. What a listener throws surfaces as an uncaught error, without stopping the call. */
export class CallEmitter extends Emitters<Told> {
  constructor() {
    super((error) =>
      queueMicrotask(() => {
        throw error;
      }),
    );
  }
}
