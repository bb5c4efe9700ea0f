import { posix } from 'node:path';
import { readImports, resolveImport } from './read-imports.ts';

/** Layers by folder, the longest match first. */
const layerFolders = {
  'src/domain': 'domain',
  'src/lib/annotation': 'annotation',
  'src/lib/documents': 'documents',
  'src/lib/call-features': 'call-features',
  'src/lib/call': 'call',
  'src/lib/vision': 'vision',
  'src/lib/recording': 'recording',
  'src/lib/storage': 'storage',
  'src/lib/sync': 'sync',
  'src/lib/state': 'state',
  'src/lib/ui': 'ui',
  'src/lib/app': 'app',
  'src/lib/i18n': 'i18n',
  'src/routes': 'routes',
  'src/service-worker': 'service-worker',
  signal: 'signal',
} as const;

export type Layer = (typeof layerFolders)[keyof typeof layerFolders];

const parts = ['annotation', 'documents', 'call', 'vision', 'recording', 'storage'] as const;
const everything: readonly Layer[] = Object.values(layerFolders).filter((layer) => layer !== 'signal');

/** ARCHITECTURE.md, "Who may import whom". */
const mayImport: Readonly<Record<Layer, readonly Layer[]>> = {
  domain: [],
  annotation: ['domain', 'i18n'],
  documents: ['domain'],
  call: ['domain'],
  vision: ['domain'],
  recording: ['domain'],
  storage: ['domain'],
  sync: ['domain', 'storage', 'documents'],
  state: ['domain', 'i18n'],
  ui: ['domain', 'state', 'annotation', 'i18n'],
  'call-features': ['domain', 'annotation', 'state', 'ui', 'i18n'],
  app: everything,
  i18n: [],
  routes: ['app', 'state', 'ui', 'i18n'],
  'service-worker': ['domain'],
  signal: ['domain'],
};

/** State knows the shapes of these layers, and gets what has them handed in. */
const typesOnly: Readonly<Partial<Record<Layer, readonly Layer[]>>> = { state: [...parts, 'sync'] };

/** Implementations, and who alone may name them from outside of their folder. */
const implementations: readonly { readonly inside: RegExp; readonly onlyFrom: RegExp }[] = [
  { inside: /^src\/lib\/[^/]+\/(adapters|providers)\//, onlyFrom: /^src\/lib\/app\// },
  { inside: /^src\/lib\/storage\/(dexie|memory|open)-/, onlyFrom: /^src\/lib\/(app|storage)\// },
  { inside: /^src\/lib\/sync\/tus-/, onlyFrom: /^src\/lib\/(app|sync)\// },
  { inside: /^signal\/storage\/(sqlite|postgres)\//, onlyFrom: /^signal\/(create-relay|main)\.ts$/ },
];

/** Where each package may be imported; a package that stands nowhere here may be imported nowhere. */
const packageHomes: readonly (readonly [packages: RegExp, homes: RegExp])[] = [
  [/^valibot$/, /^(src|signal)\//],
  [/^(yjs|y-protocols|lib0)$/, /^(src\/lib\/documents|signal\/documents)\//],
  [/^(y-indexeddb|y-webrtc|simple-peer|@hocuspocus\/provider)$/, /^src\/lib\/documents\//],
  [/^peerjs$/, /^src\/lib\/call\/adapters\/peerjs\//],
  [/^(@tensorflow\/|@tensorflow-models\/)/, /^src\/lib\/vision\/suggest\/coco\//],
  [/^onnxruntime-web(\/|$)/, /^src\/lib\/vision\/nano\//],
  [/^comlink$/, /^src\/lib\/(vision|recording|app)\//],
  [/^mediabunny$/, /^src\/lib\/recording\//],
  [/^dexie$/, /^src\/lib\/storage\//],
  [/^perfect-freehand$/, /^src\/lib\/annotation\//],
  [/^(tus-js-client|@simplewebauthn\/browser)$/, /^src\/lib\/sync\//],
  [/^(svelte|@sveltejs\/kit|\$app|\$env)$/, /^src\/(lib\/(state|ui|app|i18n|call-features)|routes)\//],
  [
    // Tools and features bring their own icons.
    /^@lucide\/svelte$/,
    /^src\/(lib\/(ui|call-features|annotation|state\/call)|routes)\//,
  ],
  [/^(bits-ui|svelte-sonner|virtua|open-props|uqr|barcode-detector)$/, /^src\/(lib\/ui|routes)\//],
  [/^(\$service-worker|workbox-[a-z-]+)$/, /^src\/(service-worker|lib\/app\/)/],
  [/^(node:|pino)$/, /^signal\//],
  [
    /^(hono|@hono\/node-server|ws|rate-limiter-flexible|prom-client|jose|@simplewebauthn\/server)$/,
    /^signal\//,
  ],
  [/^(kysely|better-sqlite3|pg)$/, /^signal\/storage\//],
  [/^peer$/, /^signal\/calls\//],
  [/^@hocuspocus\/(server|extension-.*)$/, /^signal\/documents\//],
  [/^@tus\//, /^signal\/blobs\//],
  [/^(web-push|nodemailer)$/, /^signal\/push\//],
];

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
  readonly why: string;
}

/** @param path a file or folder from the project's root */
export function layerOf(path: string): Layer | undefined {
  for (const [folder, layer] of Object.entries(layerFolders)) {
    if (path === folder || path.startsWith(`${folder}/`) || path.startsWith(`${folder}.`)) return layer;
  }
  return undefined;
}

/** Tests, and what only tests use, may reach where the code beside them may not. */
export const isTestCode = (path: string): boolean =>
  /\.(test|contract)\.ts$|^tests\/|\/testing\/|\/test-[^/]+\.ts$/.test(path);

function judgePackage(from: string, name: string): string | undefined {
  const home = packageHomes.find(([packages]) => packages.test(name));
  if (!home) return `the package ${name} has no home in tests/architecture/import-rules.ts`;
  return home[1].test(from) ? undefined : `the package ${name} belongs to ${home[1].source}`;
}

function judgeImplementation(from: string, to: string): string | undefined {
  for (const { inside, onlyFrom } of implementations) {
    const folder = inside.exec(to)?.[0];
    if (folder === undefined || onlyFrom.test(from) || from.startsWith(posix.dirname(`${folder}x`))) continue;
    return `${to} is an implementation, chosen in ${onlyFrom.source} alone`;
  }
  return undefined;
}

function judgeFile(from: string, to: string, typeOnly: boolean): string | undefined {
  const own = layerOf(from);
  const other = layerOf(to);
  if (own === undefined) return `${from} belongs to no layer`;
  if (other === undefined) {
    const generated = own === 'routes' && posix.basename(to) === '$types';
    return generated || /\.css$/.test(to) ? undefined : `${to} belongs to no layer`;
  }
  if (isTestCode(to)) return `${to} is for tests`;
  if (own !== other && !mayImport[own].includes(other)) {
    if (!typesOnly[own]?.includes(other)) return `${own} may not import ${other}`;
    if (!typeOnly) return `${own} may import types alone from ${other}`;
  }
  return judgeImplementation(from, to);
}

/** @param file path from the project's root, with forward slashes */
export function checkImports(file: string, text: string): Violation[] {
  return readImports(file, text).flatMap(({ specifier, typeOnly, line }) => {
    if (specifier === undefined) {
      return [{ file, line, specifier: '(computed)', why: 'an import must be written out to be checked' }];
    }
    if (/^(https?:)?\/\//.test(specifier))
      return [{ file, line, specifier, why: 'nothing comes from another host' }];
    const target = resolveImport(file, specifier);
    const why =
      target.kind === 'package' ? judgePackage(file, target.name) : judgeFile(file, target.path, typeOnly);
    return why === undefined ? [] : [{ file, line, specifier, why }];
  });
}
