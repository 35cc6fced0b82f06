import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { table } from './support/trees.ts';
import { useApi } from './support/use-api.ts';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
}
type Content = Readonly<Record<string, Media>>;
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content: Content }>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let document: Document;
let yaml: string;
let routes: readonly { readonly method: string; readonly path: string; readonly permission: string }[];

async function describe(): Promise<void> {
  const api = await useApi(table(1, 'users'));
  const json = await fetch(`${api.url}/api/v1/openapi.json`);
  expect(json.headers.get('content-type')).toMatch(/^application\/json/);
  document = (await json.json()) as Document;
  const text = await fetch(`${api.url}/api/v1/openapi.yaml`);
  expect(text.headers.get('content-type')).toMatch(/^application\/x-yaml/);
  yaml = await text.text();
  ({ routes } = api.http);
}

const operations = (): readonly (readonly [string, Operation])[] =>
  Object.entries(document.paths).flatMap(([path, of]) =>
    Object.entries(of).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  );

it('describes every route there is, to everybody, as JSON and as YAML', async () => {
  await describe();
  expect(document.openapi).toBe('3.1.1');
  expect(parse(yaml)).toEqual(document);
  const described = routes.filter(({ path }) => !path.includes('openapi'));
  const names = described.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  expect(
    operations()
      .map(([name]) => name)
      .sort(),
  ).toEqual(names.sort());
  const ids = operations().map(([, { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { method, path, permission } of described) {
    const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
    expect({ path, isOpen: operation?.security !== undefined }).toEqual({
      path,
      isOpen: permission === 'open',
    });
  }
  checkExamples();
});

/** What people copy works. */
function checkExamples(): void {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const media = operations().flatMap(([name, { requestBody, responses }]) => [
    ...Object.values(requestBody?.content ?? {}).map((of) => [`${name} body`, of] as const),
    ...Object.entries(responses).flatMap(([status, { content }]) =>
      Object.values(content).map((of) => [`${name} ${status}`, of] as const),
    ),
  ]);
  expect(media.length).toBeGreaterThan(60);
  for (const [name, { schema, example }] of media) {
    const check = ajv.compile(schema);
    expect({ name, given: example !== undefined, faults: check(example) ? null : check.errors }).toEqual({
      name,
      given: true,
      faults: null,
    });
  }
}

it('is a page, too: without a script, and without anything from elsewhere', async () => {
  const { url } = await useApi({});
  const page = await fetch(`${url}/api/v1/openapi`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const text = await page.text();
  expect(text).toContain('POST /api/v1/runs');
  expect(text).not.toMatch(/<script|(?:src|href)="(?!openapi\.)/);
});
