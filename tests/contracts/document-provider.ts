import { afterEach, describe, expect, test } from 'vitest';
import type { DocumentName } from '#domain/protocol/documents.ts';
import type { DocumentProviderFactory } from '../../src/lib/documents/document-provider.ts';
import { OpenDocument } from '../../src/lib/documents/open-document.ts';
import { ScreenshotDocument } from '../../src/lib/documents/screenshot-document.ts';
import { until } from '../harness/until.ts';

/** One place under test: documents opened with `factory()` of one place meet each other there. */
export interface PlaceUnderTest {
  /** A factory as one device of one person has it. */
  factory(): DocumentProviderFactory;
  /** A document that may be opened here. */
  freshName(): Promise<DocumentName>;
  /** Whether what one does is seen by another while both have it open. */
  live: boolean;
  /** Whether the document is still there when nobody has it open. */
  keeps: boolean;
  close(): Promise<void>;
}

const body = (x: number) => ({
  tool: 'pen',
  width: 'medium' as const,
  points: [
    { x, y: 0 },
    { x: 1, y: 1 },
  ],
});

/** What every provider must do, whatever it stands on. */
export function documentProviderContract(name: string, open: () => Promise<PlaceUnderTest>): void {
  describe(`document provider: ${name}`, () => {
    const endings: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const end of endings.splice(0).reverse()) await end();
    });

    const place = async (): Promise<PlaceUnderTest> => {
      const opened = await open();
      endings.push(() => opened.close());
      return opened;
    };
    const openAt = (at: PlaceUnderTest, documentName: DocumentName, authorId = 'erika') => {
      const opened = new OpenDocument(documentName, [at.factory()]);
      endings.push(() => opened.destroy());
      const [provider] = opened.providers;
      if (!provider) throw new Error('no provider');
      return { opened, provider, marks: new ScreenshotDocument(opened.doc, authorId) };
    };

    test('it begins connecting, and says when it is synced', async () => {
      const at = await place();
      const { provider } = openAt(at, await at.freshName());
      expect(provider.state).toBe('connecting');
      const states: string[] = [];
      provider.onState((state) => states.push(state));
      await provider.whenSynced();
      expect(provider.state).toBe('synced');
      expect(states).toContain('synced');
    });

    test('what was done before it was synced is there afterwards, and held', async () => {
      const at = await place();
      const documentName = await at.freshName();
      const first = openAt(at, documentName);
      first.marks.add(body(0.25));
      await first.provider.whenSynced();
      await until('everything is held', () => first.provider.holdsAll);
      expect(first.marks.marks()).toHaveLength(1);
    });

    test('F53 what was held is there when the document is opened again', async () => {
      const at = await place();
      if (!at.keeps) return;
      const documentName = await at.freshName();
      const first = openAt(at, documentName);
      await first.provider.whenSynced();
      const mark = first.marks.add(body(0.25));
      await until('everything is held', () => first.provider.holdsAll);
      await first.opened.destroy();
      const again = openAt(at, documentName, 'otto');
      await again.provider.whenSynced();
      expect(again.marks.marks()).toEqual([mark]);
    });

    test('F51 two who have it open see each other’s marks, and both survive', async () => {
      const at = await place();
      if (!at.live) return;
      const documentName = await at.freshName();
      const one = openAt(at, documentName, 'erika');
      const other = openAt(at, documentName, 'otto');
      await Promise.all([one.provider.whenSynced(), other.provider.whenSynced()]);
      one.marks.add(body(0.25));
      other.marks.add(body(0.5));
      await until('both have both', () => {
        const seen = [one, other].map(({ marks }) =>
          marks
            .marks()
            .map(({ authorId }) => authorId)
            .sort(),
        );
        return seen.every((authors) => authors.join() === 'erika,otto');
      });
      expect(one.marks.marks()).toEqual(other.marks.marks());
    });

    test('two documents of one place do not mix', async () => {
      const at = await place();
      const one = openAt(at, await at.freshName());
      const other = openAt(at, await at.freshName());
      await Promise.all([one.provider.whenSynced(), other.provider.whenSynced()]);
      one.marks.add(body(0.25));
      await until('everything is held', () => one.provider.holdsAll);
      expect(other.marks.marks()).toEqual([]);
    });

    test('after its end it is silent, and leaves the awareness to the others', async () => {
      const at = await place();
      const { provider, opened, marks } = openAt(at, await at.freshName());
      await provider.whenSynced();
      await provider.destroy();
      await provider.destroy();
      const states: string[] = [];
      provider.onState((state) => states.push(state));
      marks.add(body(0.75));
      expect(opened.awareness.getLocalState()).not.toBeNull();
      await expect(openAt(at, await at.freshName()).provider.whenSynced()).resolves.toBeUndefined();
      expect(states).toEqual([]);
    });

    test('waiting for one that is ended rejects with a code', async () => {
      const at = await place();
      const { provider } = openAt(at, await at.freshName());
      const waiting = provider.whenSynced();
      await provider.destroy();
      await expect(waiting).rejects.toHaveProperty('code');
    });
  });
}
