import { BfmError } from '@bfm/core';
import { type Metadata, ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import type { Authenticate } from '../admission/gate.ts';
import { toRequestId } from '../admission/request-id.ts';
import { readBearerToken } from './bearer-token.ts';
import { isInternal, type Scrub, toErrorStatus } from './error-status.ts';
import { accessOf } from './method-access.ts';

/** Told of every error that no caller was told the reason of. */
export type ReportFault = (error: unknown, method: string) => void;

/** Whom a call was let in for. */
export interface Admitted<Caller> {
  readonly caller: Caller;
  /** What the call is called, by its client or else by us. */
  readonly requestId: string;
}

/** What {@link Admission} needs. */
export interface AdmissionOptions<Caller> {
  readonly authenticate: Authenticate<Caller>;
  readonly report: ReportFault;
  readonly scrub: Scrub;
}

/** Stands before every call of every service: a request's body is not read before somebody was let in. */
export class Admission<Caller> {
  readonly #options: AdmissionOptions<Caller>;
  /** Metadata is handed from here to the handler as it is, and lives as long as its call. */
  readonly #callers = new WeakMap<Metadata, Admitted<Caller>>();

  constructor(options: AdmissionOptions<Caller>) {
    this.#options = options;
  }

  /** What grpc-js calls for every call before it begins. */
  readonly interceptor: ServerInterceptor = ({ path }, call) =>
    new ServerInterceptingCall(call, {
      start: (next) => {
        next({
          onReceiveMetadata: (metadata, admit) => {
            this.#look(path, call.getPeer(), metadata).then(
              () => admit(metadata),
              (error: unknown) => {
                if (isInternal(error)) this.#options.report(error, path);
                call.sendStatus(toErrorStatus(error, this.#options.scrub));
              },
            );
          },
        });
      },
    });

  /** Who has sent this metadata. @throws {auth.forbidden} nobody was let in with it */
  admitted(metadata: Metadata): Admitted<Caller> {
    const known = this.#callers.get(metadata);
    if (known === undefined) throw refuse('The call');
    return known;
  }

  async #look(method: string, peer: string, metadata: Metadata): Promise<void> {
    const access = accessOf(method);
    if (access === 'open') return;
    if (access === null) throw refuse(method);
    const token = readBearerToken(metadata);
    const requestId = toRequestId(metadata.get('x-request-id')[0]);
    const caller = await this.#options.authenticate({
      token,
      access,
      method,
      peer: toAddress(peer),
      requestId,
    });
    this.#callers.set(metadata, { caller, requestId });
  }
}

/** Of `address:port` the address. */
export function toAddress(peer: string): string {
  return peer.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

function refuse(what: string): BfmError {
  return new BfmError('auth.forbidden', {
    message: `${what} is open to nobody.`,
    next: 'Call a method of migration.MigrationService.',
  });
}
