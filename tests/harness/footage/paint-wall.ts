// Runs in a page. Paints the wall: a cabinet with a plate, gauges, a valve and switches, among pipes, signs and stains.
import { cabinet, header, parts, wallSize, wiring, type Rect } from './panel.ts';

type Brush = OffscreenCanvasRenderingContext2D;

/** The same numbers in every run, 0..1. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const gray = (light: number): string => `rgb(${light},${light + 3},${light + 6})`;

export function paintWall(): OffscreenCanvas {
  const canvas = new OffscreenCanvas(wallSize.width, wallSize.height);
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  if (!brush) throw new Error('no canvas');
  const random = makeRandom(20_261_130);
  paintPlaster(brush, random);
  paintPipes(brush, random);
  paintNotices(brush, random);
  paintCabinet(brush, random);
  paintHeader(brush);
  paintLabel(brush);
  paintGauge(brush, parts.Gauge, 'bar', 0.62);
  const small = { width: 120, height: 120 };
  paintGauge(brush, { ...small, x: parts.Gauge.x - 170, y: parts.Gauge.y + 40 }, '°C', 0.3);
  paintGauge(brush, { ...small, x: parts.Gauge.x + 200, y: parts.Gauge.y - 20 }, 'l/min', 0.8);
  paintValve(brush, parts.Valve);
  paintSwitches(brush, parts.Switches);
  paintWiring(brush, wiring, random);
  return canvas;
}

/** Stains of several sizes, scratches and screws, none like another. */
function paintPlaster(brush: Brush, random: () => number): void {
  brush.fillStyle = '#a29d92';
  brush.fillRect(0, 0, wallSize.width, wallSize.height);
  for (let i = 0; i < 2_600; i += 1) {
    const size = 4 + 90 * random() ** 3;
    const light = Math.floor(90 + 120 * random());
    brush.globalAlpha = 0.12 + 0.4 * random();
    brush.fillStyle = `rgb(${light},${light - 6 * random()},${light - 22 * random()})`;
    brush.save();
    brush.translate(random() * wallSize.width, random() * wallSize.height);
    brush.rotate(random() * Math.PI);
    if (i % 3 === 0) brush.fillRect(-size / 2, -size / 4, size, size / 2);
    else {
      brush.beginPath();
      brush.ellipse(0, 0, size / 2, size / (2 + 2 * random()), 0, 0, 2 * Math.PI);
      brush.fill();
    }
    brush.restore();
  }
  brush.globalAlpha = 1;
  for (let i = 0; i < 220; i += 1) {
    const [x, y] = [random() * wallSize.width, random() * wallSize.height];
    brush.strokeStyle = gray(Math.floor(60 + 60 * random()));
    brush.lineWidth = 1 + 3 * random();
    brush.beginPath();
    brush.moveTo(x, y);
    brush.lineTo(x + 160 * (random() - 0.5), y + 160 * (random() - 0.5));
    brush.stroke();
  }
}

function paintPipes(brush: Brush, random: () => number): void {
  for (let y = 120; y < wallSize.height; y += 230 + 120 * random()) {
    const high = 30 + 34 * random();
    const shade = brush.createLinearGradient(0, y, 0, y + high);
    const tone = Math.floor(200 * random());
    shade.addColorStop(0, `hsl(${tone} 25% 32%)`);
    shade.addColorStop(0.35, `hsl(${tone} 25% 74%)`);
    shade.addColorStop(1, `hsl(${tone} 25% 22%)`);
    brush.fillStyle = shade;
    brush.fillRect(0, y, wallSize.width, high);
    for (let x = 200 * random(); x < wallSize.width; x += 160 + 300 * random()) {
      brush.fillStyle = gray(Math.floor(50 + 130 * random()));
      const wide = 16 + 22 * random();
      brush.fillRect(x, y - 12, wide, high + 24);
      brush.fillStyle = '#23262b';
      for (const bolt of [0.2, 0.8]) brush.fillRect(x + wide * bolt - 3, y - 8, 6, 6);
    }
  }
}

/** Signs and small boxes all over the wall: what is beside the cabinet is not empty either. */
function paintNotices(brush: Brush, random: () => number): void {
  for (let i = 0; i < 90; i += 1) {
    const [x, y] = [random() * (wallSize.width - 200), random() * (wallSize.height - 140)];
    const [wide, high] = [50 + 130 * random(), 36 + 90 * random()];
    brush.fillStyle = `hsl(${Math.floor(360 * random())} ${Math.floor(60 * random())}% ${Math.floor(35 + 50 * random())}%)`;
    brush.fillRect(x, y, wide, high);
    brush.strokeStyle = '#2b2b2b';
    brush.lineWidth = 3;
    brush.strokeRect(x, y, wide, high);
    brush.fillStyle = '#16181c';
    const size = 13 + 16 * random();
    brush.font = `bold ${size}px sans-serif`;
    for (let line = 1; line * size * 1.2 < high; line += 1) {
      const text = Math.floor(random() * 36 ** 5)
        .toString(36)
        .toUpperCase();
      brush.fillText(text, x + 6, y + line * size * 1.2, wide - 12);
    }
  }
}

function paintCabinet(brush: Brush, random: () => number): void {
  const { x, y, width, height } = cabinet;
  const shade = brush.createLinearGradient(x, y, x + width, y + height);
  shade.addColorStop(0, '#7d8f9c');
  shade.addColorStop(1, '#5d6c78');
  brush.fillStyle = '#2c333a';
  brush.fillRect(x - 10, y - 10, width + 20, height + 20);
  brush.fillStyle = shade;
  brush.fillRect(x, y, width, height);
  for (let i = 0; i < 260; i += 1) {
    const light = Math.floor(70 + 110 * random());
    brush.globalAlpha = 0.35;
    brush.fillStyle = gray(light);
    brush.fillRect(
      x + random() * (width - 30),
      y + random() * (height - 20),
      3 + 26 * random(),
      2 + 12 * random(),
    );
  }
  brush.globalAlpha = 1;
  for (const [across, down] of [
    [0.02, 0.03],
    [0.98, 0.03],
    [0.02, 0.97],
    [0.98, 0.97],
  ] as const) {
    brush.fillStyle = '#c8cdd2';
    brush.beginPath();
    brush.arc(x + width * across, y + height * down, 9, 0, 2 * Math.PI);
    brush.fill();
    brush.fillStyle = '#333';
    brush.fillRect(x + width * across - 7, y + height * down - 1.5, 14, 3);
  }
}

function paintHeader(brush: Brush): void {
  const { x, y, width, height } = header;
  brush.fillStyle = '#12355f';
  brush.fillRect(x, y, width, height);
  brush.strokeStyle = '#f2f4f6';
  brush.lineWidth = 4;
  brush.strokeRect(x + 5, y + 5, width - 10, height - 10);
  brush.fillStyle = '#f2f4f6';
  brush.font = 'bold 46px sans-serif';
  brush.fillText('PUMP P-101', x + 22, y + 54, width - 130);
  brush.font = '20px sans-serif';
  brush.fillText('Coolant · line 4 · 16 bar', x + 24, y + 80, width - 130);
  brush.fillStyle = '#e8b020';
  brush.beginPath();
  brush.moveTo(x + width - 58, y + 16);
  brush.lineTo(x + width - 18, y + 80);
  brush.lineTo(x + width - 98, y + 80);
  brush.fill();
  brush.fillStyle = '#15171a';
  brush.font = 'bold 44px sans-serif';
  brush.fillText('!', x + width - 65, y + 75);
}

function paintLabel(brush: Brush): void {
  const { x, y, width, height } = parts.Label;
  brush.fillStyle = '#efe9d6';
  brush.fillRect(x, y, width, height);
  brush.fillStyle = '#1c1c1c';
  brush.font = 'bold 20px sans-serif';
  brush.fillText('TYPE KX-7 / 2231', x + 10, y + 24, width - 20);
  brush.font = '16px sans-serif';
  brush.fillText('1450 rpm   400 V   5.5 kW', x + 10, y + 46, width - 20);
}

/** @param share of its range at which the needle stands */
function paintGauge(brush: Brush, { x, y, width }: Rect, unit: string, share: number): void {
  const radius = width / 2;
  brush.save();
  brush.translate(x + radius, y + radius);
  brush.fillStyle = '#20252a';
  brush.beginPath();
  brush.arc(0, 0, radius, 0, 2 * Math.PI);
  brush.fill();
  brush.fillStyle = '#f6f5ef';
  brush.beginPath();
  brush.arc(0, 0, radius * 0.88, 0, 2 * Math.PI);
  brush.fill();
  brush.strokeStyle = brush.fillStyle = '#15171a';
  brush.textAlign = 'center';
  brush.font = `bold ${radius * 0.19}px sans-serif`;
  for (let tick = 0; tick <= 20; tick += 1) {
    const angle = Math.PI * (0.75 + (1.5 * tick) / 20);
    const long = tick % 4 === 0;
    brush.lineWidth = long ? 4 : 2;
    brush.beginPath();
    brush.moveTo(Math.cos(angle) * radius * 0.84, Math.sin(angle) * radius * 0.84);
    brush.lineTo(
      Math.cos(angle) * radius * (long ? 0.68 : 0.76),
      Math.sin(angle) * radius * (long ? 0.68 : 0.76),
    );
    brush.stroke();
    if (long)
      brush.fillText(String(tick), Math.cos(angle) * radius * 0.55, Math.sin(angle) * radius * 0.55 + 5);
  }
  brush.fillText(unit, 0, radius * 0.5);
  const angle = Math.PI * (0.75 + 1.5 * share);
  brush.strokeStyle = '#c0231c';
  brush.lineWidth = 6;
  brush.beginPath();
  brush.moveTo(-Math.cos(angle) * radius * 0.2, -Math.sin(angle) * radius * 0.2);
  brush.lineTo(Math.cos(angle) * radius * 0.7, Math.sin(angle) * radius * 0.7);
  brush.stroke();
  brush.restore();
}

function paintValve(brush: Brush, { x, y, width, height }: Rect): void {
  brush.save();
  brush.translate(x + width / 2, y + height / 2);
  brush.fillStyle = '#3b4148';
  brush.fillRect(-26, -height / 2, 52, height);
  brush.strokeStyle = '#a3271f';
  brush.lineWidth = 18;
  brush.beginPath();
  brush.arc(0, 0, width / 2 - 10, 0, 2 * Math.PI);
  brush.stroke();
  brush.lineWidth = 12;
  for (const angle of [0.3, 1.55, 2.8, 4.05, 5.3]) {
    brush.beginPath();
    brush.moveTo(0, 0);
    brush.lineTo(Math.cos(angle) * (width / 2 - 14), Math.sin(angle) * (width / 2 - 14));
    brush.stroke();
  }
  brush.fillStyle = '#d9dde0';
  brush.fillRect(-16, -16, 32, 32);
  brush.fillStyle = '#15171a';
  brush.font = 'bold 20px sans-serif';
  brush.fillText('V7', -12, 7);
  brush.restore();
}

function paintSwitches(brush: Brush, { x, y, width, height }: Rect): void {
  brush.fillStyle = '#d6d2c4';
  brush.fillRect(x, y, width, height);
  const colours = ['#1f8a3b', '#c0231c', '#e8b020', '#2456a6', '#20252a', '#e9e9e9'];
  for (const [i, colour] of colours.entries()) {
    const [left, top] = [x + 14 + (i % 3) * 62, y + 12 + Math.floor(i / 3) * 60];
    brush.fillStyle = '#55585c';
    brush.fillRect(left, top, 48, 48);
    brush.fillStyle = colour;
    brush.fillRect(left + 8, top + 6 + (i % 2) * 8, 32, 24);
    brush.fillStyle = '#f2f4f6';
    brush.font = 'bold 13px sans-serif';
    brush.fillText(`S${i + 1}`, left + 16, top + 45);
  }
}

/** A sheet with a plan of wires. */
function paintWiring(brush: Brush, { x, y, width, height }: Rect, random: () => number): void {
  brush.fillStyle = '#e4ecf0';
  brush.fillRect(x, y, width, height);
  brush.strokeStyle = brush.fillStyle = '#1d2f4a';
  brush.lineWidth = 2;
  brush.font = '12px sans-serif';
  for (let i = 0; i < 16; i += 1) {
    const [left, top] = [x + 12 + random() * (width - 80), y + 12 + random() * (height - 46)];
    brush.strokeRect(left, top, 40, 18);
    brush.fillText(`K${i + 1}`, left + 10, top + 14);
    brush.beginPath();
    brush.moveTo(left + 20, top + 18);
    brush.lineTo(left + 20, y + height - 10);
    brush.lineTo(x + 10 + random() * (width - 20), y + height - 10);
    brush.stroke();
  }
}
