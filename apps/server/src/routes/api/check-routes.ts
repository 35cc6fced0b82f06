import type { Fault } from '@bfm/core';
import {
  type ControlContext,
  type LintedFiles,
  lintFiles,
  listStatuses,
  planningContext,
  presentFindings,
} from '@bfm/service';
import type { JsonSchema, Route } from '../../http/route.ts';
import { type Identity, toCaller } from '../request-caller.ts';
import { list, nullable, object, oneOf, TEXT, TEXTS } from '../schema-parts.ts';
import { type ApiRoute, toApiRoute } from './api-route.ts';
import { pageQuery, readPage } from './page-query.ts';

const ANY: JsonSchema = { type: 'object' };
const FAULT = object({ code: TEXT, message: TEXT, where: ANY, mend: TEXT });
const FAULT_EXAMPLE = {
  code: 'migration.directive_unknown',
  message: 'transacton is no directive',
  where: { file: 'postgresql/core/20250101120000_create_users.up.sql', line: 1 },
  mend: 'write transaction',
};

/** Routes that tell what is wrong with files, and where files and ledgers no longer agree. */
export function toCheckRoutes(control: ControlContext): readonly Route<Identity>[] {
  return [toDrift(control), toLint(control)].map(toApiRoute);
}

function toDrift(control: ControlContext): ApiRoute {
  const target = {
    connection: 'core',
    schema: 'core',
    drift: [{ kind: 'checksum_changed', migration_id: '20250101120000_create_users_postgresql_core' }],
  };
  return {
    method: 'GET',
    path: '/drift',
    permission: 'read',
    id: 'listDrift',
    summary: 'Looks through targets, page by page, and tells those whose ledgers and files no longer agree',
    group: 'places',
    query: pageQuery({ 'connection?': TEXTS, 'schema?': TEXTS, 'backend?': TEXTS }),
    answers: {
      200: {
        schema: object({ targets: list(ANY), next: nullable(TEXT) }),
        example: { targets: [target], next: null },
      },
    },
    handle: async (request) => {
      const {
        connection = [],
        schema = [],
        backend = [],
      } = request.query as Partial<Record<'connection' | 'schema' | 'backend', readonly string[]>>;
      const sent = { connections: connection, schemas: schema, backends: backend };
      const page = readPage(request.query);
      const { body } = await listStatuses({ sent, page, withFaults: false }, toCaller(request), control);
      const targets = [...(body['targets'] as Iterable<Readonly<Record<string, unknown>>>)].filter(
        ({ drift }) => Array.isArray(drift) && drift.length > 0,
      );
      return { status: 200, body: { targets, next: body['next'] } };
    },
  };
}

function toLint(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/lint',
    permission: 'read',
    id: 'lint',
    summary: 'Tells what is wrong or odd with the files, and what is quarantined for it',
    group: 'places',
    answers: {
      200: {
        schema: object({
          faults: list(FAULT),
          warnings: list(FAULT),
          quarantined: list(ANY),
          loaded_at: TEXT,
          findings: list(FINDING),
          summary: ANY,
        }),
        example: LINT_EXAMPLE,
      },
    },
    handle: async (request) => {
      const { faults, quarantined, catalog, loadedAt } = control.catalogs.current();
      const { loadCompiler } = planningContext(toCaller(request), control);
      const warnings: readonly Fault[] = catalog.warnings;
      const kept = quarantined.map(({ id, blockedBy }) => ({ migration_id: id, blocked_by: blockedBy }));
      const findings = await lintOnce(catalog, { catalog, sourceFaults: faults, loadCompiler });
      const told = { faults, warnings, quarantined: kept, loaded_at: loadedAt };
      return { status: 200, body: { ...told, ...presentFindings(findings) } };
    },
  };
}

/** Of each catalog that was read: going through all scripts takes a while, and they are the same until it is read again. */
const LINTED = new WeakMap<object, ReturnType<typeof lintFiles>>();

function lintOnce(catalog: object, files: LintedFiles): ReturnType<typeof lintFiles> {
  const known = LINTED.get(catalog) ?? lintFiles(files);
  LINTED.set(catalog, known);
  known.catch(() => LINTED.delete(catalog));
  return known;
}

const FINDING = object({
  code: TEXT,
  severity: oneOf('ok', 'info', 'warning', 'error'),
  message: TEXT,
  where: ANY,
  mend: nullable(TEXT),
});

const LINT_EXAMPLE = {
  faults: [FAULT_EXAMPLE],
  warnings: [],
  quarantined: [{ migration_id: '20250101120000_create_users_postgresql_core', blocked_by: null }],
  loaded_at: '2026-01-02T03:04:05Z',
  findings: [{ ...FAULT_EXAMPLE, severity: 'error' }],
  summary: { ok: 0, info: 0, warning: 0, error: 1 },
};
