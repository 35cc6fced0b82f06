import { BfmError, isBfmError } from '@bfm/core';

/** Why a provider gives no leases. */
export interface Unreachable {
  /** In words, without secrets. */
  readonly why: string;
  readonly cause?: unknown;
  /** What mends it, when that is more than looking at address and server. */
  readonly next?: string | undefined;
}

const NEXT =
  'check BFM_LOCK_URL and that the provider is up, or leave BFM_LOCK_URL empty (lock.url out of bfm.yaml) to run without: the session locks and the fence stay';

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
    throw lockUnreachable(address, { why: whyOf(error), cause: error });
  }
}

/** Of several addresses tried at once the first reason is as good as any. */
function whyOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return whyOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
