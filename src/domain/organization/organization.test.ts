import { describe, expect, test } from 'vitest';
import { idOf, people, press, pump, relay, strangers } from '#harness/domain/sessions.ts';
import type { CodeUserId, DeviceId, EmployeeId } from '../ids.ts';
import { parseOrganizationCommand, type OrganizationCommandBody } from './commands.ts';
import { foldOrganization } from './fold.ts';
import { employeeOf, responsibleEmployees } from './organization.ts';
import { organizationActions, organizationPermissions, organizationVisible } from './permissions.ts';
import { customerId, newcomer, OrganizationStream } from '#harness/domain/organization.ts';

const { administrator, moderator, assigned, opener } = people;
const invite = (more: object = {}): OrganizationCommandBody => ({
  type: 'employee.invite',
  payload: {
    employeeId: newcomer,
    name: ' Nora ',
    email: 'Nora@Ours.example',
    role: 'employee',
    responsibleFor: [pump],
    ...more,
  },
});

/** One well-made command of every type. */
const every: Record<OrganizationCommandBody['type'], OrganizationCommandBody> = {
  'organization.change-settings': {
    type: 'organization.change-settings',
    payload: { changes: { allowRequests: false } },
  },
  'employee.invite': invite(),
  'employee.rename': { type: 'employee.rename', payload: { employeeId: assigned.id, name: 'E. Expert' } },
  'employee.set-role': { type: 'employee.set-role', payload: { employeeId: assigned.id, role: 'moderator' } },
  'employee.set-responsibilities': {
    type: 'employee.set-responsibilities',
    payload: { employeeId: assigned.id, responsibleFor: 'all' },
  },
  'employee.deactivate': { type: 'employee.deactivate', payload: { employeeId: assigned.id } },
  'employee.reactivate': { type: 'employee.reactivate', payload: { employeeId: assigned.id } },
  'device.add': {
    type: 'device.add',
    payload: { deviceId: idOf<DeviceId>('mill'), name: 'Mill', location: '' },
  },
  'device.rename': { type: 'device.rename', payload: { deviceId: pump, name: 'Pump 2', location: '' } },
  'device.set-responsible': { type: 'device.set-responsible', payload: { deviceId: pump, employeeIds: [] } },
  'device.revoke-code': { type: 'device.revoke-code', payload: { deviceId: pump } },
  'device.set-support': { type: 'device.set-support', payload: { deviceId: pump, enabled: false } },
  'customer.add': { type: 'customer.add', payload: { customerId, name: 'Acme', contact: '' } },
  'customer.change': { type: 'customer.change', payload: { customerId, name: 'Acme', contact: '' } },
  'customer.link': { type: 'customer.link', payload: { customerId, codeUserId: opener.id } },
  'customer.unlink': { type: 'customer.unlink', payload: { codeUserId: opener.id } },
  'assistant.configure': {
    type: 'assistant.configure',
    payload: { assistant: { enabled: false, steps: [] } },
  },
};

describe('who may', () => {
  test('T47 only an administrator changes settings, people, devices and codes; of another organization nobody', () => {
    for (const body of Object.values(every)) {
      const isCustomer = body.type.startsWith('customer.');
      for (const subject of [opener, people.guest, assigned, moderator]) {
        const answer = new OrganizationStream().answer(subject, body);
        if (isCustomer && subject.kind === 'employee') expect(answer, body.type).not.toBe('forbidden');
        else expect(answer, `${subject.kind} ${body.type}`).toBe('forbidden');
      }
      const other = strangers['administrator of another organization'];
      expect(new OrganizationStream().answer(other, body)).toBe('not-found');
    }
  });

  test('the table has a row for every action and the events go to administrators alone', () => {
    expect(Object.keys(organizationPermissions)).toEqual([...organizationActions]);
    const { current } = new OrganizationStream();
    const see = Object.values(people).filter((subject) => organizationVisible(subject, current));
    expect(see).toEqual([administrator]);
  });

  test('what the relay writes with a secret in its place cannot be proposed', () => {
    for (const type of ['service.rotate-code', 'service.join', 'organization.found']) {
      const body = {
        id: idOf('c'),
        streamId: administrator.organizationId,
        clientAtMs: 0,
        type,
        payload: {},
      };
      expect(() => parseOrganizationCommand(body)).toThrow();
    }
    const stream = new OrganizationStream();
    expect(stream.answer(administrator, { type: 'service.join', employeeId: assigned.id })).toBe('forbidden');
  });
});

describe('settings', () => {
  test('a change keeps what it does not name, and the same again is no event', () => {
    const stream = new OrganizationStream();
    const change = every['organization.change-settings'];
    expect(stream.answer(administrator, change)).toBe('ok organization.settings-changed');
    expect(stream.current.settings).toMatchObject({
      allowRequests: false,
      directCall: false,
      maxParticipants: 2,
    });
    expect(stream.answer(administrator, change)).toBe('ok');
  });

  test('T47 what is not in the schema is dropped, what is out of bounds is refused', () => {
    const envelope = { id: idOf('c'), streamId: administrator.organizationId, clientAtMs: 0 };
    const parse = (changes: object) =>
      parseOrganizationCommand({
        ...envelope,
        type: 'organization.change-settings',
        payload: { changes, name: 'Mine' },
        actor: { kind: 'relay' },
      });
    expect(parse({ allowRequests: false, role: 'administrator', __proto__: { a: 1 } })).toEqual({
      ...envelope,
      baseSeq: 0,
      type: 'organization.change-settings',
      payload: { changes: { allowRequests: false } },
    });
    expect(() => parse({ maxParticipants: 99 })).toThrow();
    const sneaky = {
      ...envelope,
      ...invite(),
      payload: { ...invite().payload, passwordHash: 'x', state: 'active' },
    };
    expect(parseOrganizationCommand(sneaky).payload).not.toHaveProperty('passwordHash');
    expect(parseOrganizationCommand(sneaky).payload).not.toHaveProperty('state');
  });
});

describe('people', () => {
  test('an invited employee joins once, with a name and an address that are tidied up', () => {
    const stream = new OrganizationStream();
    expect(stream.answer(administrator, invite())).toBe('ok employee.invited');
    expect(employeeOf(stream.current, newcomer)).toMatchObject({
      name: 'Nora',
      email: 'nora@ours.example',
      state: 'invited',
    });
    expect(stream.answer(administrator, invite({ employeeId: idOf<EmployeeId>('twin') }))).toBe(
      'already-exists',
    );
    expect(stream.answer(relay, { type: 'service.join', employeeId: newcomer })).toBe('ok employee.joined');
    expect(stream.answer(relay, { type: 'service.join', employeeId: newcomer })).toBe('ok');
    const bad = { name: '  ', email: 'no address', responsibleFor: [idOf<DeviceId>('foreign')] };
    const fresh = { employeeId: idOf<EmployeeId>('fresh'), email: 'f@ours.example' };
    expect(stream.answer(administrator, invite({ ...fresh, name: bad.name }))).toBe('name-missing');
    expect(stream.answer(administrator, invite({ ...fresh, email: bad.email }))).toBe('email-invalid');
    expect(stream.answer(administrator, invite({ ...fresh, responsibleFor: bad.responsibleFor }))).toBe(
      'not-found',
    );
    expect(stream.answer(administrator, invite({ ...fresh, name: 'x'.repeat(121) }))).toBe('text-too-long');
  });

  test('an organization keeps one administrator at least', () => {
    const stream = new OrganizationStream();
    const { id: employeeId } = administrator;
    const leave: OrganizationCommandBody = { type: 'employee.deactivate', payload: { employeeId } };
    const demote: OrganizationCommandBody = {
      type: 'employee.set-role',
      payload: { employeeId, role: 'employee' },
    };
    expect(stream.answer(administrator, leave)).toBe('last-administrator');
    expect(stream.answer(administrator, demote)).toBe('last-administrator');
    stream.run(administrator, {
      type: 'employee.set-role',
      payload: { employeeId: moderator.id, role: 'administrator' },
    });
    expect(stream.answer(administrator, demote)).toBe('ok employee.role-set');
  });

  test('who was deactivated answers for nothing and comes back only by a new link', () => {
    const stream = new OrganizationStream();
    stream.run(administrator, every['employee.deactivate']);
    expect(responsibleEmployees(stream.current, pump).map((who) => who.name)).toEqual(['rudi', 'ada']);
    stream.run(administrator, every['employee.reactivate']);
    expect(employeeOf(stream.current, assigned.id)?.state).toBe('invited');
  });

  test('F6 who answers for a device follows both ways of saying it, and whoever answers for all stays', () => {
    const stream = new OrganizationStream();
    const names = () => responsibleEmployees(stream.current, press).map((who) => who.name);
    expect(names()).toEqual(['rudi', 'ada']);
    stream.run(administrator, {
      type: 'device.set-responsible',
      payload: { deviceId: press, employeeIds: [assigned.id] },
    });
    expect(names()).toEqual(['erika', 'ada']);
    const before = employeeOf(stream.current, moderator.id)?.rightsSeq;
    stream.run(administrator, {
      type: 'employee.set-responsibilities',
      payload: { employeeId: assigned.id, responsibleFor: [pump, pump] },
    });
    expect(names()).toEqual(['ada']);
    expect(employeeOf(stream.current, assigned.id)).toMatchObject({
      responsibleFor: [pump],
      rightsSeq: stream.current.seq,
    });
    expect(employeeOf(stream.current, moderator.id)?.rightsSeq).toBe(before);
  });
});

describe('devices and customers', () => {
  test('T23 a code is rotated, used for the first time once, and revoked', () => {
    const stream = new OrganizationStream();
    const { deviceId, codeId } = { deviceId: pump, codeId: 'code-1' };
    expect(stream.answer(administrator, every['device.revoke-code'])).toBe('item-unknown');
    stream.run(administrator, { type: 'service.rotate-code', deviceId, codeId });
    const used = { type: 'service.code-used', deviceId, codeId, by: 'Paul' } as const;
    expect(stream.answer(relay, used)).toBe('ok device.code-first-used');
    expect(stream.answer(relay, used)).toBe('ok');
    expect(stream.answer(administrator, every['device.revoke-code'])).toBe('ok device.code-revoked');
    expect(stream.answer(relay, used)).toBe('stale');
    stream.run(administrator, { type: 'service.rotate-code', deviceId, codeId: 'code-2' });
    const [device] = stream.current.devices;
    expect(device?.code).toEqual({ id: 'code-2', state: 'active', sinceMs: 1000 });
    expect(JSON.stringify(stream.events)).not.toMatch(/hash|password|token/i);
  });

  test('F28 support for a device is switched off and on', () => {
    const stream = new OrganizationStream();
    expect(stream.answer(administrator, every['device.set-support'])).toBe('ok device.support-set');
    expect(stream.answer(administrator, every['device.set-support'])).toBe('ok');
    expect(stream.current.devices[0]?.supportEnabled).toBe(false);
  });

  test('F17 somebody who came in by a code is linked to a customer by an employee of that device', () => {
    const stream = new OrganizationStream();
    const stranger = { ...assigned, responsibleFor: [press] };
    stream.run(assigned, every['customer.add']);
    expect(stream.answer(stranger, every['customer.link'])).toBe('not-found');
    expect(stream.answer(assigned, every['customer.link'])).toBe('ok customer.linked');
    expect(stream.answer(assigned, every['customer.link'])).toBe('ok');
    expect(stream.current.customerLinks).toEqual([{ customerId, codeUserId: opener.id, deviceId: pump }]);
    const foreign = { customerId, codeUserId: idOf<CodeUserId>('foreign') };
    expect(stream.answer(assigned, { type: 'customer.link', payload: foreign })).toBe('not-found');
    expect(stream.answer(assigned, every['customer.unlink'])).toBe('ok customer.unlinked');
  });

  test('the assistant leads from step to step, and nowhere else', () => {
    const parse = (steps: object[], enabled = true) =>
      parseOrganizationCommand({
        id: idOf('c'),
        streamId: administrator.organizationId,
        clientAtMs: 0,
        type: 'assistant.configure',
        payload: { assistant: { enabled, steps } },
      });
    const start = { id: 'start', text: 'What is wrong?', answers: [{ label: 'It leaks', next: 'leak' }] };
    const leak = {
      id: 'leak',
      text: 'Close the valve.',
      actions: [{ label: 'Ask', action: 'request-session' }],
    };
    expect(parse([start, leak]).type).toBe('assistant.configure');
    expect(() => parse([start])).toThrow();
    expect(() => parse([leak, leak])).toThrow();
    expect(() => parse([])).toThrow();
    expect(parse([], false).type).toBe('assistant.configure');
  });
});

test('T55 a stream folds from its events alone, and not with a gap or a second founding', () => {
  const stream = new OrganizationStream();
  for (const body of Object.values(every)) stream.run(administrator, body);
  expect(foldOrganization(stream.events)).toEqual(stream.current);
  expect(() => foldOrganization(stream.events.filter((event) => event.seq !== 3))).toThrow();
  expect(() => foldOrganization([...stream.events.slice(0, 1), ...stream.events.slice(0, 1)])).toThrow();
});
