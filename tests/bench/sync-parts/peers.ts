import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createServer, request, Agent, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { SessionCommand } from '#domain/session/commands.ts';

const batchOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

async function listening(listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : 0 };
}

async function bodyOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function call(
  port: number,
  agent: Agent,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: Buffer,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const length = body ? { 'content-length': String(body.length) } : {};
    const sent = request(
      { port, host: '127.0.0.1', agent, method, path, headers: { ...headers, ...length } },
      (response) => {
        bodyOf(response).then(resolve, reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The floor: 500 changes a request, gzip, one request after the other; kept on the disk before it is answered. */
export async function gzipServer(): Promise<{ port: number; close(): void }> {
  const file = await open(join(tmpdir(), `sightline-floor-${process.pid}`), 'w');
  const { server, port } = await listening((asked, answer) => {
    void bodyOf(asked).then(async (body) => {
      const changes = JSON.parse(gunzipSync(body).toString('utf8')) as { id: string }[];
      await file.appendFile(JSON.stringify(changes));
      await file.sync();
      answer.end(gzipSync(JSON.stringify(changes.map(({ id }, seq) => ({ id, seq })))));
    });
  });
  return {
    port,
    close: () => {
      server.close();
      void file.close();
    },
  };
}

export async function drainByGzip(port: number, changes: readonly SessionCommand[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  for (const batch of batchOf(changes, 500))
    await call(port, agent, 'POST', '/', headers, gzipSync(JSON.stringify(batch)));
  agent.destroy();
}

/**
 * What PouchDB sends to express-pouchdb for the same changes as documents, request by request, with bodies as long as
 * theirs: checked against pouchdb 9.0.0 and express-pouchdb 4.2.0, which need 4.94 MB for the 10,000 changes of seed 7.
 */
export async function couchServer(): Promise<{ port: number; close(): void }> {
  const { server, port } = await listening((asked, answer) => {
    void bodyOf(asked).then((body) => {
      answer.setHeader('X-Powered-By', 'Express');
      answer.setHeader('Cache-Control', 'must-revalidate');
      answer.setHeader('Content-Type', 'application/json; charset=utf-8');
      answer.setHeader('ETag', 'W/"1bd5-tsG5Yl2c3pFJd+6iSK0Gm3WiYTc"');
      if (asked.url?.endsWith('/_revs_diff')) {
        const wanted = JSON.parse(body.toString('utf8')) as Record<string, string[]>;
        const missing = Object.entries(wanted).map(([id, revs]) => [id, { missing: revs }]);
        answer.setHeader('Content-Encoding', 'gzip');
        answer.end(gzipSync(`${JSON.stringify(Object.fromEntries(missing))}\n`));
      } else if (asked.url?.endsWith('/_bulk_docs')) answer.end('[]\n');
      else answer.end(JSON.stringify({ ok: true, id: '_local/x', rev: '0-1' }));
    });
  });
  return { port, close: () => server.close() };
}

export async function drainLikePouch(port: number, changes: readonly SessionCommand[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'user-agent': 'node-fetch/1.0 (+https://github.com/bitinn/node-fetch)',
    'accept-encoding': 'gzip,deflate',
  };
  const local = '/target/_local/pWfQ4QXv4U8j2cFJ.XYlnw%3D%3D';
  const session = 'B0B5C46A-4F39-4B17-9E2E-9E6A1F7F0B5D';
  for (const [at, batch] of batchOf(changes, 100).entries()) {
    const docs = batch.map(({ id, ...rest }) => {
      const hash = createHash('md5').update(id).digest('hex');
      const _revisions = { start: 1, ids: [hash] };
      return { ...rest, _id: `c${id}`, _rev: `1-${hash}`, _revisions };
    });
    const post = (path: string, body: unknown): Promise<Buffer> =>
      call(port, agent, 'POST', `/target/${path}`, headers, Buffer.from(JSON.stringify(body)));
    await post('_revs_diff', Object.fromEntries(docs.map(({ _id, _rev }) => [_id, [_rev]])));
    await post('_bulk_docs', { docs, new_edits: false });
    await call(port, agent, 'GET', local, headers);
    const last_seq = (at + 1) * 100;
    const history = Array.from({ length: Math.min(at + 1, 5) }, () => ({ last_seq, session_id: session }));
    const checkpoint = {
      _id: local,
      history,
      replicator: 'pouchdb',
      session_id: session,
      version: 1,
      last_seq,
    };
    await call(port, agent, 'PUT', local, headers, Buffer.from(JSON.stringify(checkpoint)));
  }
  agent.destroy();
}
