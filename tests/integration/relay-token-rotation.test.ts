import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeCodes } from '#domain/protocol/version.ts';
import { retiredGraceMs, rotateAfterMs } from '../../signal/people/token-rotation.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import { Client, codes, emails, startRelay } from '../harness/relay-harness.ts';

let relay: Awaited<ReturnType<typeof startRelay>>;
const clock = new ManualClock();
beforeAll(async () => {
  relay = await startRelay({}, { clock });
});
afterAll(() => relay.dispose());

const me = async (client: Client) => (await client.request('/api/me')).status;
/** Somebody who holds a copy of the cookie as it is now. */
function copyOf(client: Client): Client {
  const copy = new Client(relay.origin);
  copy.cookie = client.cookie;
  return copy;
}

test('T45 P85 the token of a sign-in is replaced every day, and the old one is good for a moment longer', async () => {
  const tablet = await Client.codeUser(relay, codes.pump);
  const first = copyOf(tablet);
  expect(await me(tablet)).toBe(200);
  expect(tablet.cookie).toBe(first.cookie);
  clock.advance(rotateAfterMs);
  // Two tabs at once are given the same; until it is used the old one counts.
  const tab = copyOf(tablet);
  expect(await Promise.all([me(tablet), me(tab)])).toEqual([200, 200]);
  expect(tablet.cookie).not.toBe(first.cookie);
  expect(tab.cookie).toBe(tablet.cookie);
  const cookie = first.cookie;
  expect(await me(first)).toBe(200);
  first.cookie = cookie;
  const socket = await tablet.sync();
  expect(await me(first)).toBe(200);
  expect(first.cookie).toBe(cookie);
  clock.advance(retiredGraceMs);
  expect(await me(tablet)).toBe(200);
  expect(socket.webSocket.readyState).toBe(1);
});

test('T45 an answer that was lost on its way locks nobody out', async () => {
  const tablet = await Client.codeUser(relay, codes.pump);
  const { cookie } = tablet;
  for (let day = 0; day < 3; day += 1) {
    clock.advance(rotateAfterMs);
    expect(await me(tablet)).toBe(200);
    expect(tablet.cookie).not.toBe(cookie);
    tablet.cookie = cookie;
  }
  expect(await me(tablet)).toBe(200);
  expect(await me(tablet)).toBe(200);
});

test('T45 a stolen token ends the sign-in for both, whichever of them comes back with the old one', async () => {
  for (const thiefIsFirst of [true, false]) {
    const owner = await Client.employee(relay, emails.erika);
    const thief = copyOf(owner);
    const [first, second] = thiefIsFirst ? [thief, owner] : [owner, thief];
    clock.advance(rotateAfterMs);
    expect(await me(first)).toBe(200);
    expect(await me(first)).toBe(200);
    const socket = await first.sync();
    clock.advance(retiredGraceMs + 1);
    expect(await me(second)).toBe(401);
    expect((await socket.closed).code).toBe(closeCodes.signedOut);
    expect(await me(first)).toBe(401);
  }
  // The person's other sign-ins are their own.
  expect(await me(await Client.employee(relay, emails.erika))).toBe(200);
});
