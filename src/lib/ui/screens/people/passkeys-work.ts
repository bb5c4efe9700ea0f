/** Whether this browser and address can have passkeys: they belong to a host's name, never to an address in figures. */
export function passkeysWork(): boolean {
  const { hostname } = location;
  const inFigures = /^[\d.]+$/.test(hostname) || hostname.startsWith('[');
  return 'PublicKeyCredential' in window && window.isSecureContext && !inFigures;
}

/** A name to begin with: what kind of device this is, as it says itself. */
export function deviceWord(userAgent: string): string {
  const known: [RegExp, string][] = [
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/Android/, 'Android'],
    [/Macintosh/, 'Mac'],
    [/Windows/, 'Windows'],
    [/CrOS/, 'Chromebook'],
    [/Linux/, 'Linux'],
  ];
  return known.find(([pattern]) => pattern.test(userAgent))?.[1] ?? '';
}
