import type { EmployeeId } from '#domain/ids.ts';
import { responsibleEmployees, type Organization } from '#domain/organization/organization.ts';
import type { Directory } from '#domain/protocol/directory.ts';

type DeviceView = Directory['devices'][number];
export type EmployeeView = Directory['employees'][number];

/** P-9 before P-10. One for all comparisons: there may be thousands of devices. */
const byName = new Intl.Collator(undefined, { numeric: true });

/** A device as a list finds it; who answers for it is asked for when it is on the screen. */
export type DeviceItem = Omit<DeviceView, 'responsible'>;

/**
 * The devices that this person knows, by name. Administrators have the organization's own record: what they have just
 * done is in it, also without a link.
 */
export function devicesOf(directory: Directory, record: Organization | undefined): DeviceItem[] {
  return [...(record?.devices ?? directory.devices)].sort((a, b) => byName.compare(a.name, b.name));
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
    (a, b) => gone(a) - gone(b) || byName.compare(a.name, b.name),
  );
}

/** Those whose words begin with, or hold, every word that was typed. */
export function found<T>(items: readonly T[], words: string, textOf: (item: T) => string): readonly T[] {
  const wanted = fold(words).split(/\s+/u).filter(Boolean);
  if (wanted.length === 0) return items;
  return items.filter((item) => {
    const text = fold(textOf(item));
    return wanted.every((word) => text.includes(word));
  });
}

const fold = (words: string): string => words.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
