import Eraser from '@lucide/svelte/icons/eraser';
import Pencil from '@lucide/svelte/icons/pencil';
import Redo2 from '@lucide/svelte/icons/redo-2';
import Undo2 from '@lucide/svelte/icons/undo-2';
import type { Mark } from '#domain/annotation/marks.ts';
import type { PictureId } from '#domain/picture/picture-id.ts';
import { liveKinds } from '#domain/protocol/live-kinds.ts';
import { MarkBoard } from '../../annotation/mark-board.ts';
import type { MarksLayer, UndoneMark } from '../../annotation/marks-layer.ts';
import { toolLook } from '../../annotation/tool-looks.ts';
import { findTool, markTools } from '../../annotation/tool-registry.ts';
import type { FeatureCall, FeatureOffer, OpenFeature } from '../../state/call/call-feature.ts';
import { m } from '../../ui/messages.ts';
import { StrokeExchange } from './stroke-exchange.ts';

/** The tool that 'Draw' puts into the hand. */
const firstTool = 'pen';
const leastRestMs = 100;

/** One picture's marks, and the layer that draws them while the picture is on the screen. */
interface Drawing {
  readonly board: MarkBoard;
  layer: MarksLayer | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Drawing on the pictures of a call: strokes come and go with others whether or not somebody looks (F55, F56). */
export class DrawFeature implements OpenFeature {
  readonly #call: FeatureCall;
  readonly #exchange: StrokeExchange;
  readonly #drawings = new Map<PictureId, Drawing>();
  readonly #stops: (() => void)[];
  /** Own marks that were taken back, the newest first: until another one is drawn, or all are cleared. */
  #undone: readonly { readonly picture: PictureId; readonly taken: UndoneMark }[] = [];
  #followed: unknown;

  constructor(call: FeatureCall) {
    this.#call = call;
    this.#exchange = new StrokeExchange({
      order: () => call.people.order,
      others: () => call.people.otherIds,
      vision: () => call.vision?.live,
      send: (bytes, to) => call.sendLive(liveKinds.stroke, bytes, to),
    });
    this.#stops = [
      call.onLive(liveKinds.stroke, (from, bytes) => this.#received(from, bytes)),
      call.onParts(() => this.#followKept()),
    ];
  }

  /** A drawing tool is in hand. */
  get drawing(): boolean {
    const { key } = this.#call.hand;
    return key !== null && findTool(key) !== undefined;
  }

  get offers(): readonly FeatureOffer[] {
    const { hand } = this.#call;
    const tools = markTools.map(({ key }): FeatureOffer => {
      const { icon, label, shortcut } = toolLook(key);
      return {
        id: key,
        place: 'rail',
        icon,
        name: label(),
        on: hand.key === key,
        ...(shortcut ? { shortcut } : {}),
        run: () => hand.toggle(key),
      };
    });
    return [
      {
        id: 'draw',
        place: 'bar',
        icon: Pencil,
        name: m.call_draw(),
        on: this.drawing,
        inReach: true,
        shortcut: 'd',
        run: () => (this.drawing ? hand.layDown() : hand.take(firstTool)),
      },
      ...tools,
      {
        id: 'undo',
        place: 'rail',
        icon: Undo2,
        name: m.tool_undo(),
        apart: true,
        rewinds: 'undo',
        run: () => this.undo(),
      },
      {
        id: 'redo',
        place: 'keys',
        icon: Redo2,
        name: m.tool_redo(),
        rewinds: 'redo',
        run: () => this.redo(),
      },
      { id: 'clear', place: 'rail', icon: Eraser, name: m.tool_clear(), run: () => this.clear() },
    ];
  }

  /** The picture's marks, from the first one on. */
  board(picture: PictureId): MarkBoard {
    return this.#drawing(picture).board;
  }

  /** The picture is on the screen; returns what to do when it goes. */
  attach(picture: PictureId, layer: MarksLayer): () => void {
    const drawing = this.#drawing(picture);
    drawing.layer = layer;
    const stops = [
      layer.on('live', (datagram, anchor) => this.#exchange.send(picture, datagram, anchor)),
      layer.on('finished', (mark) => {
        this.#undone = [];
        this.#call.strokes?.keep(mark, picture);
      }),
      layer.on('removed', (marks) => this.#call.strokes?.remove(marks)),
      layer.on('changed', () => this.#ride(picture, drawing)),
    ];
    this.#ride(picture, drawing);
    return () => {
      for (const stop of stops) stop();
      if (drawing.layer !== layer) return;
      drawing.layer = undefined;
      this.#ride(picture, drawing);
    };
  }

  /** Takes back the newest own mark, first of the picture on the stage. */
  undo(): void {
    const stage = this.#call.pictures.stage?.id;
    const ids = [...(stage ? [stage] : []), ...this.#drawings.keys()];
    for (const picture of ids) {
      const taken = this.#drawings.get(picture)?.layer?.undo();
      if (!taken) continue;
      if (taken.complete) this.#undone = [{ picture, taken }, ...this.#undone];
      return;
    }
  }

  /** Puts back the own mark that was taken back last, of those whose picture is on the screen. */
  redo(): void {
    const layerOf = (picture: PictureId) => this.#drawings.get(picture)?.layer;
    const at = this.#undone.findIndex(({ picture }) => layerOf(picture));
    const newest = this.#undone[at];
    if (!newest) return;
    const others = this.#undone.toSpliced(at, 1);
    layerOf(newest.picture)?.redo(newest.taken);
    // It counts as a new mark, and is none.
    this.#undone = others;
  }

  /** Own strokes, and the highlights of everybody: either side may clear those. */
  clear(): void {
    this.#undone = [];
    for (const { layer } of this.#drawings.values()) layer?.clearOwn();
    this.#call.vision?.live.clear();
  }

  close(): void {
    for (const stop of this.#stops) stop();
    for (const { timer } of this.#drawings.values()) clearTimeout(timer);
  }

  #drawing(picture: PictureId): Drawing {
    const known = this.#drawings.get(picture);
    if (known) return known;
    const vision = () => this.#call.vision?.live;
    const board = new MarkBoard({
      selfId: this.#call.self.id,
      lifetimeMs: this.#call.record?.settings.drawingLifetimeMs ?? null,
      scene: {
        anchorNow: () => vision()?.anchorNow(picture),
        motionSince: (anchor) => vision()?.motionSince(anchor),
      },
    });
    const drawing: Drawing = { board, layer: undefined, timer: undefined };
    this.#drawings.set(picture, drawing);
    board.onChanged(() => this.#ride(picture, drawing));
    return drawing;
  }

  #received(from: string, bytes: Uint8Array): void {
    const received = this.#exchange.receive(from, bytes);
    if (received) this.board(received.picture).receive(from, received.datagram, received.anchor);
  }

  /** What others kept is shown too where its datagrams were lost. */
  #followKept(): void {
    const { strokes } = this.#call;
    if (!strokes || this.#followed === strokes) return;
    this.#followed = strokes;
    this.#stops.push(
      strokes.onAdded((mark, picture) => this.board(picture).show(mark)),
      strokes.onRemoved((mark: Pick<Mark, 'authorId' | 'id'>) => {
        for (const { board } of this.#drawings.values()) board.hide(mark);
      }),
    );
  }

  /** While marks are there, the picture's scene is worth following. Without a layer nobody else counts their end. */
  #ride(picture: PictureId, drawing: Drawing): void {
    clearTimeout(drawing.timer);
    this.#call.vision?.live.riding(picture, drawing.board.shown().length > 0);
    const nextMs = drawing.layer ? null : drawing.board.nextChangeInMs();
    if (nextMs === null) return;
    drawing.timer = setTimeout(() => this.#ride(picture, drawing), Math.max(nextMs, leastRestMs));
  }
}
