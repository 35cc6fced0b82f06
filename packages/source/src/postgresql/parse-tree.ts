/** A node of the parser's tree: plain JSON, keyed by node type. */
export interface TreeNode {
  readonly [key: string]: unknown;
}

/** Whether a value of the tree is a node (neither a list nor a plain value). */
export function isTreeNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The type of a wrapped node and its fields, as in `{ "CreateStmt": { ... } }`. */
export function unwrap(node: TreeNode): { readonly type: string; readonly fields: TreeNode } {
  const [entry] = Object.entries(node);
  if (entry === undefined) return { type: '', fields: {} };
  const [type, fields] = entry;
  return { type, fields: isTreeNode(fields) ? fields : {} };
}

/** A field that holds a node; an empty node when it is absent. */
export function nodeIn(fields: TreeNode, key: string): TreeNode {
  const value = fields[key];
  return isTreeNode(value) ? value : {};
}

/** A field that holds a list of nodes; empty when it is absent. */
export function nodesIn(fields: TreeNode, key: string): readonly TreeNode[] {
  return toNodes(fields[key]);
}

/** The nodes among the items of a list. */
export function toNodes(value: unknown): readonly TreeNode[] {
  return Array.isArray(value) ? value.filter(isTreeNode) : [];
}

/** The texts of a list of String nodes; `null` when the list holds anything else, or nothing. */
export function namesOf(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const names: string[] = [];
  for (const item of value) {
    const name = isTreeNode(item) ? stringOf(item) : null;
    if (name === null) return null;
    names.push(name);
  }
  return names;
}

/** The text of a String node, also one inside an A_Const; `null` for any other node. */
export function stringOf(node: TreeNode): string | null {
  const wrapped = node['String'] ?? nodeIn(node, 'A_Const')['sval'];
  if (!isTreeNode(wrapped)) return null;
  // The parser leaves an empty text out.
  return typeof wrapped['sval'] === 'string' ? wrapped['sval'] : '';
}

/** The options of a statement (`DefElem` nodes) by name. */
export function optionNames(fields: TreeNode, key: string): readonly string[] {
  return nodesIn(fields, key).flatMap((node) => {
    const name = nodeIn(node, 'DefElem')['defname'];
    return typeof name === 'string' ? [name] : [];
  });
}
