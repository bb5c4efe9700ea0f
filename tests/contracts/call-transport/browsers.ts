import { existsSync } from 'node:fs';

/** Where Chromium is: what the environment names, what the system has, else playwright's own. */
export function chromiumPath(): string | undefined {
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return [process.env.CHROMIUM_PATH, ...known].find((path) => path !== undefined && existsSync(path));
}

export function firefoxPath(): string | undefined {
  const known = ['/usr/bin/firefox-esr', '/usr/bin/firefox'];
  return [process.env.FIREFOX_PATH, ...known].find((path) => path !== undefined && existsSync(path));
}

export const chromiumFlags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];

/** Firefox with a made-up camera and microphone, and connections over loopback. */
export const firefoxPreferences = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
};
