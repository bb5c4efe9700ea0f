import { normalizeAccessCode } from '#domain/protocol/http.ts';
import { defaultSettings } from '#domain/organization/settings.ts';
import type { DeviceId, OrganizationId } from '#domain/ids.ts';
import type { EmployeeRole } from '#domain/session/subject.ts';
import { hashPassword, newId } from '../secrets.ts';
import type { RelayStorage } from '../storage/relay-storage.ts';
import { accessCodeHash } from './access-code.ts';

/** The demo organizations have fixed ids, so that they can be told from real ones. */
const demoId = 'DemoServiceGmbH0000001' as OrganizationId;
const otherId = 'OtherServiceAG00000001' as OrganizationId;
export const demoOrganizationIds: ReadonlySet<string> = new Set([demoId, otherId]);

export const demoPassword = 'sightline-demo';

interface DemoDevice {
  name: string;
  location: string;
  code: string;
  ticket: { number: number; title: string };
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
}

export const demoOrganizations: readonly DemoOrganization[] = [
  {
    id: demoId,
    name: 'Demo Service GmbH',
    devices: [
      {
        name: 'Pump P-101',
        location: 'Hall 2, cooling circuit',
        code: 'PUMP-P101-DEMO',
        ticket: { number: 1042, title: 'Pump P-101 loses pressure' },
      },
      {
        name: 'Compressor K-7',
        location: 'Hall 1, compressed air',
        code: 'COMP-K7-DEMO',
        ticket: { number: 1043, title: 'Compressor K-7 runs hot' },
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
  },
  {
    id: otherId,
    name: 'Other Service AG',
    devices: [
      {
        name: 'Press X-1',
        location: 'Forming shop',
        code: 'PRESS-X1-DEMO',
        ticket: { number: 2001, title: 'Press X-1 stops in mid stroke' },
      },
    ],
    employees: [
      { name: 'Otto Other', email: 'otto@other.example', role: 'employee', responsibleFor: ['Press X-1'] },
    ],
  },
];

/** Fills an empty store with the demo organizations. */
export async function makeDemo(storage: RelayStorage): Promise<void> {
  for (const organization of demoOrganizations) await makeOrganization(storage, organization);
}

async function makeOrganization(storage: RelayStorage, organization: DemoOrganization): Promise<void> {
  const { directory } = storage;
  const organizationId = organization.id;
  await directory.putOrganization({
    id: organizationId,
    name: organization.name,
    settings: defaultSettings,
  });
  const deviceIds = new Map<string, DeviceId>();
  for (const { name, location, code, ticket } of organization.devices) {
    const deviceId = newId<DeviceId>();
    deviceIds.set(name, deviceId);
    await directory.putDevice({
      id: deviceId,
      organizationId,
      name,
      location,
      codeHash: accessCodeHash(storage.secretKey, normalizeAccessCode(code)),
      codeEnabled: true,
    });
    await directory.putTicket({ id: newId(), organizationId, deviceId, ...ticket, open: true });
  }
  for (const { name, email, role, responsibleFor } of organization.employees) {
    await directory.putEmployee({
      id: newId(),
      organizationId,
      name,
      email,
      role,
      passwordHash: await hashPassword(demoPassword),
      responsibleFor: responsibleFor.flatMap((device) => deviceIds.get(device) ?? []),
      rightsRevision: 0,
    });
  }
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
