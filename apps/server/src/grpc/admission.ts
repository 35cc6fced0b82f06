import { BfmError } from '@bfm/core';
import { type Metadata, ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { readBearerToken } from './bearer-token.ts';
import { isInternal, toErrorStatus } from './error-status.ts';
import { type Access, accessOf } from './method-access.ts';

/** Who wants what, before anybody knows whether they may. */
export interface AdmissionRequest {
  /** Without `Bearer`; not yet looked at. */
  readonly token: string;
  readonly access: Exclude<Access, 'open'>;
  /** `/package.Service/Method`. */
  readonly method: string;
  /** `address:port` of the client. */
  readonly peer: string;
}

/** Finds out who calls, or refuses by throwing a `BfmError` of category `unauthenticated` or `forbidden`. */
export type Authenticate<Caller> = (request: AdmissionRequest) => Promise<Caller>;

/** Told of every error that no caller was told the reason of. */
export type ReportFault = (error: unknown, method: string) => void;

/** What {@link Admission} needs. */
export interface AdmissionOptions<Caller> {
  readonly authenticate: Authenticate<Caller>;
  readonly report: ReportFault;
}

/** Stands before every call of every service: a request's body is not read before somebody was let in. */
export class Admission<Caller> {
  readonly #options: AdmissionOptions<Caller>;
  /** Metadata is handed from here to the handler as it is, and lives as long as its call. */
  readonly #callers = new WeakMap<Metadata, { readonly caller: Caller }>();

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
                call.sendStatus(toErrorStatus(error));
              },
            );
          },
        });
      },
    });

  /** Who has sent this metadata. @throws {auth.forbidden} nobody was let in with it */
  callerOf(metadata: Metadata): Caller {
    const known = this.#callers.get(metadata);
    if (known === undefined) throw refuse('The call');
    return known.caller;
  }

  async #look(method: string, peer: string, metadata: Metadata): Promise<void> {
    const access = accessOf(method);
    if (access === 'open') return;
    if (access === null) throw refuse(method);
    const token = readBearerToken(metadata);
    this.#callers.set(metadata, {
      caller: await this.#options.authenticate({ token, access, method, peer }),
    });
  }
}

function refuse(what: string): BfmError {
  return new BfmError('auth.forbidden', {
    message: `${what} is open to nobody.`,
    next: 'Call a method of migration.MigrationService.',
  });
}
