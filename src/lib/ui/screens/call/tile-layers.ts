import type { Mark } from '#domain/annotation/marks.ts';
import type { MarksLayer } from '../../../annotation/marks-layer.ts';
import type { ReceivedStroke } from '../../../call-features/draw/stroke-exchange.ts';

interface Tile {
  layer: MarksLayer;
  video: () => HTMLVideoElement | undefined;
}

/** The marks layers of a call window, by the participant whose picture each lies on. */
export class TileLayers {
  readonly #tiles = new Map<string, Tile>();

  /** Adds a picture's layer; returns what to do when it goes. */
  add(ownerId: string, layer: MarksLayer, video: () => HTMLVideoElement | undefined): () => void {
    const tile = { layer, video };
    this.#tiles.set(ownerId, tile);
    return () => {
      if (this.#tiles.get(ownerId) === tile) this.#tiles.delete(ownerId);
    };
  }

  receive(authorId: string, { picture, datagram, anchor }: ReceivedStroke): void {
    this.#tiles.get(picture)?.layer.receive(authorId, datagram, anchor);
  }

  show(ownerId: string, mark: Mark): void {
    this.#tiles.get(ownerId)?.layer.show(mark);
  }

  hide(mark: Pick<Mark, 'authorId' | 'id'>): void {
    for (const { layer } of this.#tiles.values()) layer.hide(mark);
  }

  clearOwn(): void {
    for (const { layer } of this.#tiles.values()) layer.clearOwn();
  }

  /** Takes back the newest own mark, first of the picture on the stage. */
  undo(stageOwnerId: string | undefined): void {
    const ids = [...(stageOwnerId ? [stageOwnerId] : []), ...this.#tiles.keys()];
    ids.some((id) => this.#tiles.get(id)?.layer.undo() !== undefined);
  }

  video(ownerId: string | undefined): HTMLVideoElement | undefined {
    return ownerId ? this.#tiles.get(ownerId)?.video() : undefined;
  }
}
