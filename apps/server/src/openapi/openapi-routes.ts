import { stringify } from 'yaml';
import type { Route } from '../http/route.ts';
import { makeOpenApiPage, PAGE_POLICY } from './openapi-page.ts';
import { type DescribedRoute, toOpenApi } from './to-openapi.ts';

/** The routes that describe all routes, open to everybody: they say nothing of what is in the server. */
export function toOpenApiRoutes<Caller>(described: readonly DescribedRoute[]): readonly Route<Caller>[] {
  const document = toOpenApi(described);
  const json = JSON.stringify(document);
  const yaml = stringify(document, { aliasDuplicateObjects: false });
  return [
    toRoute<Caller>('/api/v1/openapi.json', {
      id: 'getOpenApiJson',
      type: 'application/json; charset=utf-8',
      text: json,
    }),
    toRoute<Caller>('/api/v1/openapi.yaml', {
      id: 'getOpenApiYaml',
      type: 'application/x-yaml; charset=utf-8',
      text: yaml,
    }),
    toRoute<Caller>('/api/v1/openapi', {
      id: 'readOpenApi',
      type: 'text/html; charset=utf-8',
      text: makeOpenApiPage(document),
      policy: PAGE_POLICY,
    }),
  ];
}

interface Description {
  readonly id: string;
  readonly type: string;
  readonly text: string;
  /** What a page may do. */
  readonly policy?: string;
}

function toRoute<Caller>(path: string, { id, type, text, policy }: Description): Route<Caller> {
  return {
    method: 'GET',
    path,
    permission: 'open',
    v1: false,
    schemas: {},
    doc: { id, summary: 'Describes this interface (OpenAPI 3.1)', group: 'server' },
    handler: () => ({
      status: 200,
      body: text,
      headers: {
        'content-type': type,
        ...(policy === undefined ? {} : { 'content-security-policy': policy }),
      },
    }),
  };
}
