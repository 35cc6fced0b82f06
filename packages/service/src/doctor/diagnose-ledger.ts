import { quoteWord } from '@bfm/core';
import type { LedgerExamination, StoreExamination } from '@bfm/engine';
import { findingsOf, type FindingMaker } from './diagnose-server.ts';
import type { Finding } from './finding.ts';
import { placesOf, someOf } from './some-names.ts';

/** Judges what a ledger says of itself, and whether there could be one. Pure. */
export function diagnoseLedger(
  { ledger, login }: Pick<StoreExamination, 'ledger' | 'login'>,
  address: string,
): readonly Finding[] {
  const make = findingsOf(address);
  if (ledger === null) return noLedger(login, make);
  const { lacking, format, known } = ledger;
  if (lacking.length > 0) {
    return [
      make('ledger.rights_lacking', 'error', [
        `${login.name} may not use the ledger: it lacks ${someOf(lacking)}`,
        `have the owner of schema bfm run what this prints: bfm init --sql --migrator ${quoteWord(login.name)}`,
      ]),
    ];
  }
  if (format > known) {
    return [
      make('ledger.newer_format', 'error', [
        `the ledger has format ${format}, this BFM knows up to ${known}`,
        'use a newer BFM',
      ]),
    ];
  }
  const findings = [
    ...formatFindings(ledger, login.name, make),
    ...placeFindings(ledger, make),
    ...(login.mayCreateSchemas ? [] : [noSchemas(login.name, make)]),
  ];
  if (findings.some(({ severity }) => severity === 'error' || severity === 'warning')) return findings;
  return [
    make('ledger.sound', 'ok', [`the ledger has format ${format}, and every digest is right`]),
    ...findings,
  ];
}

function noLedger(
  { name, mayCreateSchemas }: StoreExamination['login'],
  make: FindingMaker,
): readonly Finding[] {
  if (mayCreateSchemas) {
    return [make('ledger.none', 'info', ['there is no ledger yet; the first bfm up makes it'])];
  }
  return [
    make('login.no_schemas', 'error', [
      `there is no ledger, and ${name} may not make one: it lacks CREATE on the database`,
      `have a DBA run what this prints: bfm init --sql --migrator ${quoteWord(name)}`,
    ]),
  ];
}

function noSchemas(name: string, make: FindingMaker): Finding {
  return make('login.no_schemas', 'info', [
    `${name} may not create schemas in this database: those of migrations and tenants must be there before`,
  ]);
}

function formatFindings(
  { format, known, owned }: LedgerExamination,
  login: string,
  make: FindingMaker,
): readonly Finding[] {
  if (format === known) return [];
  const old = `the ledger has format ${format}, this BFM writes ${known}`;
  if (owned) {
    return [make('ledger.old_format', 'info', [`${old}: the next bfm up upgrades it, within a moment`])];
  }
  return [
    make('ledger.old_format', 'error', [
      `${old}, and ${login} does not own it`,
      `have its owner run what this prints: bfm init --sql --migrator ${quoteWord(login)}`,
    ]),
  ];
}

function placeFindings({ unsound, rebound }: LedgerExamination, make: FindingMaker): readonly Finding[] {
  const findings: Finding[] = [];
  if (unsound.length > 0) {
    findings.push(
      make('ledger.unsound', 'error', [
        `the rows of ${placesOf(unsound)} were changed by something else than BFM: they do not fit their digest`,
        `compare with bfm history, then accept them as they are, as the owner of schema bfm: ${HEAL}`,
      ]),
    );
  }
  if (rebound.length > 0) {
    findings.push(
      make('target.rebound', 'info', [
        `the ledger of ${placesOf(rebound)} was written in another copy of this database (it was restored or cloned); it goes on to hold, and the next run there notes it`,
      ]),
    );
  }
  return findings;
}

const HEAL =
  'UPDATE bfm.scope s SET digest = coalesce((SELECT bit_xor(bfm.row_digest(l.revision_id, l.status)) FROM bfm.ledger l WHERE l.scope_id = s.scope_id), 0::bit(128))';
