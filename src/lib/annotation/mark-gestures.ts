import { isUsableBox, toPicture, toPlace, type PictureBox } from '#domain/annotation/coordinates.ts';
import { maxMarkTextLength, type Mark, type Point, type StrokeWidth } from '#domain/annotation/marks.ts';
import type { StrokeInput } from './stroke-input.ts';
import { findTool } from './tool-registry.ts';
import type { MarkTool } from './tools/mark-tool.ts';

/** Someone wants to write at this point: ask for the text, then call one of the two. */
export interface TextRequest {
  point: Point;
  /** CSS pixels from the canvas's upper left. */
  place: { x: number; y: number };
  maxLength: number;
  accept(text: string): void;
  cancel(): void;
}

export interface GestureHost {
  canvas: HTMLCanvasElement;
  input: StrokeInput;
  selectable: boolean;
  signal: AbortSignal;
  box(): PictureBox;
  /** From the picture as it is seen now to the frame on which the running stroke began. */
  settle(point: Point): Point;
  nowMs(): number;
  textWanted(request: TextRequest): void;
  picked(point: Point): void;
  pointer(point: Point | null): void;
  crosshairMoved(): void;
}

/** A pointer that moved less than this many CSS pixels was tapped, not dragged. */
const tapReach = 8;
/** An end that got lost is said again after these times, in milliseconds. */
const endAgainMs = [60, 200];
/** A second finger so soon, in milliseconds, means to spread or to pinch: what the first one drew was not meant. */
const secondFingerMs = 400;
/** A hand that holds a pen touches the picture as well: so long after the pen was felt last, in milliseconds. */
const palmMs = 500;
/** How far an arrow key moves the crosshair, as a share of the picture. */
const keyStep = 0.02;

interface Gesture {
  readonly pointerId: number;
  readonly byTouch: boolean;
  readonly beganMs: number;
  /** CSS pixels of the page. */
  readonly x: number;
  readonly y: number;
  moved: boolean;
  /** The second of two taps. */
  readonly second: boolean;
}

/**
 * Pointers and keys on the canvas, as strokes. Fingers, pens, mice, gloves: whoever comes first draws, but a pen takes
 * over from the palm that lies before it.
 */
export class MarkGestures {
  readonly #host: GestureHost;
  #tool: MarkTool | undefined;
  #width: StrokeWidth = 'medium';
  #placing: 'drag' | 'twoTaps' = 'drag';
  #gesture: Gesture | undefined;
  #penSeenMs = -Infinity;
  #waitsForSecondTap = false;
  #crosshair: Point | undefined;
  #sendTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #endTimers = new Set<ReturnType<typeof setTimeout>>();

  constructor(host: GestureHost) {
    this.#host = host;
    const { canvas, signal } = host;
    canvas.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    canvas.addEventListener('pointermove', (event) => this.#move(event), { signal });
    canvas.addEventListener('pointerup', (event) => this.#up(event), { signal });
    canvas.addEventListener('pointercancel', (event) => this.#lost(event), { signal });
    canvas.addEventListener('pointerleave', () => this.#host.pointer(null), { signal });
    canvas.addEventListener('contextmenu', (event) => this.#tool && event.preventDefault(), { signal });
    canvas.addEventListener('keydown', (event) => this.#key(event), { signal });
    canvas.addEventListener('blur', () => this.#setCrosshair(undefined), { signal });
    signal.addEventListener('abort', () => this.#stop());
    this.setTool(null);
  }

  get tool(): string | null {
    return this.#tool?.key ?? null;
  }

  get crosshair(): Point | undefined {
    return this.#crosshair;
  }

  setTool(key: string | null): void {
    this.cancel();
    this.#tool = key === null ? undefined : findTool(key);
    this.#setCrosshair(undefined);
    const { canvas, selectable } = this.#host;
    canvas.style.pointerEvents = this.#tool || selectable ? 'auto' : 'none';
    canvas.style.touchAction = this.#tool ? 'none' : 'auto';
    canvas.style.cursor = this.#tool ? 'crosshair' : 'default';
    if (this.#tool) canvas.tabIndex = 0;
    else canvas.removeAttribute('tabindex');
  }

  setWidth(width: StrokeWidth): void {
    this.#width = width;
  }

  setPlacing(placing: 'drag' | 'twoTaps'): void {
    this.cancel();
    this.#placing = placing;
  }

  cancel(): void {
    this.#gesture = undefined;
    this.#waitsForSecondTap = false;
    this.#host.input.cancel();
  }

  #stop(): void {
    this.cancel();
    clearTimeout(this.#sendTimer);
    this.#endTimers.forEach((timer) => clearTimeout(timer));
  }

  #pointOf(event: PointerEvent, area: DOMRect): Point {
    const box = this.#host.box();
    // Measured against the laid-out size, so that a canvas scaled by CSS still hits the right place.
    const x = ((event.clientX - area.left) / area.width) * box.boxWidth;
    const y = ((event.clientY - area.top) / area.height) * box.boxHeight;
    return toPicture(box, { x, y });
  }

  #down(event: PointerEvent): void {
    const { canvas, input, nowMs } = this.#host;
    if (event.button !== 0 || !isUsableBox(this.#host.box()) || this.#isPalm(event)) return;
    if (this.#gesture && !this.#givesWay(this.#gesture, event)) return;
    if (!event.isPrimary) return;
    const point = this.#pointOf(event, canvas.getBoundingClientRect());
    if (!this.#tool) {
      if (this.#host.selectable) this.#host.picked(point);
      return;
    }
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    const second = this.#waitsForSecondTap;
    this.#waitsForSecondTap = false;
    this.#setCrosshair(undefined);
    if (second) input.move(this.#host.settle(point), nowMs());
    else if (!input.begin(this.#tool, this.#width, point, nowMs())) return;
    canvas.setPointerCapture(event.pointerId);
    this.#gesture = {
      pointerId: event.pointerId,
      byTouch: event.pointerType === 'touch',
      beganMs: nowMs(),
      x: event.clientX,
      y: event.clientY,
      moved: false,
      second,
    };
    this.#planSending();
  }

  #isPalm(event: PointerEvent): boolean {
    const nowMs = this.#host.nowMs();
    if (event.pointerType === 'pen') this.#penSeenMs = nowMs;
    return event.pointerType === 'touch' && nowMs - this.#penSeenMs < palmMs;
  }

  /** Whether what is drawn is taken back for a pointer that came down meanwhile. Later fingers change nothing. */
  #givesWay(gesture: Gesture, event: PointerEvent): boolean {
    if (!gesture.byTouch) return false;
    const isSpread = event.pointerType === 'touch' && this.#host.nowMs() - gesture.beganMs < secondFingerMs;
    if (event.pointerType !== 'pen' && !isSpread) return false;
    this.cancel();
    return true;
  }

  #move(event: PointerEvent): void {
    const { canvas, input, nowMs } = this.#host;
    if (!isUsableBox(this.#host.box()) || this.#isPalm(event)) return;
    const area = canvas.getBoundingClientRect();
    if (event.isPrimary) this.#host.pointer(this.#pointOf(event, area));
    const gesture = this.#gesture;
    if (!gesture) {
      if (this.#waitsForSecondTap && event.isPrimary) {
        input.move(this.#host.settle(this.#pointOf(event, area)), nowMs());
      }
      return;
    }
    if (event.pointerId !== gesture.pointerId) return;
    if (Math.hypot(event.clientX - gesture.x, event.clientY - gesture.y) > tapReach) gesture.moved = true;
    const steps = event.getCoalescedEvents?.() ?? [];
    // Coalesced events carry their own times: without them a fast stroke would lose its corners.
    const lag = nowMs() - event.timeStamp;
    for (const step of steps.length > 0 ? steps : [event]) {
      input.move(this.#host.settle(this.#pointOf(step, area)), step.timeStamp + lag);
    }
    this.#planSending();
  }

  #up(event: PointerEvent): void {
    const gesture = this.#gesture;
    if (!gesture || event.pointerId !== gesture.pointerId) return;
    const { canvas, input, nowMs } = this.#host;
    this.#gesture = undefined;
    const tap = !gesture.moved;
    // A tapped finger rolls a little: its first place counts.
    if (!tap || gesture.second) {
      const point = this.#pointOf(event, canvas.getBoundingClientRect());
      input.move(this.#host.settle(point), nowMs());
    }
    if (tap && !gesture.second && this.#placing === 'twoTaps' && this.#tool?.options.live === 'whole') {
      this.#waitsForSecondTap = true;
      this.#planSending();
      return;
    }
    this.#complete(tap && !gesture.second);
  }

  /** The system took the pointer away. What was drawn is kept; a dot, or a place for words, was perhaps not meant. */
  #lost(event: PointerEvent): void {
    const gesture = this.#gesture;
    if (gesture?.pointerId !== event.pointerId) return;
    if (!gesture.moved || this.#isPalm(event) || this.#tool?.options.needsText) return this.cancel();
    this.#gesture = undefined;
    this.#end(false);
  }

  #complete(tap: boolean): void {
    const { running } = this.#host.input;
    if (!running) return;
    if (this.#tool?.options.needsText) this.#askText(running);
    else this.#end(tap);
  }

  #end(tap: boolean, text?: string): void {
    const { input, nowMs } = this.#host;
    const { pictureWidth, pictureHeight } = this.#host.box();
    const words = text === undefined ? {} : { text };
    const again = input.end({ aspect: pictureWidth / pictureHeight, tap, ...words }, nowMs());
    clearTimeout(this.#sendTimer);
    if (!again) return;
    for (const delayMs of endAgainMs) {
      const timer = setTimeout(() => {
        this.#endTimers.delete(timer);
        again();
      }, delayMs);
      this.#endTimers.add(timer);
    }
  }

  #askText(running: Mark): void {
    const { input } = this.#host;
    const point = running.points[0] ?? { x: 0.5, y: 0.5 };
    let open = true;
    const once = (then: () => void): void => {
      if (open && input.running?.id === running.id) then();
      open = false;
    };
    this.#host.textWanted({
      point,
      place: toPlace(this.#host.box(), point),
      maxLength: maxMarkTextLength,
      accept: (text) => once(() => this.#end(false, text)),
      cancel: () => once(() => input.cancel()),
    });
  }

  #key(event: KeyboardEvent): void {
    const box = this.#host.box();
    if (!this.#tool || !isUsableBox(box) || event.altKey || event.ctrlKey || event.metaKey) return;
    const { input } = this.#host;
    if (event.key.startsWith('Arrow')) this.#steer(event, box);
    else if (event.key === 'Escape' && input.running) this.cancel();
    else if ((event.key === 'Enter' || event.key === ' ') && !this.#gesture) {
      // A held key sets one point, not start and end and start again.
      if (!event.repeat) this.#place(this.#tool);
    } else return;
    event.preventDefault();
  }

  #steer(event: KeyboardEvent, box: PictureBox): void {
    const step = event.shiftKey ? keyStep / 4 : keyStep;
    const right = { ArrowLeft: -step, ArrowRight: step }[event.key] ?? 0;
    const down = { ArrowUp: -step, ArrowDown: step }[event.key] ?? 0;
    const at = this.#crosshair ?? { x: 0.5, y: 0.5 };
    const within = (value: number): number => Math.min(1, Math.max(0, value));
    const next = { x: within(at.x + (box.mirrored ? -right : right)), y: within(at.y + down) };
    this.#setCrosshair(next);
    if (this.#gesture) return;
    this.#host.input.move(this.#host.settle(next), this.#host.nowMs());
    this.#planSending();
  }

  /** The first press sets the start, the second the end; twice at one place is a tap. */
  #place(tool: MarkTool): void {
    const { input, nowMs } = this.#host;
    const { running } = input;
    if (running) {
      const [first] = running.points;
      this.#complete(running.points.every((point) => point.x === first?.x && point.y === first.y));
      return;
    }
    const at = this.#crosshair ?? { x: 0.5, y: 0.5 };
    this.#setCrosshair(at);
    input.begin(tool, this.#width, at, nowMs());
    if (tool.options.needsText) this.#complete(false);
    else this.#planSending();
  }

  #setCrosshair(point: Point | undefined): void {
    if (this.#crosshair === point) return;
    this.#crosshair = point;
    this.#host.crosshairMoved();
  }

  /** Sends what may go now, and plans the rest. */
  #planSending(): void {
    clearTimeout(this.#sendTimer);
    const { input, nowMs } = this.#host;
    input.flush(nowMs());
    const dueMs = input.dueInMs(nowMs());
    if (dueMs === null) return;
    this.#sendTimer = setTimeout(() => this.#planSending(), Math.max(dueMs, 1));
  }
}
