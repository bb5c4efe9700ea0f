// A picture that the suite draws: two stop signs before trees and a street, one on the left and one on the right.

function drawSign(brush: OffscreenCanvasRenderingContext2D, x: number, y: number, radius: number): void {
  brush.fillStyle = '#8d9296';
  brush.fillRect(x - radius * 0.09, y, radius * 0.18, radius * 3.4);
  const octagon = (size: number): void => {
    brush.beginPath();
    for (let corner = 0; corner < 8; corner += 1) {
      const angle = (Math.PI / 4) * (corner + 0.5);
      brush.lineTo(x + size * Math.cos(angle), y + size * Math.sin(angle));
    }
    brush.fill();
  };
  brush.fillStyle = '#f4f4f2';
  octagon(radius);
  brush.fillStyle = '#c1121f';
  octagon(radius * 0.93);
  brush.fillStyle = '#f4f4f2';
  brush.font = `bold ${radius * 0.72}px sans-serif`;
  brush.textAlign = 'center';
  brush.textBaseline = 'middle';
  brush.fillText('STOP', x, y + radius * 0.03, radius * 1.62);
}

export function drawSigns(): ImageBitmap {
  const canvas = new OffscreenCanvas(640, 480);
  const brush = canvas.getContext('2d');
  if (!brush) throw new Error('no canvas');
  const sky = brush.createLinearGradient(0, 0, 0, 300);
  sky.addColorStop(0, '#7fa8d6');
  sky.addColorStop(1, '#dfe9f2');
  brush.fillStyle = sky;
  brush.fillRect(0, 0, 640, 480);
  brush.fillStyle = '#6d6f70';
  brush.fillRect(0, 400, 640, 80);
  let state = 7;
  const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  for (let leaf = 0; leaf < 1_400; leaf += 1) {
    brush.fillStyle = `rgb(${30 + 60 * random()},${70 + 80 * random()},${30 + 40 * random()})`;
    brush.beginPath();
    brush.arc(640 * random(), 210 + 190 * random(), 3 + 8 * random(), 0, 2 * Math.PI);
    brush.fill();
  }
  drawSign(brush, 160, 160, 95);
  drawSign(brush, 470, 170, 105);
  return canvas.transferToImageBitmap();
}
