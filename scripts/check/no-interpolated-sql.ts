import type { Rule, Scope } from 'eslint';
import type { CallExpression, Expression, Node, Super } from 'estree';

const UPPER =
  /^\s*(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|CREATE|ALTER|DROP|TRUNCATE|GRANT|REVOKE|SET|RESET|BEGIN|COMMIT|LOCK|COPY|CALL|DO|EXPLAIN|ANALYZE|VACUUM|REINDEX|COMMENT|DECLARE|LISTEN|NOTIFY)\s/;
const LOWER =
  /^\s*(?:select\s.*\sfrom\s|insert\s+into\s|delete\s+from\s|update\s+\S*\s+set\s|(?:create|alter|drop)\s+(?:table|schema|index|view|role|database)\s|truncate\s+table\s)/is;
const CONSTANT = /^[A-Z][A-Z0-9_]*$/;
const QUOTES = /^quote[A-Z]/;

/** Tells whether a text opens like an SQL statement; prose that merely starts with "Create" does not. */
function looksLikeSql(text: string): boolean {
  return UPPER.test(text) || LOWER.test(text);
}

function isQuoteCall(call: CallExpression): boolean {
  const { callee } = call;
  if (callee.type === 'Identifier') return QUOTES.test(callee.name);
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false;
  if (QUOTES.test(callee.property.name)) return true;
  // names.map(quoteIdentifier).join(', ')
  if (callee.property.name === 'join') {
    return callee.object.type === 'CallExpression' && isQuoteCall(callee.object);
  }
  const [mapper] = call.arguments;
  return callee.property.name === 'map' && mapper?.type === 'Identifier' && QUOTES.test(mapper.name);
}

/** The value a `const` was given, so that a quoted name may be kept in a variable first. */
function constantValue(name: string, scope: Scope.Scope): Expression | null {
  for (let at: Scope.Scope | null = scope; at !== null; at = at.upper) {
    const [definition] = at.set.get(name)?.defs ?? [];
    if (definition === undefined) continue;
    return definition.type === 'Variable' && definition.parent.kind === 'const'
      ? (definition.node.init ?? null)
      : null;
  }
  return null;
}

/** The expressions that decide what a node gives, when it gives one of several; `null` when it is a leaf. */
function branches(node: Expression | Super, scope: Scope.Scope): readonly Expression[] | null {
  if (node.type === 'ConditionalExpression') return [node.consequent, node.alternate];
  if (node.type === 'TemplateLiteral') return node.expressions;
  if (node.type !== 'Identifier' || CONSTANT.test(node.name)) return null;
  const value = constantValue(node.name, scope);
  return value === null ? null : [value];
}

function isSafeLeaf(node: Expression | Super): boolean {
  if (node.type === 'Literal') return true;
  if (node.type === 'CallExpression') return isQuoteCall(node);
  const name = node.type === 'MemberExpression' ? node.property : node;
  return name.type === 'Identifier' && CONSTANT.test(name.name);
}

function isSafe(node: Expression | Super, scope: Scope.Scope, depth = 0): boolean {
  const inner = branches(node, scope);
  if (inner === null) return isSafeLeaf(node);
  return depth < 5 && inner.every((expression) => isSafe(expression, scope, depth + 1));
}

/** Puts `'a' + b + c` into one list of operands. */
function operands(node: Expression): readonly Expression[] {
  if (node.type !== 'BinaryExpression' || node.operator !== '+' || node.left.type === 'PrivateIdentifier') {
    return [node];
  }
  return [...operands(node.left), ...operands(node.right)];
}

function opening(node: Expression | undefined): string {
  if (node?.type === 'TemplateLiteral') return node.quasis.map((quasi) => quasi.value.raw).join('x');
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : '';
}

/**
 * Refuses SQL put together from values. Allowed in the gaps: `quoteIdentifier(...)` and its kind, upper-case
 * constants, literals, and a `const` that holds one of these. Values belong into bound parameters.
 */
export const noInterpolatedSql: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: { description: 'SQL is constant text with bound parameters.' },
    messages: {
      interpolated:
        'SQL with a value put into its text. Bind values ($1, ...); names go through quoteIdentifier(...); fixed parts are UPPER_CASE constants.',
    },
    schema: [],
  },
  create(context) {
    const refuse = (parts: readonly Expression[]): void => {
      for (const part of parts) {
        if (!isSafe(part, context.sourceCode.getScope(part))) {
          context.report({ node: part, messageId: 'interpolated' });
        }
      }
    };
    return {
      TemplateLiteral(node) {
        if (node.expressions.length > 0 && looksLikeSql(opening(node))) refuse(node.expressions);
      },
      BinaryExpression(node: Expression & Rule.NodeParentExtension) {
        const parent: Node = node.parent;
        if (parent.type === 'BinaryExpression' && parent.operator === '+') return;
        const [first, ...others] = operands(node);
        if (first !== undefined && looksLikeSql(opening(first))) {
          refuse(others.filter((part) => opening(part) === ''));
        }
      },
    };
  },
};
