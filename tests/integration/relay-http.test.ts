import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as v from 'valibot';
import { createLog } from '../../signal/log.ts';
import { signInLimits } from '../../signal/http/sign-in.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import {
  Client,
  codes,
  emails,
  startRelay,
  tempDir,
  switchCode,
  demoOrganization,
} from '../harness/relay-harness.ts';

let relay: Awaited<ReturnType<typeof startRelay>>;
const clock = new ManualClock();
const appDir = tempDir();
const logged: string[] = [];

beforeAll(async () => {
  mkdirSync(join(appDir, '_app/immutable'), { recursive: true });
  writeFileSync(join(appDir, 'index.html'), '<!doctype html><title>Shell</title>');
  writeFileSync(join(appDir, 'service-worker.js'), 'self.addEventListener("fetch", () => {});');
  writeFileSync(join(appDir, '_app/immutable/a.js'), `export const a = "${'x'.repeat(4000)}";`);
  writeFileSync(join(appDir, '.secret'), 'hidden');
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  relay = await startRelay({ appDir }, { clock, log: createLog('trace', sink) });
});
afterAll(async () => {
  await relay.dispose();
  rmSync(appDir, { recursive: true });
});

const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

test('T21 a million guesses from one address in a fake day check a few thousand codes at the most', async () => {
  const { signIns } = relay;
  const before = signIns.codesChecked;
  const stepMs = 86_400_000 / 1_000_000;
  let refused = 0;
  for (let i = 0; i < 1_000_000; i += 1) {
    if (i % 100 === 0) clock.advance(stepMs * 100);
    const answer = await signIns.withCode(`GUESS-${i}`, '', '203.0.113.7', undefined);
    if (!answer.ok && answer.reason === 'too-many-requests') refused += 1;
  }
  const checked = signIns.codesChecked - before;
  expect(checked).toBeLessThanOrEqual(10 * (24 * 12 + 1));
  expect(refused).toBe(1_000_000 - checked);
  // Right codes still get in from elsewhere, and do not count as failures.
  for (let i = 0; i < 30; i += 1)
    expect((await signIns.withCode(codes.pump, '', '203.0.113.8', undefined)).ok).toBe(true);
});

test('T21 P2 one code takes 100 failures in a row, all codes together have a cap over all addresses', async () => {
  const { signIns } = relay;
  const other = 'OtherServiceAG00000001';
  await switchCode(relay, other, 'Press X-1', false);
  let address = 0;
  for (let i = 0; i < 100; i += 1)
    expect(await signIns.withCode(codes.press, '', `198.51.100.${address++}`, undefined)).toMatchObject({
      reason: 'unknown-code',
    });
  await switchCode(relay, other, 'Press X-1', true);
  // Alive again, but locked: the same words as before.
  expect(await signIns.withCode(codes.press, '', 'elsewhere', undefined)).toEqual({
    ok: false,
    reason: 'unknown-code',
  });
  clock.advance(signInLimits.byCode.windowMs);
  expect((await signIns.withCode(codes.press, '', 'elsewhere', undefined)).ok).toBe(true);

  const before = signIns.codesChecked;
  for (let i = 0; i < 5000; i += 1) await signIns.withCode(`WRONG-${i}`, '', `host-${i}`, undefined);
  expect(signIns.codesChecked - before).toBe(signInLimits.codeGlobal.points);
  clock.advance(signInLimits.codeGlobal.windowMs);
});

test('T22 P2 unknown, locked and wrong codes get one answer, after the same work', async () => {
  await switchCode(relay, demoOrganization, 'Compressor K-7', false);
  const client = new Client(relay.origin);
  const bodies = new Set<string>();
  for (const code of ['NO-SUCH-CODE', codes.compressor, 'PUMP-P101-DEM', '', '\u0000', 'ä'.repeat(100)]) {
    const response = await client.post('/api/code', { code });
    bodies.add(`${response.status} ${await response.text()}`);
    expect(response.headers.getSetCookie()).toEqual([]);
  }
  expect([...bodies]).toEqual(['401 {"code":"unknown-code"}']);
  // The same time means the same work: what is asked of the database and of the streams, and how often.
  const asked = [vi.spyOn(relay.storage.directory, 'accessCode'), vi.spyOn(relay.streams, 'organization')];
  const work = async (code: string): Promise<number[]> => {
    clock.advance(signInLimits.codeByAddress.windowMs);
    for (const one of asked) one.mockClear();
    const answer = await relay.signIns.withCode(code, '', 'one address', undefined);
    expect(answer).toEqual({ ok: false, reason: 'unknown-code' });
    return asked.map((one) => one.mock.calls.length);
  };
  expect(await work(codes.compressor)).toEqual([1, 1]);
  expect(await work('NO-SUCH')).toEqual([1, 1]);
  for (const one of asked) one.mockRestore();
  await switchCode(relay, demoOrganization, 'Compressor K-7', true);
});

test('T21 the eleventh wrong code within five minutes is told to wait, over HTTP', async () => {
  clock.advance(signInLimits.codeByAddress.windowMs);
  const client = new Client(relay.origin);
  const answers: string[] = [];
  for (let i = 0; i < 12; i += 1)
    answers.push(await codeOf(await client.post('/api/code', { code: `W-${i}` })));
  expect(answers.slice(0, 10).every((code) => code === 'unknown-code')).toBe(true);
  expect(answers.slice(10)).toEqual(['too-many-requests', 'too-many-requests']);
  // A forged forwarded address changes nothing where no proxy is trusted.
  const forged = await client.post('/api/code', { code: codes.pump }, { 'x-forwarded-for': '192.0.2.99' });
  expect(forged.status).toBe(429);
  clock.advance(signInLimits.codeByAddress.windowMs);
  expect((await client.post('/api/code', { code: ' pump p101-demo ' })).status).toBe(200);
});

test('P2 a wrong password and an unknown account get one answer, and an account cannot be tried for ever', async () => {
  const client = new Client(relay.origin);
  const wrong = await client.post('/api/sign-in', { email: emails.emil, password: 'no' });
  const unknown = await client.post('/api/sign-in', { email: 'x@y.example', password: 'no' });
  expect([wrong.status, await wrong.text()]).toEqual([unknown.status, await unknown.text()]);
  for (let i = 0; i < signInLimits.byAccount.points - 1; i += 1)
    await client.post('/api/sign-in', { email: emails.emil, password: 'no' });
  const right = { email: emails.emil, password: 'sightline-demo' };
  expect(await codeOf(await client.post('/api/sign-in', right))).toBe('too-many-requests');
  clock.advance(signInLimits.byAccount.windowMs);
  expect((await client.post('/api/sign-in', right)).status).toBe(200);
});

test('P1 the cookie cannot be read or sent across sites, and is Secure behind TLS', async () => {
  const client = new Client(relay.origin);
  const plain = await client.post('/api/code', { code: codes.pump });
  const [cookie] = plain.headers.getSetCookie();
  expect(cookie).toMatch(/^sightline=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
  const secure = await new Client(relay.origin).post(
    '/api/code',
    { code: codes.pump },
    { origin: relay.origin.replace('http:', 'https:'), 'x-forwarded-proto': 'https' },
  );
  expect(secure.headers.getSetCookie()[0]).toContain('; Secure');
});

test('P3 the same tablet stays the same code user, another device or person does not', async () => {
  const client = await Client.codeUser(relay, codes.pump, 'Paul');
  const first = (await client.me()).subject;
  await client.expectOk(client.post('/api/code', { code: codes.pump }));
  expect((await client.me()).subject).toEqual(first);
  await client.expectOk(client.post('/api/code', { code: codes.compressor }));
  expect((await client.me()).subject.id).not.toBe(first.id);
});

test('T2 P4 requests that change something need an allowed origin', async () => {
  const client = await Client.codeUser(relay, codes.pump);
  for (const origin of ['null', 'https://evil.example', relay.origin.replace('http:', 'https:'), '']) {
    for (const path of ['/api/code', '/api/socket-tickets', '/api/sign-out', '/api/uploads', '/api/none']) {
      const response = await client.post(path, {}, { origin });
      expect([response.status, await codeOf(response)], `${origin} ${path}`).toEqual([403, 'wrong-origin']);
    }
  }
  expect((await client.request('/api/me')).status).toBe(200);
});

test('P5 malformed and oversized bodies are answered 4xx with a reason', async () => {
  const client = await Client.codeUser(relay, codes.pump);
  const send = (body: string | Uint8Array<ArrayBuffer>) =>
    client.request('/api/socket-tickets', { method: 'POST', body });
  for (const body of [
    '',
    '{',
    '[]',
    'null',
    '{"purpose":"root"}',
    '{"purpose":"calls"}',
    new Uint8Array([255, 0]),
  ]) {
    const response = await send(body);
    expect([response.status, await codeOf(response)]).toEqual([400, 'malformed']);
  }
  const response = await send(JSON.stringify({ purpose: 'sync', more: 'x'.repeat(70_000) }));
  expect([response.status, await codeOf(response)]).toEqual([413, 'too-large']);
  expect(await codeOf(await client.request('/api/none'))).toBe('not-found');
});

test('B18 the OpenAPI document names exactly the routes that there are', async () => {
  const response = await new Client(relay.origin).request('/api/openapi.json');
  const document = v.parse(
    v.object({ openapi: v.string(), paths: v.record(v.string(), v.record(v.string(), v.unknown())) }),
    await response.json(),
  );
  expect(document.openapi).toBe('3.1.0');
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  const registered = relay.app.routes
    .filter(
      ({ path, method }) =>
        (path.startsWith('/api/') || path === '/healthz') && !(method === 'ALL' && path === '/api/*'),
    )
    .map(({ method, path }) => `${method} ${path}`);
  // Uploads take whatever method tus has and judge it themselves.
  const own = (list: string[]) => list.filter((one) => !one.includes('/api/uploads')).sort();
  expect(own(described)).toEqual(own([...new Set(registered)]));
  expect(registered).toContain('ALL /api/uploads');
  expect(described).toContain('POST /api/uploads');
});

test('B18 every described GET answers as its description says', async () => {
  const client = await Client.codeUser(relay, codes.pump);
  for (const path of ['/healthz', '/api/me', '/api/openapi.json'])
    expect((await client.request(path)).headers.get('content-type')).toContain('application/json');
  expect(await (await client.request('/healthz')).json()).toEqual({ status: 'ok' });
});

test('T53 T54 every answer carries the security headers', async () => {
  const client = new Client(relay.origin);
  const paths = [
    '/',
    '/sign-in',
    '/_app/immutable/a.js',
    '/nothing.js',
    '/healthz',
    '/api/me',
    '/api/none',
    '/api/uploads',
    '/api/blobs/x/y',
  ];
  for (const path of paths) {
    const { headers } = await client.request(path);
    expect(headers.get('content-security-policy'), path).toMatch(/frame-ancestors 'none'|sandbox/);
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
    expect(headers.get('permissions-policy'), path).toContain('camera=(self)');
  }
});

test('the app is served with its shell for every address, and nothing beside it', async () => {
  const client = new Client(relay.origin);
  for (const path of ['/', '/home', '/sessions/abc/call', '/c/PUMP-P101-DEMO']) {
    const response = await client.request(path);
    expect([response.status, response.headers.get('cache-control')], path).toEqual([200, 'no-cache']);
    expect(await response.text()).toContain('Shell');
  }
  const asset = await client.request('/_app/immutable/a.js', { headers: { 'accept-encoding': 'gzip' } });
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(asset.headers.get('content-encoding')).toBe('gzip');
  const etag = asset.headers.get('etag') ?? '';
  const again = await client.request('/_app/immutable/a.js', { headers: { 'if-none-match': etag } });
  expect(again.status).toBe(304);
  expect((await client.request('/service-worker.js')).headers.get('cache-control')).toBe('no-cache');
  for (const path of [
    '/_app/immutable/gone.js',
    '/.secret',
    '/%2e%2e%2fpackage.json',
    '/..%5cx',
    '/%00',
    '/%',
  ]) {
    const response = await client.request(path);
    expect([400, 404], path).toContain(response.status);
    expect(await response.text()).not.toContain('hidden');
  }
});

test('what the build has packed well goes out so, as long as it is of the file that is there', async () => {
  const file = join(appDir, '_app/immutable/b.js');
  writeFileSync(file, `export const b = "${'y'.repeat(4000)}";`);
  writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file)));
  const client = new Client(relay.origin);
  const get = async (accepted: string) => {
    const response = await client.request('/_app/immutable/b.js', {
      headers: { 'accept-encoding': accepted },
    });
    return [response.headers.get('content-encoding'), (await response.text()).slice(18, 20)];
  };
  expect(await get('gzip, deflate, br')).toEqual(['br', 'yy']);
  expect(await get('gzip')).toEqual(['gzip', 'yy']);
  expect(await get('identity')).toEqual([null, 'yy']);
  writeFileSync(file, `export const b = "${'z'.repeat(4000)}";`);
  utimesSync(file, new Date(), new Date(Date.now() + 60_000));
  expect(await get('gzip, deflate, br')).toEqual(['gzip', 'zz']);
});

test('P52 demo accounts are good only where the settings allow the demo', async () => {
  const dataDir = tempDir();
  const first = await startRelay({ dataDir });
  const client = await Client.employee(first, emails.erika);
  await first.stop();
  const real = await startRelay({ dataDir, demo: false });
  const later = new Client(real.origin);
  later.cookie = client.cookie;
  expect((await later.request('/api/me')).status).toBe(401);
  const body = { email: emails.erika, password: 'sightline-demo' };
  expect(await codeOf(await later.post('/api/sign-in', body))).toBe('wrong-credentials');
  expect(await codeOf(await later.post('/api/code', { code: codes.pump }))).toBe('unknown-code');
  await real.stop();
  rmSync(dataDir, { recursive: true });
});

test('T46 P53 no code, password, token or name is in the log', async () => {
  const client = await Client.codeUser(relay, codes.pump, 'Canary Nameson');
  await client.request(`/c/${codes.pump}?token=canary-query`);
  await client.ticket();
  const text = logged.join('\n');
  for (const canary of [codes.pump, 'Nameson', 'canary-query', 'sightline-demo', client.cookie.slice(10)])
    expect(text).not.toContain(canary);
});
