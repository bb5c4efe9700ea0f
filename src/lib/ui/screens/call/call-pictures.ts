import type { CallSnapshot } from '../../../state/CallState.svelte.ts';

/** One picture of the call, wherever it is shown. Marks on it belong to its owner's camera. */
export interface CallPicture {
  ownerId: string;
  own: boolean;
  name: string;
  stream: MediaStream;
  mirrored: boolean;
}

/** Every picture that is sent now: the others' in the order of joining, then the own. */
export function callPictures(snapshot: CallSnapshot, self: { id: string; name: string }): CallPicture[] {
  const pictures: CallPicture[] = [];
  for (const one of snapshot.participants) {
    if (one.cameraStream) {
      pictures.push({
        ownerId: one.participantId,
        own: false,
        name: one.name,
        stream: one.cameraStream,
        mirrored: false,
      });
    }
  }
  const { own } = snapshot;
  if (own.cameraStream) {
    pictures.push({
      ownerId: self.id,
      own: true,
      name: self.name,
      stream: own.cameraStream,
      mirrored: own.mirrored,
    });
  }
  return pictures;
}
