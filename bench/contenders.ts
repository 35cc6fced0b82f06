import { join } from 'node:path';
import { CONNECTION, type WorkloadFiles } from './layout.ts';
import type { BenchCommand } from './measure.ts';
import { DEFAULT_CONNECTIONS } from './options.ts';

/** Identifies a workload in tables: one schema, a fleet of tenants, nothing to do in either, or only starting up. */
export type WorkloadName = 'one-schema' | 'fleet' | 'one-schema no-op' | 'fleet no-op' | 'start';

/** Something that is timed once per round. */
export interface Contender {
  /** Unique; also names its database. */
  readonly name: string;
  readonly workload: WorkloadName;
  /** Template of a database of its own, a contender whose finished database is used again, or none at all. */
  readonly database:
    | { readonly kind: 'fresh'; readonly template: string }
    | { readonly kind: 'of'; readonly contender: string }
    | { readonly kind: 'none' };
  command(url: string): BenchCommand;
}

/** A workload as contenders meet it. */
export interface Arena {
  readonly files: WorkloadFiles;
  readonly template: string;
  /** printf format of the schema names, for the floor. */
  readonly schemaFormat: string;
  readonly schemas: number;
  /** Says to BFM which schemas are meant. */
  readonly schemaArgs: readonly string[];
}

/** The programs that take part. */
export interface Programs {
  readonly floor: string;
  readonly node: string;
  /** Launcher of the bundled CLI. */
  readonly bfm: string;
}

/** Makes all contenders: the floor, BFM, and Node's own start. */
export function makeContenders(
  programs: Programs,
  { oneSchema, fleet, connections }: { oneSchema: Arena; fleet: Arena; connections: readonly number[] },
): readonly Contender[] {
  const maker = new Maker(programs);
  const oneSchemaNames = { workload: 'one-schema', prefix: 'w1' } as const;
  const fleetNames = { workload: 'fleet', prefix: 'w2' } as const;
  return [
    ...(['txn', 'batch', 'one'] as const).map((mode) =>
      maker.floor(oneSchemaNames, oneSchema, { mode, at: 1 }),
    ),
    maker.bfm(oneSchemaNames, oneSchema, { commit: 'per-migration', at: DEFAULT_CONNECTIONS }),
    maker.bfm(oneSchemaNames, oneSchema, { commit: 'per-target', at: DEFAULT_CONNECTIONS }),
    ...connections.flatMap((at) => [
      maker.floor(fleetNames, fleet, { mode: 'batch', at }),
      maker.bfm(fleetNames, fleet, { commit: 'per-migration', at }),
      maker.floor(fleetNames, fleet, { mode: 'one', at }),
      maker.bfm(fleetNames, fleet, { commit: 'per-target', at }),
    ]),
    maker.start(),
    maker.floorNoop('one-schema no-op', oneSchema, 'w1 floor batch-1'),
    maker.bfmNoop('one-schema no-op', oneSchema, 'w1 bfm-4'),
    maker.floorNoop('fleet no-op', fleet, 'w2 floor batch-4'),
    maker.bfmNoop('fleet no-op', fleet, 'w2 bfm-4'),
  ];
}

interface Naming {
  readonly workload: WorkloadName;
  readonly prefix: string;
}

class Maker {
  readonly #programs: Programs;

  constructor(programs: Programs) {
    this.#programs = programs;
  }

  floor(names: Naming, arena: Arena, { mode, at }: { mode: string; at: number }): Contender {
    return {
      name: `${names.prefix} floor ${mode}-${at}`,
      workload: names.workload,
      database: { kind: 'fresh', template: arena.template },
      command: (url) => this.#floorCommand(url, arena, { mode, at }),
    };
  }

  bfm(
    names: Naming,
    arena: Arena,
    { commit, at }: { commit: 'per-migration' | 'per-target'; at: number },
  ): Contender {
    const suffix = commit === 'per-target' ? ' per-target' : '';
    return {
      name: `${names.prefix} bfm-${at}${suffix}`,
      workload: names.workload,
      database: { kind: 'fresh', template: arena.template },
      command: (url) =>
        this.#bfmCommand(url, arena, { args: ['--concurrency', String(at), '--commit', commit], at }),
    };
  }

  floorNoop(workload: WorkloadName, arena: Arena, contender: string): Contender {
    return {
      name: `${workload} floor`,
      workload,
      database: { kind: 'of', contender },
      command: (url) => this.#floorCommand(url, arena, { mode: 'noop', at: 1 }),
    };
  }

  bfmNoop(workload: WorkloadName, arena: Arena, contender: string): Contender {
    return {
      name: `${workload} bfm`,
      workload,
      database: { kind: 'of', contender },
      command: (url) => this.#bfmCommand(url, arena, { args: [], at: DEFAULT_CONNECTIONS }),
    };
  }

  start(): Contender {
    return {
      name: 'node -e 0',
      workload: 'start',
      database: { kind: 'none' },
      command: () => ({ program: this.#programs.node, args: ['-e', '0'], environment: {} }),
    };
  }

  #floorCommand(url: string, arena: Arena, { mode, at }: { mode: string; at: number }): BenchCommand {
    const { files, schemaFormat, schemas } = arena;
    const args = [url, files.plain, mode, String(at), schemaFormat, '1', String(schemas)];
    return { program: this.#programs.floor, args, environment: {} };
  }

  #bfmCommand(
    url: string,
    { files, schemaArgs }: Arena,
    { args, at }: { args: readonly string[]; at: number },
  ): BenchCommand {
    const variables = CONNECTION.toUpperCase();
    return {
      program: this.#programs.node,
      args: [this.#programs.bfm, 'up', '--yes', '--sfm', files.sfm, ...schemaArgs, ...args],
      environment: {
        [`${variables}_BACKEND`]: 'postgresql',
        [`${variables}_URL`]: url,
        [`${variables}_MAX_CONNECTIONS`]: String(at),
      },
    };
  }
}

/** The launcher of the bundled CLI in a checkout. */
export function launcherOf(root: string): string {
  return join(root, 'apps', 'cli', 'bin', 'bfm.cjs');
}
