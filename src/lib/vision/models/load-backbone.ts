import type { Result } from '#domain/result.ts';
import { Backbone } from '../deep/backbone.ts';
import { cropSide } from '../filter/appearance-filter.ts';
import type { ModelRefusal } from '../object-tracker.ts';

const file = 'backbone.f32';
/** The same as in fetch-models.mjs. */
const hash = 'c5094a1a81dcc4596a4f478797d73736a1fa0ff45065357f005f1334d42ed7d7';

/**
 * The detector's first layers from this installation's own models folder.
 * @param modelsUrl ends with a slash
 */
export async function loadBackbone(modelsUrl: string): Promise<Result<Backbone, ModelRefusal>> {
  const bytes = await readBytes(new URL(file, modelsUrl));
  if (!bytes) return { ok: false, reason: 'missing' };
  if ((await sha256(bytes)) !== hash) return { ok: false, reason: 'wrong-hash' };
  const backbone = Backbone.create(new Float32Array(bytes), cropSide);
  return backbone ? { ok: true, value: backbone } : { ok: false, reason: 'unsupported' };
}

async function readBytes(url: URL): Promise<ArrayBuffer | undefined> {
  try {
    const response = await fetch(url);
    return response.ok ? await response.arrayBuffer() : undefined;
  } catch (error) {
    // No network and not in the cache.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
