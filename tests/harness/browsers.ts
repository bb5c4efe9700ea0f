import { chromium, type Browser } from '@playwright/test';
import { chromiumFlags } from './chromium-flags.mjs';
import { findChromium, findFirefox, findTurnServer, inCi } from './programs.mjs';

export interface ChromiumOptions {
  /** A .y4m or .mjpeg file played as the camera; without it Chromium's own test picture. */
  readonly cameraFile?: string;
  readonly extraArgs?: readonly string[];
}

function required(name: string, path: string | undefined): string {
  if (path === undefined)
    throw new Error(`${name} is not installed on this machine; \`npm test\` tries to get it.`);
  return path;
}

function skipReason(name: string, path: string | undefined): string | undefined {
  return inCi || path !== undefined ? undefined : `${name} is not installed on this machine.`;
}

const chromiumFound = () => findChromium(() => chromium.executablePath());

/** @throws Error when there is none */
export const chromiumPath = (): string => required('Chromium', chromiumFound());
/** @throws Error when there is none */
export const firefoxPath = (): string => required('Firefox', findFirefox());
/** @throws Error when there is none */
export const turnServerPath = (): string => required('coturn', findTurnServer());

/** Why a test must skip; undefined when the program is there, and in CI, where it must be. */
export const chromiumSkipReason = (): string | undefined => skipReason('Chromium', chromiumFound());
export const firefoxSkipReason = (): string | undefined => skipReason('Firefox', findFirefox());
export const turnServerSkipReason = (): string | undefined => skipReason('coturn', findTurnServer());

/** Flags for a Chromium that stays off the network and grants a test camera and microphone. */
export function chromiumArgs({ cameraFile, extraArgs = [] }: ChromiumOptions = {}): string[] {
  return [
    ...chromiumFlags,
    ...(cameraFile ? [`--use-file-for-fake-video-capture=${cameraFile}`] : []),
    ...extraArgs,
  ];
}

/** A Chromium process of its own; the caller closes it. */
export function launchChromium(options: ChromiumOptions = {}): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: chromiumArgs(options) });
}
