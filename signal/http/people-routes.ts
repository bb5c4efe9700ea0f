import { randomBytes } from 'node:crypto';
import { accessCodePath, makeAccessCode, normalizeAccessCode } from '#domain/device/access-code.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import { isId, type DeviceId, type EmployeeId } from '#domain/ids.ts';
import { deviceOf, employeeOf, type Organization } from '#domain/organization/organization.ts';
import { organizationVerdict } from '#domain/organization/permissions.ts';
import { verifyChain } from '#domain/protocol/hash-chain.ts';
import {
  acceptInvitationSchema,
  chainVerdictSchema,
  changePasswordSchema,
  invitationSchema,
  invitationTokenSchema,
  madeCodeSchema,
  madeInvitationSchema,
  minPasswordLength,
} from '#domain/protocol/http.ts';
import { directorySchema } from '#domain/protocol/directory.ts';
import type { StreamId } from '#domain/protocol/streams.ts';
import { accessCodeHash } from '../people/access-code.ts';
import type { SignedIn } from '../people/people-service.ts';
import { hashPassword, newId, noPasswordHash, sha256Hex, verifyPassword } from '../secrets.ts';
import { rulesOf } from '../streams/stream-rules.ts';
import { answer, done, refusal } from './answers.ts';
import { route, type ApiRoute } from './api-routes.ts';
import type { Invitations } from './invitations.ts';
import { WindowLimit } from './limits.ts';
import { clientAddress, setCookie } from './request-facts.ts';
import type { BeginSignIn, RouteParts } from './route-parts.ts';

/** A token has 256 bits and cannot be guessed; this only keeps the load down. */
const invitationLimit = { points: 60, windowMs: 5 * 60_000 };
const passwordLimit = { points: 10, windowMs: 15 * 60_000 };

type Administered = { organization: Organization; signedIn: SignedIn };

/** Invitations, passwords, sign-outs, access codes: what comes with a secret and therefore not over the streams. */
export function peopleRoutes(parts: RouteParts, invitations: Invitations, begin: BeginSignIn): ApiRoute[] {
  const { storage, streams, people, clock, trustProxy } = parts;
  const { directory } = storage;
  const byAddress = new WindowLimit(clock, invitationLimit);
  const byPerson = new WindowLimit(clock, passwordLimit);

  /** The caller's organization, if the caller may do this to it. */
  const administer = async (
    signedIn: SignedIn | undefined,
    action: 'manageEmployees' | 'manageCodes',
  ): Promise<Administered | ErrorCode> => {
    if (!signedIn) return 'not-signed-in';
    const organization = await streams.organization(signedIn.person.organizationId);
    if (!organization) return 'not-found';
    const allowed = organizationVerdict(signedIn.person, action, organization);
    return allowed === true ? { organization, signedIn } : allowed;
  };

  return [
    route({
      method: 'post',
      path: '/api/employees/{employeeId}/invitation',
      summary: 'Makes the link by which an invited employee sets a password; earlier links of the same end.',
      response: { schema: madeInvitationSchema, description: 'The link, this one time.' },
      errors: ['wrong-origin', 'forbidden', 'not-found'],
      async handle({ context, signedIn }) {
        const may = await administer(signedIn, 'manageEmployees');
        if (typeof may === 'string') return refusal(may);
        const employee = employeeOf(may.organization, context.req.param('employeeId') ?? '');
        if (!employee || employee.state === 'deactivated') return refusal('not-found');
        return answer(await invitations.make(may.organization, employee));
      },
    }),
    route({
      method: 'post',
      path: '/api/invitations/look',
      summary: 'Whom an invitation is for. Uses nothing up.',
      open: true,
      body: invitationTokenSchema,
      response: { schema: invitationSchema, description: 'The organization and the person.' },
      errors: ['malformed', 'wrong-origin', 'link-invalid', 'too-many-requests'],
      async handle({ context, body }) {
        if (!byAddress.take(clientAddress(context, trustProxy))) return refusal('too-many-requests');
        const found = await invitations.find(body.token);
        if (!found) return refusal('link-invalid');
        const { organization, employee } = found;
        return answer({ organizationName: organization.name, name: employee.name, email: employee.email });
      },
    }),
    route({
      method: 'post',
      path: '/api/invitations/accept',
      summary:
        'Sets the password of an invited employee, once, and signs them in; sets the cookie. What opened the account before ends.',
      open: true,
      body: acceptInvitationSchema,
      response: { schema: directorySchema, description: 'Who is signed in, as /api/me.' },
      errors: ['malformed', 'wrong-origin', 'link-invalid', 'password-too-short', 'too-many-requests'],
      async handle({ context, request, body, signedIn }) {
        if (!byAddress.take(clientAddress(context, trustProxy))) return refusal('too-many-requests');
        if (body.password.length < minPasswordLength) return refusal('password-too-short');
        const found = await invitations.find(body.token);
        const joined = found && (await invitations.accept(found.invitation, body));
        if (!joined) return refusal('link-invalid');
        return begin(request, { ok: true, value: joined }, signedIn);
      },
    }),
    route({
      method: 'post',
      path: '/api/password',
      summary: 'Changes the own password, and ends all other sign-ins of the same person.',
      body: changePasswordSchema,
      errors: [
        'malformed',
        'wrong-origin',
        'forbidden',
        'wrong-credentials',
        'confirm-identity',
        'password-too-short',
        'too-many-requests',
      ],
      async handle({ body, signedIn }) {
        if (signedIn?.person.kind !== 'employee') return refusal('forbidden');
        const { id: employeeId, organizationId } = signedIn.person;
        if (!byPerson.take(employeeId)) return refusal('too-many-requests');
        if (body.password.length < minPasswordLength) return refusal('password-too-short');
        const credential = await directory.credential(employeeId);
        if (credential?.passwordHash === noPasswordHash) {
          // Came in by a passkey: there is no password to know.
          if (!people.isFresh(signedIn)) return refusal('confirm-identity');
        } else if (!(await verifyPassword(body.current, credential?.passwordHash)))
          return refusal('wrong-credentials');
        const passwordHash = await hashPassword(body.password);
        await directory.putCredential({ employeeId, organizationId, passwordHash });
        await people.signOutEverywhere(employeeId, signedIn.signInId);
        return done();
      },
    }),
    route({
      method: 'post',
      path: '/api/sign-out-everywhere',
      summary: 'Ends all sign-ins of the person, and every socket of them.',
      errors: ['wrong-origin'],
      async handle({ request, signedIn }) {
        if (signedIn) await people.signOutEverywhere(signedIn.person.id);
        return done({ 'set-cookie': setCookie(request, '', 0) });
      },
    }),
    route({
      method: 'post',
      path: '/api/employees/{employeeId}/sign-out',
      summary: 'Ends all sign-ins of an employee, for administrators.',
      errors: ['wrong-origin', 'forbidden', 'not-found'],
      async handle({ context, signedIn }) {
        const may = await administer(signedIn, 'manageEmployees');
        if (typeof may === 'string') return refusal(may);
        const employee = employeeOf(may.organization, context.req.param('employeeId') ?? '');
        if (!employee) return refusal('not-found');
        await people.signOutEverywhere(employee.id satisfies EmployeeId);
        return done();
      },
    }),
    route({
      method: 'post',
      path: '/api/devices/{deviceId}/code',
      summary:
        'Gives a device a new access code. The one before opens nothing any more, and what it opened ends.',
      response: { schema: madeCodeSchema, description: 'The code, this one time, for printing.' },
      errors: ['wrong-origin', 'forbidden', 'not-found'],
      async handle({ context, signedIn }) {
        const may = await administer(signedIn, 'manageCodes');
        if (typeof may === 'string') return refusal(may);
        const device = deviceOf(may.organization, context.req.param('deviceId') ?? '');
        if (!device) return refusal('not-found');
        const deviceId: DeviceId = device.id;
        const organizationId = may.organization.id;
        const code = makeAccessCode(randomBytes);
        const codeId = newId();
        const codeHash = accessCodeHash(storage.secretKey, normalizeAccessCode(code));
        // First where it is looked up, then that it is the one: a code without the second opens nothing.
        await directory.putAccessCode({ id: codeId, organizationId, deviceId, codeHash });
        const command = { type: 'service.rotate-code', deviceId, codeId } as const;
        const rotated = await streams.submit('organization', organizationId, command, may.signedIn.person);
        if (!rotated.ok) return refusal(rotated.reason);
        return answer({ code, codeId, path: accessCodePath(code) });
      },
    }),
    route({
      method: 'get',
      path: '/api/streams/{streamId}/chain',
      summary: 'Checks the chain of hashes over a stream as it is kept, for employees who see it.',
      response: { schema: chainVerdictSchema, description: 'Whether it holds, or where it does not.' },
      errors: ['not-found'],
      async handle({ context, signedIn }) {
        const id = context.req.param('streamId');
        const stream = isId(id) ? await streams.load(id as StreamId) : undefined;
        if (!stream || signedIn?.person.kind !== 'employee') return refusal('not-found');
        if (!rulesOf(stream.kind).visible(signedIn.person, stream.state)) return refusal('not-found');
        return answer(verifyChain(await storage.events.chain(id as StreamId), sha256Hex));
      },
    }),
  ];
}
