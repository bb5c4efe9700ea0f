import type { Person } from '#domain/session/subject.ts';

/** Where a person's work begins. */
export function landingOf(person: Person): string {
  switch (person.kind) {
    case 'employee':
      return '/office/sessions';
    case 'guest':
      return `/sessions/${person.sessionId}`;
    case 'codeUser':
      return '/home';
  }
}

/** The address asked for before signing in: only a path of this app is followed. */
export function nextOf(url: URL): string | undefined {
  const next = url.searchParams.get('next');
  return next && /^\/(?![/\\])/.test(next) ? next : undefined;
}

/** Pages that need nobody to be signed in. */
export function isOpenPage(path: string): boolean {
  return path === '/' || path === '/sign-in' || path.startsWith('/c/') || path === '/g';
}
