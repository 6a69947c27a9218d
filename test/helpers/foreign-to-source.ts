import { readFileSync } from 'node:fs';
import ts from 'typescript';

const MAY_READ_ENVIRONMENT = /^libs\/platform\/config\.ts$/;
const MAY_HOLD_SQL = /^(libs\/store|migrations)\//;
const PING = 'SELECT 1';
const SQL =
  /^\s*(select\s[\s\S]*\sfrom\s+\w+(\s+where|\s+for|\s+limit|\s+order|\s+join|\s*$|\s*,)|select\s+[\w.]+\(|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s|(create|alter|drop)\s+(table|index|function|trigger|type)\s)/i;

/** What a source file must leave to others: reading the environment, and SQL. `file` is relative to `root`. */
export function foreignToSource(file: string, root: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(root + file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const complain = (node: ts.Node, what: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${file}:${line + 1} ${what}`);
  };
  const visit = (node: ts.Node): void => {
    if (!MAY_READ_ENVIRONMENT.test(file) && readsEnvironment(node)) {
      complain(node, 'reads the environment, which only libs/platform/config.ts may');
    }
    if (!MAY_HOLD_SQL.test(file) && holdsSql(node)) complain(node, 'holds SQL, which belongs in libs/store');
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === 'env';
  if (ts.isElementAccessExpression(node)) return isProcess(node.expression);
  if (ts.isVariableDeclaration(node))
    return isProcess(node.initializer) && ts.isObjectBindingPattern(node.name) && takesEnv(node.name);
  return ts.isImportDeclaration(node) && /['"](node:)?process['"]/.test(node.moduleSpecifier.getText());
}

/** A rest element would take it along. */
function takesEnv(pattern: ts.ObjectBindingPattern): boolean {
  return pattern.elements.some(
    (element) =>
      element.dotDotDotToken !== undefined || (element.propertyName ?? element.name).getText() === 'env',
  );
}

function isProcess(node: ts.Expression | undefined): boolean {
  return node !== undefined && /^(globalThis\.)?process$/.test(node.getText());
}

/** The ping of a health check says nothing about tables. */
function holdsSql(node: ts.Node): boolean {
  if (ts.isTemplateExpression(node))
    return SQL.test(node.head.text + node.templateSpans.map((span) => `$ ${span.literal.text}`).join(''));
  return ts.isStringLiteralLike(node) && node.text !== PING && SQL.test(node.text);
}
