import { nameVariables } from '@bfm/core';
import type { StoreExamination } from '@bfm/engine';
import type { Finding, FindingCode, Severity } from './finding.ts';

/** The versions BFM is tested with. */
const OLDEST = 15;
const NEWEST = 18;
/** Clocks that differ by less disturb nobody. */
const SKEW_MS = 5_000;

/** What is known of a store from outside of it. */
export interface ServerSurroundings {
  readonly address: string;
  /** This machine's clock, milliseconds since 1970, when the store had answered. */
  readonly nowMs: number;
  /** Whether its address is said to be a pooler's. */
  readonly saidPooled: boolean;
  /** Those that lead there. */
  readonly connections: readonly string[];
}

/** Makes findings of one database. */
export type FindingMaker = (
  code: FindingCode,
  severity: Severity,
  text: readonly [message: string, mend?: string],
) => Finding;

/** Makes a maker for a database. */
export function findingsOf(database: string): FindingMaker {
  return (code, severity, [message, mend]) => ({
    code,
    severity,
    message,
    where: {},
    database,
    mend: mend ?? null,
  });
}

/** Judges a server and the way to it. Pure. */
export function diagnoseServer(
  examination: StoreExamination,
  surroundings: ServerSurroundings,
): readonly Finding[] {
  const { server, login, clock } = examination;
  const make = findingsOf(surroundings.address);
  const ms = Math.max(1, Math.round(clock.roundTripMs));
  return [
    make('server.reached', 'ok', [`PostgreSQL ${server.version}, as ${login.name}, ${ms} ms away`]),
    ...versionFindings(server.major, make),
    ...(server.recovering
      ? [
          make('server.standby', 'error', [
            'it is a standby and takes no writes',
            'point the connection at the primary',
          ]),
        ]
      : []),
    ...(examination.pooled ? poolerFindings(surroundings, make) : []),
    ...clockFindings(clock, surroundings.nowMs, make),
  ];
}

function versionFindings(major: number, make: FindingMaker): readonly Finding[] {
  if (major < OLDEST) {
    return [
      make('server.too_old', 'warning', [
        `PostgreSQL ${major} is older than ${OLDEST}, the oldest BFM is tested with`,
        `upgrade the server to PostgreSQL ${OLDEST} to ${NEWEST}`,
      ]),
    ];
  }
  if (major <= NEWEST) return [];
  return [
    make('server.untried', 'info', [
      `PostgreSQL ${major} is newer than ${NEWEST}, the newest BFM is tested with`,
    ]),
  ];
}

function poolerFindings(
  { saidPooled, connections }: ServerSurroundings,
  make: FindingMaker,
): readonly Finding[] {
  if (saidPooled) return [make('pooler.expected', 'ok', ['a pooler is in between, as configured'])];
  return [
    make('pooler.unexpected', 'warning', [
      'a pooler such as PgBouncer answers in the place of the server: locks of a session can be lost or stay behind',
      nameVariables(
        'give the address of the server itself, or set {CONN}_POOLED=true, with {CONN}_DIRECT_URL for statements that run outside of transactions',
        connections,
      ),
    ]),
  ];
}

function clockFindings(
  { serverMs, roundTripMs }: StoreExamination['clock'],
  nowMs: number,
  make: FindingMaker,
): readonly Finding[] {
  const skewMs = nowMs - serverMs;
  if (Math.abs(skewMs) <= SKEW_MS + roundTripMs) return [];
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return [
    make('clock.skew', 'warning', [
      `the clock of this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the server's: new versions are made by one, history by the other`,
      'set both by the same time server (NTP)',
    ]),
  ];
}
