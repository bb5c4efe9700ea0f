import { describe, expect, test } from 'vitest';
import { defaultSettings } from '../organization/settings.ts';
import { people, pump, strangers } from '#harness/domain/sessions.ts';
import { parseDirectory } from './directory.ts';

const { opener, assigned, guest } = people;
const directory = (more: object = {}) => ({
  subject: opener,
  organization: { id: opener.organizationId, name: 'Ours', settings: defaultSettings },
  devices: [
    {
      id: pump,
      name: 'Pump P-101',
      location: 'Hall 2',
      responsible: [{ id: assigned.id, name: 'Erika' }],
      supportEnabled: true,
    },
  ],
  employees: [],
  tickets: [{ id: pump, number: 7, title: 'Leak', deviceId: pump, open: true }],
  customers: [],
  customerLinks: [],
  assistant: { enabled: false, steps: [] },
  accessCode: 'P1017F3K',
  ...more,
});

describe('GET /api/me', () => {
  test.each([
    ['code user', opener],
    ['employee', assigned],
    ['administrator', people.administrator],
    ['guest', guest],
    ['employee with single machines', strangers['employee of another machine']],
  ])('a directory of a %s, there and back', (_name, subject) => {
    const sent = directory({ subject });
    expect(parseDirectory(JSON.parse(JSON.stringify(sent)))).toEqual(sent);
  });

  test('what may be missing: location, access code, settings', () => {
    const sparse = directory({
      accessCode: undefined,
      devices: [{ id: pump, name: 'P', responsible: [] }],
      organization: { id: opener.organizationId, name: 'Ours', settings: {} },
    });
    const parsed = parseDirectory(sparse);
    expect(parsed.devices[0]?.location).toBe('');
    expect(parsed.organization.settings).toEqual(defaultSettings);
    expect(parsed.accessCode).toBeUndefined();
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'directory'],
    ['a list', []],
    ['the relay as a person', directory({ subject: { kind: 'relay' } })],
    ['a role that there is not', directory({ subject: { ...assigned, role: 'root' } })],
    ['no role', directory({ subject: { ...assigned, role: undefined } })],
    ['a code user without a machine', directory({ subject: { ...opener, deviceId: undefined } })],
    ['an id that is none', directory({ subject: { ...opener, id: 'me' } })],
    ['a name of 121 characters', directory({ subject: { ...opener, name: 'x'.repeat(121) } })],
    ['devices by name', directory({ devices: ['pump'] })],
    ['no tickets', directory({ tickets: undefined })],
  ])('%s is none', (_name, input) => {
    expect(() => parseDirectory(input)).toThrow();
  });
});
