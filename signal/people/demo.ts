import type { DeviceId, EmployeeId, OrganizationId, TicketId } from '#domain/ids.ts';
import type { Assistant } from '#domain/organization/assistant.ts';
import type { OrganizationEventBody } from '#domain/organization/events.ts';
import { defaultSettings } from '#domain/organization/settings.ts';
import { normalizeAccessCode } from '#domain/device/access-code.ts';
import type { StreamEvent, StreamId, StreamKind } from '#domain/protocol/streams.ts';
import {
  actorOf,
  isResponsible,
  type Actor,
  type EmployeeRole,
  type EmployeeSubject,
} from '#domain/session/subject.ts';
import type { TicketEventBody } from '#domain/ticket/events.ts';
import { hashPassword, newId } from '../secrets.ts';
import type { AppendEntry, NewEvent, RelayStorage, StreamEventBody } from '../storage/relay-storage.ts';
import { foldStream } from '../streams/stream-cache.ts';
import { rulesOf } from '../streams/stream-rules.ts';
import { accessCodeHash } from './access-code.ts';
import { demoAssistant } from './demo-assistant.ts';

/** The demo organizations have fixed ids, so that they can be told from real ones. */
const demoId = 'DemoServiceGmbH0000001' as OrganizationId;
const otherId = 'OtherServiceAG00000001' as OrganizationId;
export const demoOrganizationIds: ReadonlySet<string> = new Set([demoId, otherId]);

export const demoPassword = 'sightline-demo';

interface DemoDevice {
  name: string;
  location: string;
  code: string;
  ticket: { number: number; title: string; message: string };
}
interface DemoEmployee {
  name: string;
  email: string;
  role: EmployeeRole;
  /** Names of devices. */
  responsibleFor: string[];
}
interface DemoOrganization {
  id: OrganizationId;
  name: string;
  devices: DemoDevice[];
  employees: DemoEmployee[];
  assistant?: Assistant;
}

const demoOrganizations: readonly DemoOrganization[] = [
  {
    id: demoId,
    name: 'Demo Service GmbH',
    devices: [
      {
        name: 'Pump P-101',
        location: 'Hall 2, cooling circuit',
        code: 'PUMP-P101-DEMO',
        ticket: {
          number: 1042,
          title: 'Pump P-101 loses pressure',
          message: 'The pressure falls by half a bar within an hour. Please keep an eye on it.',
        },
      },
      {
        name: 'Compressor K-7',
        location: 'Hall 1, compressed air',
        code: 'COMP-K7-DEMO',
        ticket: {
          number: 1043,
          title: 'Compressor K-7 runs hot',
          message: 'Oil temperature is above 95 °C since this morning.',
        },
      },
    ],
    employees: [
      { name: 'Erika Expert', email: 'erika@demo.example', role: 'employee', responsibleFor: ['Pump P-101'] },
      {
        name: 'Emil Helfer',
        email: 'emil@demo.example',
        role: 'employee',
        responsibleFor: ['Compressor K-7'],
      },
      { name: 'Ada Admin', email: 'ada@demo.example', role: 'administrator', responsibleFor: [] },
    ],
    assistant: demoAssistant,
  },
  {
    id: otherId,
    name: 'Other Service AG',
    devices: [
      {
        name: 'Press X-1',
        location: 'Forming shop',
        code: 'PRESS-X1-DEMO',
        ticket: {
          number: 2001,
          title: 'Press X-1 stops in mid stroke',
          message: 'It stops at about 40 mm. A reset helps for some strokes.',
        },
      },
    ],
    employees: [
      { name: 'Otto Other', email: 'otto@other.example', role: 'employee', responsibleFor: ['Press X-1'] },
    ],
  },
];

/** Fills an empty store with the demo organizations: as events, as if people had done it. */
export async function makeDemo(storage: RelayStorage, nowMs: number): Promise<void> {
  for (const organization of demoOrganizations) await makeOrganization(storage, organization, nowMs);
}

async function makeOrganization(
  storage: RelayStorage,
  organization: DemoOrganization,
  nowMs: number,
): Promise<void> {
  const { directory, events } = storage;
  const organizationId = organization.id;
  const bodies: OrganizationEventBody[] = [
    { type: 'organization.founded', payload: { name: organization.name, settings: defaultSettings } },
  ];
  const deviceIds = new Map<string, DeviceId>();
  for (const { name, location, code } of organization.devices) {
    const deviceId = newId<DeviceId>();
    const codeId = newId();
    deviceIds.set(name, deviceId);
    const codeHash = accessCodeHash(storage.secretKey, normalizeAccessCode(code));
    await directory.putAccessCode({ id: codeId, organizationId, deviceId, codeHash });
    bodies.push(
      { type: 'device.added', payload: { deviceId, name, location } },
      { type: 'device.code-rotated', payload: { deviceId, codeId } },
    );
  }
  const people: EmployeeSubject[] = [];
  for (const { name, email, role, responsibleFor } of organization.employees) {
    const employeeId = newId<EmployeeId>();
    const own = responsibleFor.flatMap((device) => deviceIds.get(device) ?? []);
    people.push({ kind: 'employee', id: employeeId, organizationId, name, role, responsibleFor: own });
    const passwordHash = await hashPassword(demoPassword);
    await directory.putCredential({ employeeId, organizationId, passwordHash });
    bodies.push(
      { type: 'employee.invited', payload: { employeeId, name, email, role, responsibleFor: own } },
      { type: 'employee.joined', payload: { employeeId } },
    );
  }
  if (organization.assistant)
    bodies.push({ type: 'assistant.configured', payload: { assistant: organization.assistant } });
  const entries = [entryOf('organization', organizationId, { kind: 'relay' }, bodies, nowMs)];
  for (const { name, ticket } of organization.devices) {
    const id = deviceIds.get(name);
    const author = people.find((who) => id && isResponsible(who, id));
    if (!id || !author) continue;
    const opened: TicketEventBody[] = [
      {
        type: 'ticket.opened',
        payload: { organizationId, device: { id, name }, number: ticket.number, title: ticket.title },
      },
      { type: 'ticket.message', payload: { messageId: newId(), text: ticket.message } },
    ];
    entries.push(entryOf('ticket', newId<TicketId>(), actorOf(author), opened, nowMs));
  }
  const appended = await events.append(entries);
  if (!appended.ok) throw new Error('the demo does not fit into a store that is not empty');
}

/** A new stream as its events make it. */
function entryOf(
  kind: StreamKind,
  streamId: StreamId,
  actor: Actor,
  bodies: readonly StreamEventBody[],
  atMs: number,
): AppendEntry {
  const rules = rulesOf(kind);
  const events = bodies.map((body, at): NewEvent => ({ ...body, seq: at + 1, actor, atMs }));
  const folded = foldStream(events.map((event) => ({ ...event, streamId, position: 0 }) as StreamEvent));
  if (!folded) throw new Error('a stream without events');
  const { state } = folded;
  const items = bodies.flatMap((body) => rules.items(body, state));
  return { streamId, expectedSeq: 0, events, commands: [], items, index: rules.index(state) };
}

/** What `npm start` shows of the demo: addresses to try, one line each. */
export function demoLines(origin: string): string[] {
  return [
    `Demo employees (password of all: ${demoPassword})`,
    ...demoOrganizations.flatMap(({ name, employees }) =>
      employees.map((employee) => `  ${employee.email.padEnd(20)} ${employee.name}, ${name}`),
    ),
    'Demo machines (access code, address of the QR code)',
    ...demoOrganizations.flatMap(({ devices }) =>
      devices.map((device) => `  ${device.code.padEnd(20)} ${device.name}  ${origin}/c/${device.code}`),
    ),
  ];
}
