/** The authorization table beside sessions: tickets, the organization, and every path of the HTTP API. */
import type { CodeUserId, EmployeeId, Id, ItemId, MessageId } from '#domain/ids.ts';
import type { OrganizationCommandBody, OrganizationCommandType } from '#domain/organization/commands.ts';
import type { AuthorizationLines } from '../harness/domain/authorization-table.ts';
import type { TicketCommandBody, TicketCommandType } from '#domain/ticket/commands.ts';
import { newId } from '../harness/relay-harness.ts';
import type { AuthorizationWorlds } from './authorization-kit.ts';

/*
 * A letter for every subject, in the order of the table: codeUser otherCodeUser foreignCodeUser guest assigned
 * responsible otherEmployee moderator administrator otherOrganization.
 */

/** At a ticket of the machine, by who answers for that. */
export const ticketTable: Record<TicketCommandType, string> = {
  'ticket.open': '++.-++.++.',
  'ticket.send': '++..++.++.',
  'ticket.send-file': '++..++.++.',
  'ticket.mark-delivered': '++..++.++.',
  'ticket.mark-read': '++..++.++.',
  'ticket.close': '--..++.++.',
  'ticket.reopen': '--..++.++.',
};

/** At the organization: settings, employees, devices, codes are the administrator's; customers everybody's who works here. */
export const organizationTable: Record<OrganizationCommandType, string> = {
  'organization.change-settings': '--------+.',
  'employee.invite': '--------+.',
  'employee.rename': '--------+.',
  'employee.set-role': '--------+.',
  'employee.set-responsibilities': '--------+.',
  'employee.deactivate': '--------+.',
  'employee.reactivate': '--------+.',
  'device.add': '--------+.',
  'device.rename': '--------+.',
  'device.set-responsible': '--------+.',
  'device.set-support': '--------+.',
  'device.revoke-code': '--------+.',
  'customer.add': '----+++++.',
  'customer.change': '----+++++.',
  /** Of a code user whom one may know of. */
  'customer.link': '----++.++.',
  'customer.unlink': '----++.++.',
  'assistant.configure': '--------+.',
};

/** Paths that are about one session: in the form of the session's table. */
export const sessionRoutes = {
  'post /api/sessions/{sessionId}/guest-link': [
    '------ ------ ...... ----.. ++++cc aaaaaa ...... ++++cc ++++cc ......',
    '...... ...... ...... ...... ++++cc aaaaaa ...... ++++cc ++++cc ......',
  ],
  'delete /api/sessions/{sessionId}/guest-link': [
    '------ ------ ...... ----.. ++++cc aaaaaa ...... ++++cc ++++cc ......',
    '...... ...... ...... ...... ++++cc aaaaaa ...... ++++cc ++++cc ......',
  ],
  /** For the sockets of its call: for those who are in it. */
  'post /api/socket-tickets': [
    'nn+oon nnnoon ...... nnno.. nn+oon aaaaaa ...... aaaaaa aaaaaa ......',
    '...... ...... ...... ...... nn+oon aaaaaa ...... aaaaaa aaaaaa ......',
  ],
  'get /api/streams/{streamId}/chain': [
    '...... ...... ...... ...... ++++++ ++++++ ...... ++++++ ++++++ ......',
    '...... ...... ...... ...... ++++++ ++++++ ...... ++++++ ++++++ ......',
  ],
  /**
   * As the command call.leave. Last, since it ends what the others are tried on: with code user and assigned employee
   * gone the call is over for whoever tries behind them.
   */
  'post /api/sessions/{sessionId}/call/leave': [
    'nn+oon nnnoon ...... nnno.. nn+oon nnooon ...... nnooon nnooon ......',
    '...... ...... ...... ...... nn+oon nnooon ...... nnooon nnooon ......',
  ],
} as const satisfies Record<string, AuthorizationLines>;

/** Of a session with a picture, in the states in which there can be one: all but REQUESTED. */
export const pictureRoutes = {
  'get /api/blobs/{sessionId}/{itemId}': [
    '++++++ ++++++ ...... ++++.. ++++++ ++++++ ...... ++++++ ++++++ ......',
    '...... ...... ...... ...... ++++++ ++++++ ...... ++++++ ++++++ ......',
  ],
  /** For whoever took the picture, here the code user, as long as they see the session: it was theirs before. */
  'post /api/uploads': [
    '++++++ ------ ...... ----.. ------ ------ ...... ------ ------ ......',
    '...... ...... ...... ...... ------ ------ ...... ------ ------ ......',
  ],
} as const satisfies Record<string, AuthorizationLines>;

/** Paths for who is signed in, of one upload of the code user, of the organization. */
export const otherRoutes = {
  'get /api/me': '++++++++++',
  'head /api/uploads/{uploadId}': '+.........',
  'patch /api/uploads/{uploadId}': '+.........',
  'delete /api/uploads/{uploadId}': '+.........',
  'post /api/employees/{employeeId}/invitation': '--------+.',
  'post /api/employees/{employeeId}/sign-out': '--------+.',
  'post /api/devices/{deviceId}/code': '--------+.',
  /** `*`: theirs to try; what was wrong is another matter. Only employees have passwords and passkeys. */
  'post /api/password': '----******',
  'get /api/passkeys': '----++++++',
  'post /api/passkeys/options': '----******',
  'post /api/passkeys': '----******',
  /** One that is nobody's. */
  'delete /api/passkeys/{passkeyId}': '----......',
  'post /api/sign-out-everywhere': '++++++++++',
} as const satisfies Record<string, string>;

/** Paths that ask nobody who they are; what opens them is proved elsewhere (T18, T21, T23, P1, B18). */
export const openRoutes = [
  'post /api/sign-in',
  'post /api/code',
  'post /api/sign-out',
  'post /api/guest',
  'post /api/invitations/look',
  'post /api/invitations/accept',
  'post /api/invitations/passkey-options',
  'post /api/invitations/accept-passkey',
  'post /api/passkeys/sign-in-options',
  'post /api/passkeys/sign-in',
  'get /healthz',
  'get /api/openapi.json',
] as const;

export function attemptTicket(type: TicketCommandType, worlds: AuthorizationWorlds): TicketCommandBody {
  const messageId = newId<MessageId>();
  switch (type) {
    case 'ticket.open':
      return { type, payload: { deviceId: worlds.deviceId, title: 'It leaks' } };
    case 'ticket.send':
      return { type, payload: { messageId, text: 'Hello' } };
    case 'ticket.send-file': {
      const sha256 = 'a'.repeat(64);
      const file = {
        itemId: newId<ItemId>(),
        name: 'a.txt',
        mediaType: 'text/plain' as const,
        bytes: 9,
        sha256,
      };
      return { type, payload: { messageId, text: '', file } };
    }
    case 'ticket.mark-delivered':
    case 'ticket.mark-read':
      return { type, payload: { messageId: trialMessageId } };
    case 'ticket.close':
      return { type, payload: { reason: '' } };
    case 'ticket.reopen':
      return { type, payload: {} };
  }
}

/** The message that stands in every ticket of a trial. */
export const trialMessageId = 'TheMessageOfTheTrial00' as MessageId;

/** Well made whoever sends it; where it is done it is undone by nothing that follows, or it is done to something fresh. */
export function attemptOrganization(
  type: OrganizationCommandType,
  worlds: AuthorizationWorlds,
  codeUserId: CodeUserId,
): OrganizationCommandBody {
  const fresh = <T extends Id<string>>(): T => newId<T>();
  const { deviceId, customerId } = worlds;
  const employeeId = worlds.persons.get('candidate')?.id as EmployeeId;
  switch (type) {
    case 'organization.change-settings':
      return { type, payload: { changes: { drawingLifetimeMs: 6000 } } };
    case 'employee.invite':
      return {
        type,
        payload: {
          employeeId: fresh(),
          name: 'New',
          email: `${fresh().toLowerCase()}@trial.example`,
          role: 'employee',
          responsibleFor: [],
        },
      };
    case 'employee.rename':
      return { type, payload: { employeeId, name: 'Renamed' } };
    case 'employee.set-role':
      return { type, payload: { employeeId, role: 'moderator' } };
    case 'employee.set-responsibilities':
      return { type, payload: { employeeId, responsibleFor: [] } };
    case 'employee.deactivate':
    case 'employee.reactivate':
      return { type, payload: { employeeId } };
    case 'device.add':
      return { type, payload: { deviceId: fresh(), name: 'Device', location: '' } };
    case 'device.rename':
      return { type, payload: { deviceId, name: 'Pump P-101', location: 'Hall 3' } };
    case 'device.set-responsible':
      return {
        type,
        payload: { deviceId, employeeIds: [worlds.persons.get('responsible')?.id as EmployeeId] },
      };
    case 'device.set-support':
      return { type, payload: { deviceId, enabled: true } };
    case 'device.revoke-code':
      return { type, payload: { deviceId: worlds.spareDeviceId } };
    case 'customer.add':
      return { type, payload: { customerId: fresh(), name: 'Somebody', contact: '' } };
    case 'customer.change':
      return { type, payload: { customerId, name: 'Customer', contact: 'there' } };
    case 'customer.link':
      return { type, payload: { customerId, codeUserId } };
    case 'customer.unlink':
      return { type, payload: { codeUserId } };
    case 'assistant.configure':
      return { type, payload: { assistant: { enabled: false, steps: [] } } };
  }
}
