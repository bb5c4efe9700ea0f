/** A track with something in it: a tone, or a picture that changes. */
export function makeTrack(kind: 'audio' | 'video'): MediaStreamTrack {
  if (kind === 'audio') {
    const audio = new AudioContext();
    const destination = audio.createMediaStreamDestination();
    const tone = audio.createOscillator();
    tone.connect(destination);
    tone.start();
    return destination.stream.getAudioTracks()[0] as MediaStreamTrack;
  }
  const canvas = document.createElement('canvas');
  canvas.width = 160;
  canvas.height = 120;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  let frame = 0;
  setInterval(() => {
    context.fillStyle = `hsl(${(frame += 7)} 80% 50%)`;
    context.fillRect(0, 0, 160, 120);
  }, 50);
  return canvas.captureStream(20).getVideoTracks()[0] as MediaStreamTrack;
}
