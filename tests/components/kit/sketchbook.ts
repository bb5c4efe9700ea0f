import type { ScreenshotId } from '#domain/ids.ts';
import { createDocuments, type Documents } from '../../../src/lib/documents/create-documents.ts';
import { MemoryPlace } from '../../../src/lib/documents/providers/memory-provider.ts';
import type { OpenScreenshot } from '../../../src/lib/state/call-ports.ts';
import { drawPanel } from './panel.ts';

/** The pictures of a session and the marks on them: real documents that meet in memory instead of at a relay. */
export class Sketchbook {
  readonly #place = new MemoryPlace();
  readonly #documents: Documents;
  readonly #others = new Map<string, OpenScreenshot>();

  constructor(selfId: string) {
    this.#documents = this.#documentsOf(selfId);
  }

  /** The picture as this person opens it. */
  open(screenshotId: string): OpenScreenshot {
    return open(this.#documents, screenshotId);
  }

  /** The same picture, open on somebody else's device; stays open, so that it has what came. */
  openFor(personId: string, screenshotId: ScreenshotId): OpenScreenshot {
    const key = `${personId} ${screenshotId}`;
    const opened = this.#others.get(key) ?? open(this.#documentsOf(personId), screenshotId);
    this.#others.set(key, opened);
    return opened;
  }

  /** What a camera at the machine might have taken. */
  async photo({ width, height }: { width: number; height: number }): Promise<Blob> {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    drawPanel(context);
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
