import type { ScreenshotId } from '#domain/ids.ts';
import { createDocuments, type Documents } from '../../../src/lib/documents/create-documents.ts';
import { MemoryPlace } from '../../../src/lib/documents/providers/memory-provider.ts';
import type { OpenScreenshot } from '../../../src/lib/state/call-ports.ts';
import type { AppParts } from '../../../src/lib/ui/screens/app-parts.ts';

/** The pictures of a session and the marks on them: real documents that meet in memory instead of at a relay. */
export class Sketchbook {
  readonly calls: AppParts['calls'];
  readonly #place = new MemoryPlace();
  readonly #documents: Documents;
  readonly #others = new Map<string, OpenScreenshot>();

  constructor(selfId: string) {
    this.#documents = this.#documentsOf(selfId);
    const calls: Pick<AppParts['calls'], 'current' | 'openScreenshot' | 'warm'> = {
      current: undefined,
      openScreenshot: (id) => Promise.resolve(open(this.#documents, id)),
      warm: () => undefined,
    };
    this.calls = calls as AppParts['calls'];
  }

  /** The same picture, open on somebody else's device; stays open, so that it has what came. */
  openFor(personId: string, screenshotId: ScreenshotId): OpenScreenshot {
    const key = `${personId} ${screenshotId}`;
    const opened = this.#others.get(key) ?? open(this.#documentsOf(personId), screenshotId);
    this.#others.set(key, opened);
    return opened;
  }

  /** What a camera at the machine might have seen: an instrument panel, drawn. */
  async photo({ width, height }: { width: number; height: number }): Promise<Blob> {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    drawPanel(context, width, height);
    return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
  }

  #documentsOf(personId: string): Documents {
    return createDocuments({
      personId,
      places: {
        always: [this.#place.provider],
        inCall: () => undefined,
        retry: () => undefined,
        forget: () => Promise.resolve(),
        destroy: () => undefined,
      },
    });
  }
}

function open(documents: Documents, screenshotId: string): OpenScreenshot {
  const { document, opened, close } = documents.openScreenshot(screenshotId as ScreenshotId);
  return {
    document,
    awareness: opened.awareness,
    saved: () => 'sent',
    onSaved: (listener) => opened.onChange(listener),
    close: () => void close(),
  };
}

function drawPanel(context: OffscreenCanvasRenderingContext2D, width: number, height: number): void {
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
    context.beginPath();
    context.moveTo(left, top);
    context.lineTo(left + radius * 0.5 * Math.cos(index * 2), top + radius * 0.5 * Math.sin(index * 2));
    context.stroke();
  }
  context.fillStyle = '#b3261e';
  context.fillRect(width * 0.44, height * 0.72, width * 0.12, height * 0.08);
}
