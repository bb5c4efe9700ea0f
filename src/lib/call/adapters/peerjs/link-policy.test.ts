import { describe, expect, it } from 'vitest';
import { isLost, nextLinkAction, type LinkView } from './link-policy.ts';

const down: LinkView = {
  connection: 'disconnected',
  ice: 'disconnected',
  everConnected: true,
  downForMs: 0,
  sinceRestartMs: undefined,
  sinceRenewMs: undefined,
  renewals: 0,
};
const action = (part: Partial<LinkView>) => nextLinkAction({ ...down, ...part });

describe('what to do about a link that is down', () => {
  it('X13 waits two seconds, then looks for another path', () => {
    expect([action({ downForMs: 1_900 }), action({ downForMs: 2_000 })]).toEqual(['wait', 'restart']);
  });

  it('X13 does not wait when either state says failed', () => {
    expect([action({ connection: 'failed' }), action({ ice: 'failed' })]).toEqual(['restart', 'restart']);
  });

  it('takes a fresh address when another path did not help', () => {
    expect(action({ downForMs: 7_000, sinceRestartMs: 5_000 })).toBe('wait');
    expect(action({ downForMs: 8_000, sinceRestartMs: 6_000 })).toBe('renew');
  });

  it('X11 a first link that does not come up is tried afresh, a broken one at once', () => {
    const first = { everConnected: false, connection: 'connecting', ice: 'checking' } as const;
    expect(action({ ...first, downForMs: 8_000 })).toBe('wait');
    expect(action({ ...first, downForMs: 9_000 })).toBe('renew');
    expect(action({ ...first, connection: 'failed' })).toBe('renew');
    expect(action({ connection: 'closed', ice: 'closed' })).toBe('renew');
  });

  it('fresh tries come ever more slowly, at most half a minute apart', () => {
    const afterTry = (renewals: number, sinceRenewMs: number) =>
      action({ connection: undefined, ice: undefined, downForMs: 600_000, sinceRenewMs, renewals });
    expect([afterTry(1, 8_000), afterTry(1, 9_000)]).toEqual(['wait', 'renew']);
    expect([afterTry(3, 15_000), afterTry(3, 21_000)]).toEqual(['wait', 'renew']);
    expect(afterTry(50, 30_000)).toBe('renew');
  });

  it('X11 a first link counts as lost after 20 s, one that stood after the grace of 60 s', () => {
    expect([isLost(false, 19_999), isLost(false, 20_000)]).toEqual([false, true]);
    expect([isLost(true, 59_999), isLost(true, 60_000)]).toEqual([false, true]);
  });
});
