/** A small organization for the tests of the domain. Not part of the product. */
import type { CommandId, CustomerId, EmployeeId } from '#domain/ids.ts';
import type { Subject } from '#domain/session/subject.ts';
import { idOf, people, press, pump } from './sessions.ts';
import type { OrganizationCommandBody, OrganizationServiceCommand } from '#domain/organization/commands.ts';
import { decideOrganization, type OrganizationDecision } from '#domain/organization/decide.ts';
import type { OrganizationEvent, OrganizationEventBody } from '#domain/organization/events.ts';
import { applyOrganizationEvent } from '#domain/organization/fold.ts';
import type { Organization } from '#domain/organization/organization.ts';
import { defaultSettings } from '#domain/organization/settings.ts';
import { actorOf } from '#domain/session/subject.ts';

export const organizationId = people.administrator.organizationId;
export const customerId = idOf<CustomerId>('customer');
export const newcomer = idOf<EmployeeId>('newcomer');

/** An organization's stream as a relay keeps it. Founded with the people and devices of the sessions' tests. */
export class OrganizationStream {
  readonly events: OrganizationEvent[] = [];
  organization: Organization | undefined;
  nowMs = 1000;

  constructor() {
    this.append({ kind: 'relay' }, [
      { type: 'organization.founded', payload: { name: 'Ours', settings: defaultSettings } },
      { type: 'device.added', payload: { deviceId: pump, name: 'Pump', location: 'Hall 1' } },
      { type: 'device.added', payload: { deviceId: press, name: 'Press', location: '' } },
      ...[people.assigned, people.responsible, people.moderator, people.administrator].flatMap(
        ({ id: employeeId, name, role, responsibleFor }): OrganizationEventBody[] => [
          {
            type: 'employee.invited',
            payload: { employeeId, name, email: `${name}@ours.example`, role, responsibleFor },
          },
          { type: 'employee.joined', payload: { employeeId } },
        ],
      ),
    ]);
  }

  get current(): Organization {
    if (!this.organization) throw new Error('not founded');
    return this.organization;
  }

  append(subject: Subject, bodies: OrganizationEventBody[]): void {
    for (const body of bodies) {
      const event: OrganizationEvent = {
        ...body,
        streamId: organizationId,
        seq: this.events.length + 1,
        position: this.events.length + 1,
        actor: actorOf(subject),
        atMs: this.nowMs,
      };
      this.organization = applyOrganizationEvent(this.organization, event);
      this.events.push(event);
    }
  }

  run(subject: Subject, body: OrganizationCommandBody | OrganizationServiceCommand): OrganizationDecision {
    const command =
      'payload' in body
        ? { id: idOf<CommandId>('command'), streamId: organizationId, baseSeq: 0, clientAtMs: 0, ...body }
        : body;
    const decision = decideOrganization(this.organization, command, {
      subject,
      codeUserDevice: (id) => (id === people.opener.id ? pump : undefined),
    });
    if (decision.ok) this.append(subject, decision.value);
    return decision;
  }

  /** 'ok' with the types of the events, or the reason. */
  answer(subject: Subject, body: OrganizationCommandBody | OrganizationServiceCommand): string {
    const decision = this.run(subject, body);
    return decision.ok ? ['ok', ...decision.value.map((one) => one.type)].join(' ') : decision.reason;
  }
}
