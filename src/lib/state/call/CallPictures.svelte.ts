import { SvelteSet } from 'svelte/reactivity';
import { pictureId, type PictureId, type PictureSource } from '#domain/picture/picture-id.ts';
import type { Person } from '#domain/session/subject.ts';
import type { CallSnapshot } from '../../call/call-snapshot.ts';

/** One picture of the call, wherever it is shown. */
export interface CallPicture {
  readonly id: PictureId;
  readonly source: PictureSource;
  /** Whose it is. */
  readonly participantId: string;
  readonly own: boolean;
  readonly stream: MediaStream;
  /** How this viewer sees it. Marks know nothing of it. */
  readonly mirrored: boolean;
}

export interface CallPicturesSource {
  readonly self: Person;
  readonly snapshot: CallSnapshot;
}

/** Every picture that is sent now, which of them is on the stage, and how this viewer looks at each. */
export class CallPictures {
  readonly #source: CallPicturesSource;
  readonly #flipped = new SvelteSet<PictureId>();
  readonly #videos = new Map<PictureId, HTMLVideoElement>();
  #swapped = $state(false);

  constructor(source: CallPicturesSource) {
    this.#source = source;
  }

  /** The others' in the order of joining, their screens before their cameras; then the own. */
  get all(): readonly CallPicture[] {
    const { snapshot, self } = this.#source;
    const pictures = snapshot.participants.flatMap(({ participantId, screenStream, cameraStream }) => [
      ...(screenStream ? [this.#picture(participantId, 'screen', screenStream)] : []),
      ...(cameraStream ? [this.#picture(participantId, 'camera', cameraStream)] : []),
    ]);
    const { cameraStream, mirrored } = snapshot.own;
    return cameraStream ? [...pictures, this.#picture(self.id, 'camera', cameraStream, mirrored)] : pictures;
  }

  /** The large one. */
  get stage(): CallPicture | undefined {
    const { all } = this;
    return this.#swapped && all.length > 1 ? all.at(-1) : all[0];
  }

  get insets(): readonly CallPicture[] {
    const { stage } = this;
    return this.all.filter((one) => one.id !== stage?.id);
  }

  swap(): void {
    this.#swapped = !this.#swapped;
  }

  /** Left and right change places, for this viewer alone (F60). */
  flip(id: PictureId): void {
    if (!this.#flipped.delete(id)) this.#flipped.add(id);
  }

  /** The element that shows the picture; returns what to do when it goes. */
  showing(id: PictureId, video: HTMLVideoElement): () => void {
    this.#videos.set(id, video);
    return () => {
      if (this.#videos.get(id) === video) this.#videos.delete(id);
    };
  }

  video(id: PictureId | undefined): HTMLVideoElement | undefined {
    return id && this.#videos.get(id);
  }

  #picture(participantId: string, source: PictureSource, stream: MediaStream, mirrored = false): CallPicture {
    const id = pictureId(participantId, source);
    const own = participantId === this.#source.self.id;
    return { id, source, participantId, own, stream, mirrored: mirrored !== this.#flipped.has(id) };
  }
}
