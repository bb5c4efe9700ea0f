/** SHA-256 of a text's UTF-8 bytes; passed in, because the domain has no cryptography of its own. */
export type Sha256 = (text: string) => string;

/** What of an event is chained: everything but its place among all events of the relay. */
export interface ChainedFacts {
  streamId: string;
  seq: number;
  type: string;
  payload: unknown;
  actor: unknown;
  atMs: number;
  commandId?: string | undefined;
}

/** The hash of an event behind the one with the hash `previous`; '' before the first. */
export function chainHash(previous: string, facts: ChainedFacts, sha256: Sha256): string {
  const { streamId, seq, type, payload, actor, atMs, commandId = null } = facts;
  return sha256(`${previous}\n${canonical({ streamId, seq, type, payload, actor, atMs, commandId })}`);
}

export type ChainVerdict = { ok: true; head: string } | { ok: false; seq: number };

/** Checks a whole stream: nothing changed, nothing left out, nothing put between. Else where it first goes wrong. */
export function verifyChain(
  events: readonly (ChainedFacts & { hash: string })[],
  sha256: Sha256,
): ChainVerdict {
  let head = '';
  for (const [index, event] of events.entries()) {
    const hash = chainHash(head, event, sha256);
    if (event.seq !== index + 1 || event.hash !== hash) return { ok: false, seq: index + 1 };
    head = hash;
  }
  return { ok: true, head };
}

/** JSON with sorted keys: one text for one value, however it was put together. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`);
  return `{${fields.join(',')}}`;
}
