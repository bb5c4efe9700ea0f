import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog, loggablePath } from './log.ts';

function collect() {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: createLog('trace', sink), text: () => lines.join('') };
}

test('T46 tickets, codes, names and what an error quotes stay out of the log', () => {
  const { log, text } = collect();
  log.info({ ticket: 'canary-1', person: { name: 'canary-2', email: 'canary-3' } }, 'said');
  log.info({ claims: { person: { name: 'canary-4' } }, url: '/sockets/sync?ticket=canary-5' }, 'said');
  log.error({ err: Object.assign(new Error('no canary-6'), { code: 'SQLITE_FULL' }) }, 'failed');
  log.error({ err: 'canary-7' }, 'failed');
  expect(text()).not.toMatch(/canary-\d/);
  expect(text()).toContain('SQLITE_FULL');
  expect(text()).toContain('/sockets/sync');
});

test('T46 a path is logged without its query and without an access code', () => {
  expect(loggablePath('/c/PUMP-P101-DEMO')).toBe('/c/…');
  expect(loggablePath('/sockets/calls/peerjs?token=x#y')).toBe('/sockets/calls/peerjs');
  expect(loggablePath(undefined)).toBe('');
});
