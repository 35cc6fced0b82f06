import type { JsonSchema } from '../http/route.ts';

type Named = Readonly<Record<string, JsonSchema>>;

/** A page for people of an OpenAPI document: one file, without a script and without anything from elsewhere. */
export function makeOpenApiPage(document: JsonSchema): string {
  const operations = Object.entries(document['paths'] as Readonly<Record<string, Named>>).flatMap(
    ([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = Map.groupBy(
    operations,
    ({ operation }) => (operation['tags'] as readonly string[])[0] ?? '',
  );
  const sections = [...groups]
    .sort()
    .map(
      ([group, those]) =>
        `<h2>${escapeHtml(group)}</h2>${those.map(({ path, method, operation }) => toSection(`${method.toUpperCase()} ${path}`, operation)).join('')}`,
    );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>BFM API</title><style>${STYLE}</style></head><body><h1>BFM API</h1><p>The same as a document: <a href="openapi.json">openapi.json</a>, <a href="openapi.yaml">openapi.yaml</a>.</p>${sections.join('')}</body></html>`;
}

/** What the page may do: show itself. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

const STYLE =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{background:#f4f4f6;padding:.6rem;overflow:auto}summary{cursor:pointer}code{font-weight:600}';

function toSection(title: string, operation: JsonSchema): string {
  const parts = ['parameters', 'requestBody', 'responses']
    .filter((part) => operation[part] !== undefined)
    .map((part) => `<h4>${part}</h4><pre>${escapeHtml(JSON.stringify(operation[part], null, 2))}</pre>`);
  const permission = escapeHtml(String(operation['x-permission']));
  return `<details id="${escapeHtml(String(operation['operationId']))}"><summary><code>${escapeHtml(title)}</code> ${escapeHtml(String(operation['summary']))} <small>(${permission})</small></summary>${parts.join('')}</details>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
