import type { Directory } from '#domain/protocol/directory.ts';

type Devices = Directory['devices'];

export interface FirstUse {
  deviceId: string;
  deviceName: string;
  atMs: number;
  by: string;
}

/** The codes that were used for the first time between two looks at the same devices. A device that is new to the person tells nothing. */
export function firstUses(before: Devices, now: Devices): FirstUse[] {
  const known = new Map(before.map((device) => [device.id as string, device.code]));
  return now.flatMap(({ id, name, code }) => {
    if (code?.firstUsedAtMs === undefined || !known.has(id)) return [];
    const earlier = known.get(id);
    if (earlier?.id === code.id && earlier.firstUsedAtMs !== undefined) return [];
    return [{ deviceId: id, deviceName: name, atMs: code.firstUsedAtMs, by: code.firstUsedBy ?? '' }];
  });
}
