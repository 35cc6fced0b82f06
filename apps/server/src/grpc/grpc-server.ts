import { MigrationService } from '@bfm/contract';
import { BfmError } from '@bfm/core';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { Admission } from './admission.ts';
import { type GrpcServerOptions, type GrpcTls, toServerOptions } from './grpc-server-options.ts';
import { toHandlers } from './handlers.ts';
import { LibraryCalls } from './library-calls.ts';
import { OpenCalls } from './open-calls.ts';
import { toServiceDefinition } from './service-definition.ts';
import { watchCalls } from './watched-calls.ts';

/** How long calls that were told to end have to say so to their clients. */
const LAST_WORDS_MS = 1_000;

/** A gRPC server that takes calls. */
export interface GrpcServer {
  /** Where it listens. */
  readonly port: number;
  /** How many calls of `migration.MigrationService` are being answered. */
  readonly openCalls: () => number;
  /** What grpc.health.v1 says from now on. */
  readonly setServing: (serving: boolean) => void;
  /**
   * Takes no more calls and lets those that are there end. After `graceMs` they are told to (their signal is aborted), and a
   * second later all connections are cut. Called again, the shorter grace counts. Resolves when no connection is left.
   */
  readonly drain: (graceMs: number) => Promise<void>;
}

/**
 * Starts a gRPC server for `migration.MigrationService` and grpc.health.v1, and reflection when asked for.
 *
 * @throws {config.invalid} it cannot listen there, or key and certificate are none
 */
export async function startGrpcServer<Caller>(options: GrpcServerOptions<Caller>): Promise<GrpcServer> {
  const { procedures, report, traceparentOf, isStillValid, scrub } = options;
  const admission = new Admission(options);
  const calls = new OpenCalls();
  const libraryCalls = new LibraryCalls((path) => path.startsWith(`/${MigrationService.typeName}/`));
  const server = new Server({
    ...toServerOptions(options.limits),
    interceptors: [watchCalls(options.watchers), admission.interceptor, libraryCalls.interceptor],
  });
  server.addService(
    toServiceDefinition(MigrationService),
    toHandlers({ procedures, admission, calls, report, traceparentOf, isStillValid, scrub }),
  );
  const setServing = addHealth(server);
  // Loaded only where it is used: it brings a compiler of .proto files.
  if (options.reflection) (await import('./reflection.ts')).addReflection(server);
  const port = await listen(server, options);
  const stopping = new Stopping(server, calls);
  return {
    port,
    openCalls: () => calls.size,
    setServing,
    drain: (graceMs) => {
      setServing(false);
      libraryCalls.stop();
      return stopping.within(graceMs);
    },
  };
}

/** Both names that clients ask for: that of the service, and none, which means the whole server. */
function addHealth(server: Server): (serving: boolean) => void {
  const health = new HealthImplementation();
  const setServing = (serving: boolean): void => {
    for (const name of ['', MigrationService.typeName]) {
      health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
    }
  };
  setServing(true);
  health.addToServer(server);
  return setServing;
}

interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls: GrpcTls | null;
}

async function listen(server: Server, { host, port, tls }: Address): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  try {
    const credentials = toCredentials(tls);
    return await new Promise((resolve, reject) => {
      server.bindAsync(address, credentials, (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
  } catch (cause) {
    server.forceShutdown();
    throw new BfmError('config.invalid', {
      message: `gRPC cannot listen at ${address}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
      next: 'Free the port or set another one with BFM_GRPC_PORT; with TLS, check key and certificate.',
    });
  }
}

function toCredentials(tls: GrpcTls | null): ServerCredentials {
  if (tls === null) return ServerCredentials.createInsecure();
  const pair = { private_key: tls.key, cert_chain: tls.certificate };
  return ServerCredentials.createSsl(tls.clientAuthority, [pair], tls.clientAuthority !== null);
}

/** A server's way from the first request to stop to its end. */
class Stopping {
  readonly #server: Server;
  readonly #calls: OpenCalls;
  readonly #ended = Promise.withResolvers<undefined>();
  #timer: NodeJS.Timeout | null = null;
  #cutAtMs = Infinity;
  #begun = false;

  constructor(server: Server, calls: OpenCalls) {
    this.#server = server;
    this.#calls = calls;
  }

  async within(graceMs: number): Promise<void> {
    if (!this.#begun) this.#begin();
    const atMs = performance.now() + graceMs;
    if (atMs < this.#cutAtMs) {
      this.#cutAtMs = atMs;
      this.#arm(graceMs, () => {
        this.#calls.stop();
        this.#arm(LAST_WORDS_MS, () => {
          this.#server.forceShutdown();
          this.#ended.resolve(undefined);
        });
      });
    }
    await this.#ended.promise;
  }

  #begin(): void {
    this.#begun = true;
    this.#server.tryShutdown(() => {
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#ended.resolve(undefined);
    });
  }

  #arm(ms: number, act: () => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }
}
