import { compareNames, hasWord, searchable, searchWords } from '#domain/find-text.ts';
import type { EmployeeId } from '#domain/ids.ts';
import { responsibleEmployees, type Organization } from '#domain/organization/organization.ts';
import type { Directory } from '#domain/protocol/directory.ts';

type DeviceView = Directory['devices'][number];
export type EmployeeView = Directory['employees'][number];

/** A device as a list finds it; who answers for it is asked for when it is on the screen. */
export type DeviceItem = Omit<DeviceView, 'responsible'>;

/**
 * The devices that this person knows, by name. Administrators have the organization's own record: what they have just
 * done is in it, also without a link.
 */
export function devicesOf(directory: Directory, record: Organization | undefined): DeviceItem[] {
  return [...(record?.devices ?? directory.devices)].sort((a, b) => compareNames(a.name, b.name));
}

export function responsibleOf(
  directory: Directory,
  record: Organization | undefined,
  deviceId: string,
): { id: EmployeeId; name: string }[] {
  if (!record) return directory.devices.find((one) => one.id === deviceId)?.responsible ?? [];
  return responsibleEmployees(record, deviceId).map(({ id, name }) => ({ id: id as EmployeeId, name }));
}

/** The employees, by name; whoever was deactivated comes last. */
export function employeesOf(directory: Directory, record: Organization | undefined): EmployeeView[] {
  const gone = (one: EmployeeView): number => (one.state === 'deactivated' ? 1 : 0);
  return [...(record?.employees ?? directory.employees)].sort(
    (a, b) => gone(a) - gone(b) || compareNames(a.name, b.name),
  );
}

/** Those that have every word in them that was typed. */
export function found<T>(items: readonly T[], words: string, textOf: (item: T) => string): readonly T[] {
  const wanted = searchWords(words);
  if (wanted.length === 0) return items;
  return items.filter((item) => {
    const text = searchable([textOf(item)]);
    return wanted.every((word) => hasWord(text, word));
  });
}
