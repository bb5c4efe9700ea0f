import { peerJsTransport } from '../../../src/lib/call/adapters/peerjs/index.ts';
import type { CallTransport } from '../../../src/lib/call/call-transport.ts';
import { MarksLayer } from '../../../src/lib/annotation/marks-layer.ts';
import { Room } from '../../contracts/call-transport/room.ts';

/**
 * Two pictures, drawn on the left, looked at on the right, over a real connection between both. A painter is told of
 * each pointer position; the time counts until the frame in which the other canvas shows it.
 */
const width = 800;
const height = 450;
const lineWidth = 6;
const peersPort = Number(new URLSearchParams(location.search).get('peers'));
const server = { host: location.hostname, port: peersPort, path: '/sockets/calls/', secure: false };

function makeCanvas(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.style.cssText = `position:static;display:block;width:${width}px;height:${height}px`;
  document.body.append(canvas);
  return canvas;
}

interface Painter {
  readonly near: HTMLCanvasElement;
  readonly far: HTMLCanvasElement;
  clear(): void;
}

async function ours(): Promise<Painter> {
  const room = new Room(server);
  const ends = ['near', 'far'].map((selfId) => {
    const transport = peerJsTransport(room.signalling(selfId))({ sessionId: 's', callId: 'c', selfId });
    const canvas = makeCanvas();
    const layer = new MarksLayer({
      canvas,
      selfId,
      authors: () => ({ name: '', colour: '#ffc21a' }),
      lifetimeMs: 60_000,
    });
    layer.setGeometry({ pictureWidth: width, pictureHeight: height, fit: 'contain', mirrored: false });
    layer.on('live', (bytes) => transport.sendLive(bytes));
    transport.on('live', (from, bytes) => void layer.receive(from, bytes));
    return { transport, canvas, layer };
  });
  const [near, far] = ends;
  if (!near || !far) throw new Error('two ends');
  near.layer.setTool('pen');
  const linked = Promise.all(ends.map(({ transport }) => connected(transport)));
  for (const { transport } of ends) await transport.join();
  await linked;
  return {
    near: near.canvas,
    far: far.canvas,
    clear: () => ends.forEach(({ layer }) => layer.clearAll()),
  };
}

const connected = (transport: CallTransport) =>
  new Promise<void>((resolve) => {
    transport.on('linkChanged', (_id, state) => state === 'connected' && resolve());
  });

/** The floor: each position at once as four bytes on an unordered channel, painted as it comes. */
async function raw(): Promise<Painter> {
  const [one, two] = [new RTCPeerConnection(), new RTCPeerConnection()];
  const init = { negotiated: true, id: 1, ordered: false, maxRetransmits: 0 };
  const channel = one.createDataChannel('marks', init);
  const other = two.createDataChannel('marks', init);
  one.onicecandidate = ({ candidate }) => void (candidate && two.addIceCandidate(candidate));
  two.onicecandidate = ({ candidate }) => void (candidate && one.addIceCandidate(candidate));
  await one.setLocalDescription();
  await two.setRemoteDescription(one.localDescription as RTCSessionDescription);
  await two.setLocalDescription();
  await one.setRemoteDescription(two.localDescription as RTCSessionDescription);
  await new Promise<void>((resolve) =>
    channel.readyState === 'open' ? resolve() : (channel.onopen = () => resolve()),
  );
  const near = makeCanvas();
  const far = makeCanvas();
  const context = far.getContext('2d') as CanvasRenderingContext2D;
  context.lineWidth = lineWidth;
  context.lineCap = 'round';
  context.strokeStyle = '#ffc21a';
  let last: { x: number; y: number } | undefined;
  other.binaryType = 'arraybuffer';
  other.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    const view = new DataView(data);
    const at = { x: view.getUint16(0), y: view.getUint16(2) };
    const from = view.getUint8(4) === 1 ? at : (last ?? at);
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(at.x, at.y);
    context.stroke();
    last = at;
  };
  const send = (event: PointerEvent, first: number) => {
    const box = near.getBoundingClientRect();
    const view = new DataView(new ArrayBuffer(5));
    view.setUint16(0, Math.round(event.clientX - box.left));
    view.setUint16(2, Math.round(event.clientY - box.top));
    view.setUint8(4, first);
    channel.send(view.buffer);
  };
  near.addEventListener('pointerdown', (event) => send(event, 1));
  near.addEventListener('pointermove', (event) => send(event, 0));
  return { near, far, clear: () => context.clearRect(0, 0, width, height) };
}

const painters: Record<string, Painter> = {};

function shown(canvas: HTMLCanvasElement, x: number, y: number): boolean {
  const scale = canvas.width / width;
  const pixel = canvas.getContext('2d')?.getImageData(Math.round(x * scale), Math.round(y * scale), 1, 1);
  return (pixel?.data[3] ?? 0) > 0;
}

/** After everything that this frame draws has been drawn. */
const nextFrame = () =>
  new Promise<void>((resolve) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve();
      channel.port2.postMessage(null);
    });
  });

/** One stroke over the width; milliseconds for each position. Positions come at a hand's rate, not at the screen's. */
async function stroke(name: string, row: number): Promise<number[]> {
  const painter = painters[name];
  if (!painter) throw new Error(name);
  painter.clear();
  await nextFrame();
  const box = painter.near.getBoundingClientRect();
  const y = 20 + (row % 20) * 20;
  const waiting = new Map<number, number>();
  const times: number[] = [];
  const fire = (type: string, x: number) => {
    const place = { clientX: box.left + x, clientY: box.top + y };
    painter.near.dispatchEvent(
      new PointerEvent(type, {
        ...place,
        pointerId: 1,
        isPrimary: true,
        button: 0,
        buttons: 1,
        bubbles: true,
      }),
    );
  };
  fire('pointerdown', 20);
  let sent = 0;
  let done = false;
  const drawing = (async () => {
    for (let x = 50; x <= 770; x += 30) {
      await new Promise((resolve) => setTimeout(resolve, 12 + Math.random() * 9));
      waiting.set(x, performance.now());
      fire('pointermove', x);
      sent += 1;
    }
    done = true;
  })();
  const deadline = performance.now() + 5_000;
  while ((!done || waiting.size > 1) && performance.now() < deadline) {
    await nextFrame();
    for (const [x, at] of waiting) {
      if (!shown(painter.far, x, y)) continue;
      times.push(performance.now() - at);
      waiting.delete(x);
    }
  }
  await drawing;
  fire('pointerup', 770);
  if (times.length < sent - 1) throw new Error(`${name}: ${times.length} of ${sent} positions were seen`);
  return times;
}

Object.assign(globalThis, {
  setUp: async () => {
    painters.ours = await ours();
    painters.raw = await raw();
  },
  stroke,
});
document.title = 'ready';
