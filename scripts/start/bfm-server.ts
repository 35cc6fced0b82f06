import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What the demo's server is started with. */
export interface BfmServerOptions {
  readonly script: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where its log goes. */
  readonly logFile: string;
}

/** A `bfm serve` that takes requests. */
export interface BfmServer {
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Settled with its exit code when it has ended. */
  readonly exited: Promise<number>;
  /** Ends it, at once when asked for the second time. */
  readonly stop: (signal: NodeJS.Signals) => void;
}

/** Starts `bfm serve`. @returns its exit code, where it ended before it listened; it has said why */
export async function startBfmServer(options: BfmServerOptions): Promise<BfmServer | number> {
  const { script, cwd, environment, logFile } = options;
  const child = spawn(process.execPath, [script, 'serve'], {
    cwd,
    // The launcher ends itself when the channel to whoever started it is gone, whatever ended that.
    env: { ...process.env, ...environment, BFM_RELAUNCHED: '1' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // Ctrl-C at the terminal is for the demo, which ends its server in order.
    detached: true,
  });
  const exited = once(child, 'close').then(([code]) => (code as number | null) ?? 1);
  const ports = Promise.withResolvers<{ readonly http: number; readonly grpc: number }>();
  const log = createWriteStream(logFile, { flags: 'w', mode: 0o600 });
  if (child.stdout === null) throw new Error('the server has no stdout');
  createInterface(child.stdout).on('line', (line) => {
    log.write(`${line}\n`);
    const listening = /"http":(\d+),"grpc":(\d+).*"msg":"listening"/.exec(line);
    if (listening !== null) ports.resolve({ http: Number(listening[1]), grpc: Number(listening[2]) });
  });
  const first = await Promise.race([exited, ports.promise]);
  if (typeof first === 'number') return first;
  return {
    httpPort: first.http,
    grpcPort: first.grpc,
    exited,
    stop: (signal) => void child.kill(signal),
  };
}
