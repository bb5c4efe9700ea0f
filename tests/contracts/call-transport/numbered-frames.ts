const columns = 4;
const rows = 3;
const width = 320;
const height = 240;

/** Milliseconds from one picture to the next. No camera ticks evenly; one that did could not be told from itself a frame later. */
const gapsMs = [29, 36, 31, 38, 33, 27, 35] as const;

/** A picture that carries its number in black and white fields, and a new one about 30 times a second, unevenly. */
export function makeNumberedTrack(): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  let number = 0;
  const next = (): void => {
    number += 1;
    for (let bit = 0; bit < columns * rows; bit += 1) {
      context.fillStyle = (number >> bit) & 1 ? '#fff' : '#000';
      const column = bit % columns;
      const row = Math.floor(bit / columns);
      context.fillRect((column * width) / columns, (row * height) / rows, width / columns, height / rows);
    }
    setTimeout(next, gapsMs[number % gapsMs.length]);
  };
  next();
  return canvas.captureStream().getVideoTracks()[0] as MediaStreamTrack;
}

/** Tells of each frame with the number in it, until the track ends or the returned function is called. */
export function readNumbered(
  track: MediaStreamTrack,
  told: (number: number, frame: VideoFrame) => void,
): () => void {
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  const small = new OffscreenCanvas(columns, rows);
  const context = small.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
  const read = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      context.drawImage(value, 0, 0, columns, rows);
      const { data } = context.getImageData(0, 0, columns, rows);
      let number = 0;
      for (let bit = 0; bit < columns * rows; bit += 1) if ((data[bit * 4] ?? 0) > 127) number |= 1 << bit;
      told(number, value);
      value.close();
    }
  };
  void read();
  return () => void reader.cancel();
}
