import type { Ability, DeviceAbilities } from '#domain/session/channel.ts';

/** What this browser can do for a call, kept up to date while the component that reads it is there (F31). */
export function abilities(): { readonly now: DeviceAbilities; look(): void } {
  let now = $state.raw<DeviceAbilities>({ webRtc: hasWebRtc(), camera: 'unknown', microphone: 'unknown' });
  let stopped = false;
  const permissions: PermissionStatus[] = [];

  const look = (): void => {
    void read().then((found) => {
      if (!stopped) now = found;
    });
  };
  $effect(() => {
    stopped = false;
    look();
    navigator.mediaDevices?.addEventListener('devicechange', look);
    for (const name of ['camera', 'microphone'] as const) {
      void permissionOf(name).then((permission) => {
        if (!permission || stopped) return;
        permission.addEventListener('change', look);
        permissions.push(permission);
      });
    }
    return () => {
      stopped = true;
      navigator.mediaDevices?.removeEventListener('devicechange', look);
      for (const permission of permissions.splice(0)) permission.removeEventListener('change', look);
    };
  });
  return {
    get now() {
      return now;
    },
    look,
  };
}

// On an insecure origin there is no `mediaDevices`, whatever the types say.
const hasWebRtc = (): boolean =>
  typeof RTCPeerConnection !== 'undefined' && navigator.mediaDevices !== undefined;

async function read(): Promise<DeviceAbilities> {
  if (!hasWebRtc()) return { webRtc: false, camera: 'unknown', microphone: 'unknown' };
  const [camera, microphone, kinds] = await Promise.all([
    permissionOf('camera'),
    permissionOf('microphone'),
    kindsHere(),
  ]);
  return {
    webRtc: true,
    camera: abilityOf(camera, kinds, 'videoinput'),
    microphone: abilityOf(microphone, kinds, 'audioinput'),
  };
}

function abilityOf(
  permission: PermissionStatus | undefined,
  kinds: ReadonlySet<string> | undefined,
  kind: MediaDeviceKind,
): Ability {
  if (permission?.state === 'denied') return 'denied';
  if (kinds && !kinds.has(kind)) return 'missing';
  return permission?.state === 'granted' ? 'ready' : 'unknown';
}

/** Undefined where the browser does not say before it has asked. */
async function permissionOf(name: 'camera' | 'microphone'): Promise<PermissionStatus | undefined> {
  try {
    return await navigator.permissions.query({ name: name as PermissionName });
  } catch {
    // Some browsers know no such permission by name.
    return undefined;
  }
}

/** The kinds of devices that are connected; they are listed without permission, only unnamed. */
async function kindsHere(): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set((await navigator.mediaDevices.enumerateDevices()).map((device) => device.kind));
  } catch {
    // Forbidden by the page's policy: then nothing is known.
    return undefined;
  }
}
