/** What a camera at the machine might see: an instrument panel, drawn. `needle` in radians. */
export function drawPanel(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  needle = 0,
): void {
  const { width, height } = context.canvas;
  const ground = context.createLinearGradient(0, 0, width, height);
  ground.addColorStop(0, '#8d969c');
  ground.addColorStop(1, '#4e565c');
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);
  const radius = Math.min(width, height) / 6;
  for (const [index, x] of [0.25, 0.5, 0.75].entries()) {
    const [left, top] = [x * width, height * 0.4];
    context.fillStyle = '#f4f4ee';
    context.strokeStyle = '#23282c';
    context.lineWidth = radius / 8;
    context.beginPath();
    context.arc(left, top, radius * 0.7, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    const angle = index * 2 + needle;
    context.beginPath();
    context.moveTo(left, top);
    context.lineTo(left + radius * 0.5 * Math.cos(angle), top + radius * 0.5 * Math.sin(angle));
    context.stroke();
  }
  context.fillStyle = '#b3261e';
  context.fillRect(width * 0.44, height * 0.72, width * 0.12, height * 0.08);
}
