import { directorySchema } from '#domain/protocol/directory.ts';
import { invitationTokenSchema } from '#domain/protocol/http.ts';
import {
  acceptByPasskeySchema,
  addPasskeySchema,
  passkeyCreationSchema,
  passkeyOptionsSchema,
  passkeyRequestSchema,
  passkeySignInSchema,
  waysInSchema,
} from '#domain/protocol/passkeys.ts';
import type { EmployeeSubject } from '#domain/session/subject.ts';
import { askingPage, Passkeys, type PasskeyOwner } from '../people/passkeys.ts';
import type { SignedIn } from '../people/people-service.ts';
import { noPasswordHash, verifyPassword } from '../secrets.ts';
import { answer, done, refusal } from './answers.ts';
import { route, type ApiRoute } from './api-routes.ts';
import type { Invitations } from './invitations.ts';
import { WindowLimit } from './limits.ts';
import { clientAddress } from './request-facts.ts';
import type { BeginSignIn, RouteParts } from './route-parts.ts';

/** Signatures cannot be guessed; this only keeps the load down. */
const addressLimit = { points: 60, windowMs: 5 * 60_000 };
const passwordLimit = { points: 10, windowMs: 15 * 60_000 };

/** Passkeys beside passwords: signing in, joining, adding and taking away. */
export function passkeyRoutes(parts: RouteParts, invitations: Invitations, begin: BeginSignIn): ApiRoute[] {
  const { storage, streams, people, clock, trustProxy, log } = parts;
  const { directory } = storage;
  const passkeys = new Passkeys(directory, clock, log);
  const byAddress = new WindowLimit(clock, addressLimit);
  const byPerson = new WindowLimit(clock, passwordLimit);
  const pageOf = (request: Request) => askingPage(request.headers.get('origin'));

  const ownerOf = async (
    person: EmployeeSubject,
  ): Promise<{ owner: PasskeyOwner; named: string } | undefined> => {
    const organization = await streams.organization(person.organizationId);
    const employee = organization?.employees.find((one) => one.id === person.id);
    if (!organization || !employee) return undefined;
    const { id, name, email } = employee;
    return { owner: { id, organizationId: organization.id, name, email }, named: organization.name };
  };

  /** Whoever found a tab open must not make themselves a way in for ever. */
  const isConfirmed = async (signedIn: SignedIn, password: string | undefined): Promise<boolean> => {
    if (people.isFresh(signedIn)) return true;
    if (password === undefined) return false;
    const credential = await directory.credential(signedIn.person.id);
    return verifyPassword(password, credential?.passwordHash);
  };

  return [
    route({
      method: 'get',
      path: '/api/passkeys',
      summary: 'By what the employee can sign in.',
      response: { schema: waysInSchema, description: 'Whether by a password, and by which passkeys.' },
      errors: ['forbidden'],
      async handle({ signedIn }) {
        if (signedIn?.person.kind !== 'employee') return refusal('forbidden');
        const credential = await directory.credential(signedIn.person.id);
        const own = await directory.passkeysOf(signedIn.person.id);
        return answer({
          hasPassword: credential !== undefined && credential.passwordHash !== noPasswordHash,
          passkeys: own.map(({ id, name, createdAtMs, lastUsedAtMs }) => ({
            id,
            name,
            createdAtMs,
            ...(lastUsedAtMs === null ? {} : { lastUsedAtMs }),
          })),
        });
      },
    }),
    route({
      method: 'post',
      path: '/api/passkeys/options',
      summary: 'What a browser makes a passkey of the signed-in employee by; good once, for some minutes.',
      body: passkeyOptionsSchema,
      response: { schema: passkeyCreationSchema, description: 'Options of WebAuthn.' },
      errors: [
        'malformed',
        'wrong-origin',
        'forbidden',
        'confirm-identity',
        'passkey-unavailable',
        'too-many-requests',
      ],
      async handle({ request, body, signedIn }) {
        if (signedIn?.person.kind !== 'employee') return refusal('forbidden');
        const page = pageOf(request);
        if (!page) return refusal('passkey-unavailable');
        if (!byPerson.take(signedIn.person.id)) return refusal('too-many-requests');
        if (!(await isConfirmed(signedIn, body.password))) return refusal('confirm-identity');
        const who = await ownerOf(signedIn.person);
        if (!who) return refusal('forbidden');
        byPerson.giveBack(signedIn.person.id);
        const use = { for: 'add', signInId: signedIn.signInId } as const;
        return answer(await passkeys.creation(who.owner, who.named, use, page));
      },
    }),
    route({
      method: 'post',
      path: '/api/passkeys',
      summary: 'Adds a passkey that the browser has made.',
      body: addPasskeySchema,
      errors: [
        'malformed',
        'wrong-origin',
        'forbidden',
        'passkey-refused',
        'passkey-unavailable',
        'already-exists',
        'limit-reached',
      ],
      async handle({ request, body, signedIn }) {
        if (signedIn?.person.kind !== 'employee') return refusal('forbidden');
        const page = pageOf(request);
        if (!page) return refusal('passkey-unavailable');
        const use = { for: 'add', signInId: signedIn.signInId } as const;
        const made = await passkeys.made(signedIn.person, body.passkey, body.name, use, page);
        if (!made.ok) return refusal(made.reason);
        const kept = await passkeys.keep(made.value);
        return kept.ok ? done() : refusal(kept.reason);
      },
    }),
    route({
      method: 'delete',
      path: '/api/passkeys/{passkeyId}',
      summary: 'Takes a passkey away, and ends all other sign-ins of the person. The last way in stays.',
      errors: ['wrong-origin', 'forbidden', 'not-found', 'last-way-in'],
      async handle({ context, signedIn }) {
        if (signedIn?.person.kind !== 'employee') return refusal('forbidden');
        const { id: employeeId } = signedIn.person;
        const own = await directory.passkeysOf(employeeId);
        const passkey = own.find((one) => one.id === context.req.param('passkeyId'));
        if (!passkey) return refusal('not-found');
        const credential = await directory.credential(employeeId);
        const hasPassword = credential !== undefined && credential.passwordHash !== noPasswordHash;
        if (!hasPassword && own.length === 1) return refusal('last-way-in');
        await directory.removePasskey(passkey.id);
        await people.signOutEverywhere(employeeId, signedIn.signInId);
        return done();
      },
    }),
    route({
      method: 'post',
      path: '/api/passkeys/sign-in-options',
      summary: 'What a browser signs in by with a passkey; good once, for some minutes.',
      open: true,
      response: { schema: passkeyRequestSchema, description: 'Options of WebAuthn.' },
      errors: ['wrong-origin', 'passkey-unavailable', 'too-many-requests'],
      async handle({ context, request }) {
        if (!byAddress.take(clientAddress(context, trustProxy))) return refusal('too-many-requests');
        const page = pageOf(request);
        return page ? answer(await passkeys.request(page)) : refusal('passkey-unavailable');
      },
    }),
    route({
      method: 'post',
      path: '/api/passkeys/sign-in',
      summary: 'Signs an employee in by a passkey; sets the cookie.',
      open: true,
      body: passkeySignInSchema,
      response: { schema: directorySchema, description: 'Who is signed in, as /api/me.' },
      errors: ['malformed', 'wrong-origin', 'passkey-refused', 'passkey-unavailable', 'too-many-requests'],
      async handle({ context, request, body, signedIn }) {
        if (!byAddress.take(clientAddress(context, trustProxy))) return refusal('too-many-requests');
        const page = pageOf(request);
        if (!page) return refusal('passkey-unavailable');
        const used = await passkeys.used(body.passkey, page);
        if (!used.ok) return refusal(used.reason);
        const { employeeId, organizationId } = used.value;
        const organization = await streams.organization(organizationId);
        const employee = organization?.employees.find((one) => one.id === employeeId);
        if (employee?.state !== 'active' || !people.isOpen(organizationId)) return refusal('passkey-refused');
        return begin(request, { ok: true, value: await people.signInEmployee(employeeId) }, signedIn);
      },
    }),
    route({
      method: 'post',
      path: '/api/invitations/passkey-options',
      summary: 'What the browser of an invited employee makes a passkey by. Uses the invitation not up.',
      open: true,
      body: invitationTokenSchema,
      response: { schema: passkeyCreationSchema, description: 'Options of WebAuthn.' },
      errors: ['malformed', 'wrong-origin', 'link-invalid', 'passkey-unavailable', 'too-many-requests'],
      async handle({ context, request, body }) {
        if (!byAddress.take(clientAddress(context, trustProxy))) return refusal('too-many-requests');
        const page = pageOf(request);
        if (!page) return refusal('passkey-unavailable');
        const found = await invitations.find(body.token);
        if (!found) return refusal('link-invalid');
        const { invitation, organization, employee } = found;
        const owner = { ...employee, organizationId: organization.id };
        const use = { for: 'join', invitationId: invitation.id } as const;
        return answer(await passkeys.creation(owner, organization.name, use, page));
      },
    }),
    route({
      method: 'post',
      path: '/api/invitations/accept-passkey',
      summary:
        'Gives an invited employee a passkey instead of a password, once, and signs them in; sets the cookie.',
      open: true,
      body: acceptByPasskeySchema,
      response: { schema: directorySchema, description: 'Who is signed in, as /api/me.' },
      errors: [
        'malformed',
        'wrong-origin',
        'link-invalid',
        'passkey-refused',
        'passkey-unavailable',
        'too-many-requests',
      ],
      async handle({ context, request, body, signedIn }) {
        if (!byAddress.take(clientAddress(context, trustProxy))) return refusal('too-many-requests');
        const page = pageOf(request);
        if (!page) return refusal('passkey-unavailable');
        const found = await invitations.find(body.token);
        if (!found) return refusal('link-invalid');
        const { invitation, organization, employee } = found;
        const use = { for: 'join', invitationId: invitation.id } as const;
        const owner = { id: employee.id, organizationId: organization.id };
        const made = await passkeys.made(owner, body.passkey, body.name, use, page);
        if (!made.ok) return refusal(made.reason);
        // Somebody's passkey already, though the challenge was fresh: nobody's browser does that.
        if (await directory.passkey(made.value.credentialId)) return refusal('passkey-refused');
        const joined = await invitations.accept(invitation, { ownName: body.ownName, passkey: made.value });
        if (!joined) return refusal('link-invalid');
        return begin(request, { ok: true, value: joined }, signedIn);
      },
    }),
  ];
}
