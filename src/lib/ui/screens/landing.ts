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

/** Where a person is sent who comes to a page that is not theirs; undefined where it is. */
export function detourFor(person: Person, path: string): string | undefined {
  if (isOpenPage(path)) return undefined;
  const ofTheMachine = path === '/home' || path === '/assistant' || path === '/sessions/request';
  switch (person.kind) {
    case 'guest': {
      const only = landingOf(person);
      return path === only || path.startsWith(`${only}/`) ? undefined : only;
    }
    case 'employee':
      return ofTheMachine ? landingOf(person) : undefined;
    case 'codeUser':
      return path === '/office' || path.startsWith('/office/') ? landingOf(person) : undefined;
  }
}

/** The token of a guest's link, from what stands behind its `#`. */
export function guestTokenOf(hash: string): string | undefined {
  return /^#([A-Za-z0-9_-]{43})$/.exec(hash)?.[1];
}

/** Pages that need nobody to be signed in. */
export function isOpenPage(path: string): boolean {
  return path === '/' || path === '/sign-in' || path === '/join' || /^\/c\//iu.test(path) || path === '/g';
}
