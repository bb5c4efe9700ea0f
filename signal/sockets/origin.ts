/** What decides from which pages the relay takes commands and sockets. */
export interface OriginFacts {
  /** The Origin header; browsers send it, and no page can change it. */
  origin: string | null | undefined;
  host: string | null | undefined;
  /** X-Forwarded-Proto of a proxy that speaks TLS for the relay. */
  forwardedProto: string | null | undefined;
}

/** The address by which the relay itself was reached. */
function ownOrigin(facts: Omit<OriginFacts, 'origin'>): string {
  const secure = facts.forwardedProto?.split(',')[0]?.trim() === 'https';
  return `${secure ? 'https' : 'http'}://${facts.host ?? ''}`.toLowerCase();
}

/** Whether a request comes from the relay's own pages or from an allowed origin. A missing origin is none. */
export function isAllowedOrigin(facts: OriginFacts, allowed: readonly string[]): boolean {
  const { origin } = facts;
  if (!origin || origin === 'null') return false;
  return origin === ownOrigin(facts) || allowed.includes(origin);
}
