import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RelayConfig } from './ports.ts';

/** Everything that a relay is started with. */
export interface RelaySettings extends RelayConfig {
  /** Folder of the built app; absent: the relay serves no app. */
  appDir: string | undefined;
  /** Folders of models' weights, the first that has a file counts. */
  modelsDirs: readonly string[];
  /** Whether the address in X-Forwarded-For is believed: only behind a proxy that sets it. */
  trustProxy: boolean;
  logLevel: string;
}

/** A setting of the environment that nobody can mean. The message is for whoever starts the relay. */
export class ConfigError extends Error {}

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether only this machine can reach what is bound to `host`. */
export function isLoopback(host: string): boolean {
  return loopback.has(host) || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Where the set-up puts the weights that come with the installation (prepare.mjs). */
const installedModels = fileURLToPath(new URL('../node_modules/.cache/sightline-models/', import.meta.url));

/** Settings where nothing is said. Port 0: any free one. */
export function defaultRelaySettings(): RelaySettings {
  return {
    host: '127.0.0.1',
    port: 8080,
    dataDir: resolve('data'),
    allowedOrigins: [],
    demo: true,
    turn: undefined,
    appDir: fileURLToPath(new URL('../build', import.meta.url)),
    modelsDirs: [installedModels],
    trustProxy: false,
    logLevel: 'info',
  };
}

/** Reads the settings from the environment. Throws ConfigError. */
export function readConfig(env: NodeJS.ProcessEnv): RelaySettings {
  const host = env.HOST || '127.0.0.1';
  return {
    ...defaultRelaySettings(),
    host,
    port: readPort(env.PORT),
    dataDir: resolve(env.DATA_DIR || 'data'),
    allowedOrigins: readOrigins(env.ALLOWED_ORIGINS),
    demo: env.DEMO === undefined || env.DEMO === '' ? isLoopback(host) : env.DEMO === '1',
    turn: readTurn(env.TURN_URL, env.TURN_SECRET),
    modelsDirs: env.MODELS_DIR ? [resolve(env.MODELS_DIR), installedModels] : [installedModels],
    trustProxy: env.TRUST_PROXY === '1',
    logLevel: readLevel(env.LOG_LEVEL),
  };
}

function readPort(text: string | undefined): number {
  if (!text) return 8080;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new ConfigError(`PORT must be a number from 0 to 65535, not '${text}'.`);
  return port;
}

function readOrigins(text: string | undefined): string[] {
  return list(text).map((entry) => {
    const url = URL.canParse(entry) ? new URL(entry) : undefined;
    if (!url || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/')
      throw new ConfigError(
        `ALLOWED_ORIGINS must list origins like https://help.example.com, not '${entry}'.`,
      );
    return url.origin;
  });
}

function readTurn(urls: string | undefined, secret: string | undefined): RelayConfig['turn'] {
  if (!urls && !secret) return undefined;
  if (!urls || !secret) throw new ConfigError('TURN_URL and TURN_SECRET belong together: one is missing.');
  const parsed = list(urls);
  const wrong = parsed.find((url) => !/^turns?:/.test(url));
  if (wrong !== undefined) throw new ConfigError(`TURN_URL must start with turn: or turns:, not '${wrong}'.`);
  return { urls: parsed, secret };
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

function readLevel(text: string | undefined): string {
  if (!text) return 'info';
  if (!levels.includes(text)) throw new ConfigError(`LOG_LEVEL must be one of ${levels.join(', ')}.`);
  return text;
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}
