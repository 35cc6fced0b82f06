import { join } from 'node:path';
import { CONNECTION, type WorkloadFiles } from './layout.ts';
import type { BenchCommand } from './measure.ts';

/** How the floor sends its work. */
export type FloorShape = 'txn' | 'batch' | 'one' | 'noop';

/** Where the programs are that take part. */
export interface ProgramPaths {
  readonly floor: string;
  readonly node: string;
  /** Launcher of the bundled CLI. */
  readonly bfm: string;
  /** Folder of the other tools. */
  readonly peers: string;
  /** dbmate's own program; `null` where there is none for this platform. */
  readonly dbmate: string | null;
}

/** Schemas as contenders name them: by a format for numbers from 1 on. */
export interface SchemaRange {
  /** As printf would have it, with one `%d`. */
  readonly format: string;
  readonly count: number;
}

/** The commands of all contenders. */
export class Programs {
  readonly paths: ProgramPaths;

  constructor(paths: ProgramPaths) {
    this.paths = paths;
  }

  /** Starts Node and does nothing. */
  node(): BenchCommand {
    return { program: this.paths.node, args: ['-e', '0'], environment: {} };
  }

  /** @param only `last`: all but the last migration are there already */
  floor(
    url: string,
    files: WorkloadFiles,
    work: {
      readonly shape: FloorShape;
      readonly connections: number;
      readonly schemas: SchemaRange;
      readonly only?: 'last';
    },
  ): BenchCommand {
    const { format, count } = work.schemas;
    const args = [url, files.plain, work.shape, String(work.connections), format, String(count)];
    const more = work.only === undefined ? [] : [work.only];
    return { program: this.paths.floor, args: [...args, ...more], environment: {} };
  }

  bfm(url: string, sfm: string, { args, connections, environment = {} }: BfmWork): BenchCommand {
    const variables = CONNECTION.toUpperCase();
    return {
      program: this.paths.node,
      args: [this.paths.bfm, ...args, '--sfm', sfm],
      environment: {
        [`${variables}_BACKEND`]: 'postgresql',
        [`${variables}_URL`]: url,
        [`${variables}_MAX_CONNECTIONS`]: String(connections),
        ...environment,
      },
    };
  }

  /** A process per schema, several at a time, as its users do it. */
  dbmate(url: string, files: WorkloadFiles, { schemas, processes }: PeerWork): BenchCommand | null {
    const { dbmate } = this.paths;
    if (dbmate === null) return null;
    const [only, ...others] = namesOf(schemas);
    if (only !== undefined && others.length === 0) {
      const args = ['--url', inSchema(url, only), '-d', files.dbmate, '--no-dump-schema', 'migrate'];
      return { program: dbmate, args, environment: {} };
    }
    const each = `exec xargs -P ${processes} -I NAME "$0" --url "$1" -d "$2" --no-dump-schema migrate`;
    return {
      program: 'sh',
      args: [
        '-c',
        `printf '%s\\n' ${namesOf(schemas).join(' ')} | ${each}`,
        dbmate,
        inSchema(url, 'NAME'),
        files.dbmate,
      ],
      environment: {},
    };
  }

  /** One process that goes from schema to schema. */
  drizzle(url: string, files: WorkloadFiles, schemas: SchemaRange): BenchCommand {
    return this.#peer('drizzle.mjs', [url, files.drizzle, ...namesOf(schemas)]);
  }

  /** One process that goes from schema to schema. */
  nodePgMigrate(url: string, files: WorkloadFiles, schemas: SchemaRange): BenchCommand {
    return this.#peer('node-pg-migrate.mjs', [url, files.nodePgMigrate, ...namesOf(schemas)]);
  }

  #peer(program: string, args: readonly string[]): BenchCommand {
    return {
      program: this.paths.node,
      args: [join(this.paths.peers, program), ...args],
      environment: {},
    };
  }
}

/** What BFM is to do. */
export interface BfmWork {
  /** The command and its own options. */
  readonly args: readonly string[];
  readonly connections: number;
  /** More variables. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a tool that knows no tenants is given. */
export interface PeerWork {
  readonly schemas: SchemaRange;
  readonly processes: number;
}

/** The names of a range. */
export function namesOf({ format, count }: SchemaRange): readonly string[] {
  return Array.from({ length: count }, (_, index) => format.replace('%d', String(index + 1)));
}

function inSchema(url: string, schema: string): string {
  return `${url}?sslmode=disable&search_path=${schema}`;
}
