import { expect, test } from 'vitest';
import type { Directory } from '#domain/protocol/directory.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import { customerOfSession } from './session-customer.ts';

const directory = {
  customers: [
    { id: 'c1', name: 'Acme Works', contact: '0170' },
    { id: 'c2', name: 'Beta', contact: '' },
  ],
  customerLinks: [{ codeUserId: 'paul', customerId: 'c2', deviceId: 'd' }],
} as unknown as Directory;
const session = (by: string, customer?: object) =>
  ({ openedBy: { kind: 'codeUser', id: by, name: 'P' }, customer }) as unknown as VideoSession;

test('F17 the session’s own customer comes before that of the person who opened it', () => {
  expect(customerOfSession(session('anna'), directory)).toBeUndefined();
  expect(customerOfSession(session('paul'), directory)?.customer.name).toBe('Beta');
  const own = customerOfSession(session('paul', { id: 'c1', name: 'Acme' }), directory);
  expect(own).toEqual({ customer: expect.objectContaining({ name: 'Acme Works' }), contact: '0170' });
  expect(customerOfSession(session('anna', { id: 'gone', name: 'Old' }), directory)?.customer.name).toBe(
    'Old',
  );
});
