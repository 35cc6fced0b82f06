import { BfmError, isBfmError, nameVariables, networkReason, type NetworkReason } from '@bfm/core';

/** Why a provider gives no leases. */
export interface Unreachable {
  /** In words, without secrets. */
  readonly why: string;
  readonly cause?: unknown;
  /** What mends it, when that is more than looking at address and server. */
  readonly next?: string | undefined;
}

const WITHOUT =
  'or leave BFM_LOCK_URL empty (lock.url out of bfm.yaml) to run without: the session locks and the fence stay';
const NEXT = `check BFM_LOCK_URL and that the provider is up, ${WITHOUT}`;

/** The error of a provider that cannot be asked, or does not do as asked. */
export function lockUnreachable(address: string, { why, cause, next }: Unreachable): BfmError {
  return new BfmError('lock.unreachable', {
    message: `cannot get leases from ${address}: ${why}`,
    details: { address },
    next: next ?? NEXT,
    cause,
  });
}

/** Does something with a provider; whatever goes wrong, it is the provider that cannot be reached. */
export async function reaching<T>(address: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isBfmError(error) && error.code === 'lock.unreachable') throw error;
    throw lockUnreachable(address, explainProvider(error));
  }
}

/** What an error of a provider's client means, in words; what it says itself where that is all there is. */
export function explainProvider(error: unknown): Unreachable {
  // Of several addresses tried at once the first reason is as good as any.
  if (error instanceof AggregateError && error.errors.length > 0) return explainProvider(error.errors[0]);
  const text = error instanceof Error ? error.message : String(error);
  const { reason, next } = BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ??
    networkReason(error) ?? { reason: text, next: null };
  return {
    why: reason,
    cause: withoutCommand(error),
    next: next === null ? undefined : `${nameVariables(next, ['bfm-lock'])}, ${WITHOUT}`,
  };
}

/** Errors of ioredis hold the command that failed, and so the password it logged in with. */
function withoutCommand(error: unknown): unknown {
  return error instanceof Error && 'command' in error ? new Error(error.message) : error;
}

const LOGIN: NetworkReason = {
  reason: 'the login was refused',
  next: 'mend user and password in BFM_LOCK_URL',
};
const SILENT: NetworkReason = {
  reason: 'no answer in time',
  next: 'check that the provider is up, and that nothing on the way swallows what is sent',
};

/** What ioredis, etcd, PostgreSQL and OpenSSL say where codes say nothing. */
const BY_TEXT: readonly (readonly [RegExp, NetworkReason])[] = [
  [
    /EMFILE/,
    {
      reason: 'this process may open no more files and connections (ulimit -n)',
      next: 'raise ulimit -n, or lower --concurrency',
    },
  ],
  [/^(?:WRONGPASS|NOAUTH)|authentication failed|password authentication failed/i, LOGIN],
  [
    /DB index is out of range/,
    { reason: 'it has no database of that number', next: 'mend the number at the end of BFM_LOCK_URL' },
  ],
  [
    /^NOPERM|permission denied/i,
    {
      reason: 'its login may not do what leases need',
      next: 'see docs/guide/locks.md for the rights that are needed',
    },
  ],
  [/timed out|gave no answer in time|timeout expired|due to connection timeout/i, SILENT],
  [
    /wrong version number|packet length too long|server does not support SSL/i,
    {
      reason: 'it does not speak TLS',
      next: 'turn TLS on there, or use http:// or redis:// (BFM_LOCK_SSLMODE=disable for PostgreSQL) where nobody else is on the network',
    },
  ],
  [
    /^Connection is closed|socket hang up|Stream isn't writeable/,
    { reason: 'the connection broke', next: 'check that the provider is up' },
  ],
];
