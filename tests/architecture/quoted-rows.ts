import ts from 'typescript';

const groups = new Set(['test', 'it', 'describe']);

/** `test`, `test.skip`, `test.each(…)`, `test.describe.serial`, … */
function isTestCall(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return groups.has(callee.text);
  if (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee))
    return isTestCall(callee.expression);
  return ts.isTaggedTemplateExpression(callee) && isTestCall(callee.tag);
}

function titleOf(node: ts.Expression | undefined): string {
  if (!node) return '';
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isTemplateExpression(node)
    ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' ')
    : '';
}

/** Rows of the specification, and of the protocol (P…), that titles of tests in a source text name. */
export function quotedRows(text: string): string[] {
  const source = ts.createSourceFile('test.ts', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const rows: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTestCall(node.expression))
      rows.push(...(titleOf(node.arguments[0]).match(/\b[FBCTXP]\d+\b/g) ?? []));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return rows;
}
