import type { CDPSession, Page } from '@playwright/test';

const sessions = new WeakMap<Page, Promise<CDPSession>>();

async function open(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  // Counts the thread's own time, not that of whatever else the machine does.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}

/**
 * Processor time that the page's main thread has used up to now, in milliseconds. What something costs a page is the
 * difference of two of these: on a busy machine it takes longer, and costs the same. Chromium only.
 */
export async function mainThreadMs(page: Page): Promise<number> {
  const opening = sessions.get(page) ?? open(page);
  sessions.set(page, opening);
  const { metrics } = await (await opening).send('Performance.getMetrics');
  const seconds = metrics.find(({ name }) => name === 'ThreadTime')?.value;
  if (seconds === undefined) throw new Error('this browser does not tell what its main thread does');
  return seconds * 1000;
}
