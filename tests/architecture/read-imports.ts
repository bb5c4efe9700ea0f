import { posix } from 'node:path';
import ts from 'typescript';

export interface FoundImport {
  /** As written; undefined when it is computed and so cannot be checked. */
  readonly specifier: string | undefined;
  readonly typeOnly: boolean;
  /** Line in the file, from 1. */
  readonly line: number;
}

const scriptBlocks = /<script\b[^>]*>([\s\S]*?)<\/script>/g;
const codeFile = /\.([cm]?[jt]s|svelte|wasm)([?#].*)?$/;
const markupImport = /\bimport\(\s*(['"])([^'"]+)\1\s*\)/g;

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) {
    if (node.isTypeOnly) return true;
    const named =
      node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : undefined;
    return named !== undefined && named.length > 0 && named.every((element) => element.isTypeOnly);
  }
  const clause = node.importClause;
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name || !bindings || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

const isImportMeta = (node: ts.Node, property: string): boolean =>
  ts.isPropertyAccessExpression(node) && ts.isMetaProperty(node.expression) && node.name.text === property;

function literal(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** The expressions that name another module: static, dynamic, glob, require, `new URL(…, import.meta.url)`, types. */
function specifiersOf(node: ts.Node): { specifiers: (string | undefined)[]; typeOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node)) {
    return { specifiers: [literal(node.moduleSpecifier)], typeOnly: isTypeOnly(node) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { specifiers: [literal(node.moduleSpecifier)], typeOnly: isTypeOnly(node) };
  }
  if (ts.isImportTypeNode(node)) {
    const name = ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : undefined;
    return { specifiers: [name], typeOnly: true };
  }
  if (ts.isCallExpression(node)) {
    const [first] = node.arguments;
    const loads =
      node.expression.kind === ts.SyntaxKind.ImportKeyword ||
      (ts.isIdentifier(node.expression) && node.expression.text === 'require');
    if (loads) return { specifiers: [literal(first)], typeOnly: false };
    if (isImportMeta(node.expression, 'glob')) {
      const patterns = first && ts.isArrayLiteralExpression(first) ? [...first.elements] : [first];
      // What a pattern can reach begins with the folder before its first wildcard.
      const folders = patterns.map((pattern) =>
        literal(pattern)
          ?.replace(/^!/, '')
          .replace(/[*{[].*$/, ''),
      );
      return { specifiers: folders, typeOnly: false };
    }
  }
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'URL') {
    const [target, base] = node.arguments ?? [];
    const address = literal(target);
    // The address of a folder or of a file that is no code, such as the build that the relay serves, loads nothing.
    const isCode = address === undefined || codeFile.test(address);
    if (base && isImportMeta(base, 'url') && isCode) return { specifiers: [address], typeOnly: false };
  }
  return undefined;
}

function readScript(text: string, firstLine: number): FoundImport[] {
  const source = ts.createSourceFile('module.ts', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const found: FoundImport[] = [];
  const visit = (node: ts.Node): void => {
    const named = specifiersOf(node);
    const line = firstLine + source.getLineAndCharacterOfPosition(node.getStart(source)).line;
    for (const specifier of named?.specifiers ?? []) {
      found.push({ specifier, typeOnly: named?.typeOnly ?? false, line });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** @param path decides how the text is read: a .svelte file has script blocks, and imports in its markup */
export function readImports(path: string, text: string): FoundImport[] {
  if (!path.endsWith('.svelte')) return readScript(text, 1);
  const scripts = [...text.matchAll(scriptBlocks)].flatMap((block) => {
    const start = block.index + block[0].indexOf('>') + 1;
    return readScript(block[1] ?? '', lineAt(text, start));
  });
  const markup = text.replace(scriptBlocks, (block) => block.replace(/[^\n]/g, ' '));
  const inMarkup = [...markup.matchAll(markupImport)].map((match) => ({
    specifier: match[2],
    typeOnly: false,
    line: lineAt(markup, match.index),
  }));
  return [...scripts, ...inMarkup];
}

export type Target =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'package'; readonly name: string };

const aliases: readonly (readonly [RegExp, string])[] = [
  [/^#domain(?=\/|$)/, 'src/domain'],
  [/^#harness(?=\/|$)/, 'tests/harness'],
  [/^\$lib(?=\/|$)/, 'src/lib'],
  [/^\/(?!\/)/, ''],
];

/** @param from path of the importing file, from the project's root */
export function resolveImport(from: string, written: string): Target {
  const specifier = written.replace(/[?#](?!(?:domain|harness)\/).*$/, '');
  if (/^\.{1,2}(\/|$)/.test(specifier)) {
    return { kind: 'file', path: posix.normalize(posix.join(posix.dirname(from), specifier)) };
  }
  for (const [alias, folder] of aliases) {
    if (alias.test(specifier))
      return { kind: 'file', path: posix.normalize(specifier.replace(alias, folder)) };
  }
  if (specifier.startsWith('node:')) return { kind: 'package', name: 'node:' };
  const parts = specifier.split('/');
  return { kind: 'package', name: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}
