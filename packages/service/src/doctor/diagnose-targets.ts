import { quoteWord, type ConnectionName } from '@bfm/core';
import type { ScopePlace, ScopeRecord } from '@bfm/engine';
import { isCurrent, isSamePlace } from '../targets/keepers.ts';
import { findingsOf, type FindingMaker } from './diagnose-server.ts';
import type { Finding } from './finding.ts';

const NAMES_MAX = 10;

/** What there is to compare a ledger's targets with. */
export interface ConfiguredNames {
  /** Targets of which it is told elsewhere that they were made anew. */
  readonly recreated: readonly ScopePlace[];
  /** All connections that are configured. */
  readonly configured: ReadonlySet<ConnectionName>;
  /** Those of them that point at this database. */
  readonly here: readonly ConnectionName[];
}

/** Judges the targets that a ledger knows, those alike told of at once. Pure. */
export function diagnoseTargets(
  scopes: readonly ScopeRecord[],
  { configured, here, recreated }: ConfiguredNames,
  address: string,
): readonly Finding[] {
  const make = findingsOf(address);
  const current = scopes.filter(isCurrent);
  const known = current.filter(({ connection }) => configured.has(connection));
  const strangers = Map.groupBy(
    current.filter(({ connection }) => !configured.has(connection)),
    ({ connection }) => connection,
  );
  return [
    ...[...strangers].map(([connection, those]) => strangerFinding(connection, those, { here, make })),
    ...presenceFindings(
      known.filter((scope) => !recreated.some((place) => isSamePlace(place, scope))),
      make,
    ),
  ];
}

function strangerFinding(
  connection: ConnectionName,
  those: readonly ScopeRecord[],
  { here, make }: { readonly here: readonly ConnectionName[]; readonly make: FindingMaker },
): Finding {
  const [first] = here;
  const variables = connection.toUpperCase().replaceAll('-', '_');
  const rename =
    first === undefined
      ? ''
      : `; if it was renamed: bfm repair rename-connection ${connection} ${first} --reason WHY`;
  const forget = those[0] === undefined ? '' : quoteWord(`${connection}/${those[0].schema}`);
  return make('ledger.unknown_connection', 'warning', [
    `the ledger knows ${those.length === 1 ? 'a target' : `${those.length} targets`} of ${connection}, which is not configured`,
    `configure it with ${variables}_BACKEND and ${variables}_URL${rename}; if it is none of ours: bfm repair forget-target ${forget} --reason WHY`,
  ]);
}

function presenceFindings(known: readonly ScopeRecord[], make: FindingMaker): readonly Finding[] {
  const findings: Finding[] = [];
  const missing = known.filter(({ presence, applied }) => presence === 'missing' && applied > 0);
  if (missing.length > 0) {
    findings.push(
      make('target.missing', 'info', [
        `${missing.length === 1 ? 'a schema' : `${missing.length} schemas`} that migrations were applied to ${missing.length === 1 ? 'is' : 'are'} gone: ${namesOf(missing)}`,
        forgetCommand(missing),
      ]),
    );
  }
  const others = known.filter(({ presence, applied }) => presence === 'other' && applied > 0);
  if (others.length > 0) {
    findings.push(
      make('target.made_anew', 'warning', [
        `${others.length === 1 ? 'a schema' : `${others.length} schemas`} ${others.length === 1 ? 'was' : 'were'} dropped and made anew since migrations were applied there: ${namesOf(others)}`,
        others
          .slice(0, 1)
          .map(
            ({ connection, schema }) => `bfm plan --connection ${connection} --schema ${quoteWord(schema)}`,
          )
          .join(),
      ]),
    );
  }
  return findings;
}

function forgetCommand(scopes: readonly ScopeRecord[]): string {
  const names = scopes
    .slice(0, NAMES_MAX)
    .map(({ connection, schema }) => quoteWord(`${connection}/${schema}`));
  return `bfm repair forget-target ${names.join(' ')} --reason WHY`;
}

function namesOf(scopes: readonly ScopeRecord[]): string {
  const names = scopes.slice(0, NAMES_MAX).map(({ connection, schema }) => `${connection}/${schema}`);
  const rest = scopes.length - names.length;
  return rest === 0 ? names.join(', ') : `${names.join(', ')} and ${rest} more`;
}
