import type { SessionId } from '#domain/ids.ts';
import type { Picture } from './pictures.ts';

export interface Answer {
  status: number;
  code: string | undefined;
  headers: Headers;
}

/** What an upload says of itself; each field can be made to lie. */
export interface Promised {
  sessionId: SessionId;
  itemId: string;
  kind?: string;
  sha256?: string;
  mediaType?: string;
}

/** Speaks the resumable upload protocol by hand, so that a test can break each rule of it. */
export class UploadClient {
  readonly #origin: string;
  readonly #cookie: string;

  /** `token` is the value of the sign-in's cookie. */
  constructor(origin: string, token: string) {
    this.#origin = origin;
    this.#cookie = `sightline=${token}`;
  }

  async send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: Buffer | ReadableStream,
  ): Promise<Answer> {
    const response = await fetch(new URL(path, this.#origin), {
      method,
      headers: {
        'tus-resumable': '1.0.0',
        cookie: this.#cookie,
        origin: this.#origin,
        ...headers,
      },
      body,
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    } as RequestInit);
    const text = await response.text();
    return { status: response.status, code: codeIn(text), headers: response.headers };
  }

  create(promised: Promised, picture: Picture, headers: Record<string, string> = {}): Promise<Answer> {
    const fields = {
      kind: 'screenshot',
      sha256: picture.meta.sha256,
      mediaType: picture.meta.mediaType,
      ...promised,
    };
    return this.send('POST', '/api/uploads', {
      'upload-length': String(picture.meta.bytes),
      'upload-metadata': Object.entries(fields)
        .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
        .join(','),
      ...headers,
    });
  }

  patch(path: string, offset: number, bytes: Buffer | ReadableStream): Promise<Answer> {
    const headers = { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' };
    return this.send('PATCH', path, headers, bytes);
  }

  head(path: string): Promise<Answer> {
    return this.send('HEAD', path, {});
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(new URL(path, this.#origin), { headers: { cookie: this.#cookie, ...headers } });
  }

  /** Creates and sends the whole; the answer to the last request. */
  async upload(promised: Promised, picture: Picture): Promise<Answer> {
    const created = await this.create(promised, picture);
    if (created.status !== 201) return created;
    return this.patch(created.headers.get('location') ?? '', 0, picture.bytes);
  }
}

function codeIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { code?: string }).code;
  } catch {
    return undefined;
  }
}
