import { autoMigrate } from './auto-migrate.ts';
import { composeProcess, type ComposedProcess } from './compose-process.ts';
import { keepMigrationsFresh } from './fresh-migrations.ts';
import { openAccess } from './open-access.ts';
import { openGrpc, openHttp } from './open-transports.ts';
import type { ProcessOptions, RunningServer } from './server-options.ts';
import { ServerDrain } from './server-drain.ts';
import { sweepState } from './sweep-state.ts';
import { tellFirstToken } from './tell-first-token.ts';

/**
 * Starts a server: state, migrations, HTTP, gRPC and, unless told otherwise, a worker.
 *
 * @throws {config.invalid} {state.newer} {state.unavailable} {source.missing} {source.unreadable}
 */
export async function startServer(options: ProcessOptions): Promise<RunningServer> {
  const composed = await composeProcess(options);
  try {
    return await serve(composed, options);
  } catch (error) {
    await composed[Symbol.asyncDispose]();
    throw error;
  }
}

async function serve(composed: ComposedProcess, options: ProcessOptions): Promise<RunningServer> {
  const { control, worker, log } = composed;
  const access = openAccess(composed, options);
  const http = await openHttp(composed, options, access);
  const grpc = await openGrpc(composed, options, { access, http }).catch(async (error: unknown) => {
    await http.drain(0);
    throw error;
  });
  const ending = new AbortController();
  keepMigrationsFresh({ ...composed, options, noted: true }, ending.signal);
  sweepState(composed, ending.signal);
  if (options.server.withWorker) worker.start();
  const drain = new ServerDrain({ composed, http, grpc, ending, hasWorker: options.server.withWorker });
  const { autoMigrate: settings } = options.server;
  if (settings !== null) {
    void autoMigrate(settings, control, { log: log('auto_migrate'), signal: ending.signal });
  }
  if (options.server.apiToken === null) {
    await tellFirstToken(control.state, options.tell).catch(async (error: unknown) => {
      await drain.within(0);
      throw error;
    });
  }
  log('server').info({ http: http.port, grpc: grpc.port }, 'listening');
  return { httpPort: http.port, grpcPort: grpc.port, drain: (graceMs) => drain.within(graceMs) };
}
