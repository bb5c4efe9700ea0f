import MessageSquareText from '@lucide/svelte/icons/message-square-text';
import type { FeatureCall, FeatureOffer, OpenFeature } from '../../state/call/call-feature.ts';
import { m } from '../../ui/messages.ts';

/** The session's chat beside the picture, and what is new in it while nobody looks (F94). */
export class ChatFeature implements OpenFeature {
  readonly #call: FeatureCall;
  #open = $state(false);
  /** The panel is on the screen: with another page in front it may be open and not seen. */
  #looking = $state(false);
  /** Messages that were there when it was last seen. */
  #seen = $state(0);

  constructor(call: FeatureCall) {
    this.#call = call;
  }

  get panelOpen(): boolean {
    return this.#open;
  }

  get unread(): number {
    if (this.#looking) return 0;
    const { record, self } = this.#call;
    return (record?.chat ?? []).slice(this.#seen).filter((message) => message.author.id !== self.id).length;
  }

  get offers(): readonly FeatureOffer[] {
    const { session, record } = this.#call;
    // Text may be switched off; what was written before can still be read (F42).
    if (!session.offers.chat && !record?.chat.length) return [];
    return [
      {
        id: 'chat',
        place: 'bar',
        icon: MessageSquareText,
        name: m.call_chat(),
        on: this.#open,
        badge: this.unread,
        run: () => this.show(!this.#open),
      },
    ];
  }

  show(open: boolean): void {
    this.#open = open;
  }

  /** The panel is on the screen; returns what to do when it goes. */
  look(): () => void {
    this.#looking = true;
    return () => {
      this.#looking = false;
      this.#seen = this.#call.record?.chat.length ?? 0;
    };
  }

  close(): void {
    this.#open = false;
  }
}
