import type { ErrorCode } from '../error-codes.ts';
import type { DeviceId } from '../ids.ts';
import { freezeSettings } from '../organization/settings.ts';
import { ok, refuse } from '../result.ts';
import type { SessionCommand } from './commands.ts';
import { serviceProblem, type DecideContext, type Decision, type KnownDevice } from './decide-context.ts';
import { maxReasonLength } from './events.ts';
import { fullestMode } from './offered.ts';
import { openingVerdict, type Opening } from './permissions.ts';
import { isResponsible, type Person } from './subject.ts';
import { written } from '../visible-text.ts';

const openingOf = {
  'session.request': 'request',
  'session.create': 'create',
  'session.call-directly': 'callDirectly',
} as const satisfies Record<string, Opening>;

export type OpeningCommand = Extract<SessionCommand, { type: keyof typeof openingOf }>;

export function isOpening(command: { type: string }): command is OpeningCommand {
  return command.type in openingOf;
}

/** Judges what opens a session: a request, a creation, a direct call. */
export function decideOpening(command: OpeningCommand, context: DecideContext): Decision {
  const { subject } = context;
  const { payload } = command;
  if (subject.kind === 'relay' || subject.kind === 'guest') return refuse('forbidden');
  // A code user's machine comes from the code, never from what the client says.
  const deviceId = subject.kind === 'codeUser' ? subject.deviceId : payload.deviceId;
  if (!deviceId) return refuse('device-missing');
  if (payload.deviceId && payload.deviceId !== deviceId) return refuse('not-found');
  const device = context.device(deviceId);
  if (!device || device.organizationId !== subject.organizationId || !mayOpenFor(subject, device))
    return refuse('not-found');
  const wrong = openingProblem(command, context, deviceId);
  if (wrong) return refuse(wrong);
  const opened = {
    organizationId: subject.organizationId,
    device: { id: deviceId, name: device.name },
    reason: written(payload.reason),
    ticketIds: [...new Set(payload.ticketIds)],
    settings: freezeSettings(context.settings),
  };
  switch (command.type) {
    case 'session.request':
      return ok([{ type: 'session.requested', payload: { ...opened, receivedBy: device.responsible } }]);
    case 'session.create':
      return ok([{ type: 'session.created', payload: { ...opened, direct: false, receivedBy: [] } }]);
    case 'session.call-directly': {
      const { callId, mode } = command.payload;
      return ok([
        { type: 'session.created', payload: { ...opened, direct: true, receivedBy: device.responsible } },
        { type: 'call.started', payload: { callId, number: 1, mode } },
      ]);
    }
  }
}

function mayOpenFor(subject: Person, device: KnownDevice): boolean {
  return subject.kind !== 'employee' || subject.role !== 'employee' || isResponsible(subject, device.id);
}

function openingProblem(
  command: OpeningCommand,
  context: DecideContext,
  deviceId: DeviceId,
): ErrorCode | undefined {
  const allowed = openingVerdict(context.subject, openingOf[command.type], context.settings);
  if (allowed !== true) return allowed;
  const reason = written(command.payload.reason);
  if (command.type === 'session.request' && !reason) return 'reason-missing';
  if (reason.length > maxReasonLength) return 'reason-too-long';
  if (!command.payload.ticketIds.every((ticket) => context.ticketKnown(ticket, deviceId)))
    return 'ticket-unknown';
  switch (command.type) {
    case 'session.call-directly':
      return serviceProblem(context, deviceId, command.payload.mode);
    case 'session.request':
      // Nobody asks for what there is none of; who works here may still keep a record.
      return serviceProblem(context, deviceId, fullestMode(context.settings.services) ?? 'video');
    case 'session.create':
      return undefined;
  }
}
