// Workers have no tracks, but what they share with the page names them.
interface MediaStreamTrack extends EventTarget {
  readonly kind: string;
}
