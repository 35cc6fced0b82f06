import type { Fault } from '@bfm/core';
import { faultToFinding, type Finding } from './doctor/finding.ts';
import type { ServiceContext } from './service-context.ts';

/** What is looked at: migrations as they were read, and how their scripts are. */
export type LintedFiles = Pick<ServiceContext, 'catalog' | 'sourceFaults' | 'loadCompiler'>;

/**
 * Looks at every file, up and down, applied or not; no database is asked.
 *
 * @param more what else stands against working with them
 */
export async function lintFiles(
  { catalog, sourceFaults, loadCompiler }: LintedFiles,
  more: readonly Fault[] = [],
): Promise<readonly Finding[]> {
  const compiler = await loadCompiler();
  const faults: Fault[] = [...sourceFaults, ...more];
  for (const migration of catalog.migrations) {
    for (const script of [migration.up, migration.down]) {
      if (script === null) continue;
      const compiled = compiler.compile(migration, script);
      if (!compiled.ok) faults.push(...compiled.faults);
    }
  }
  const remarks = catalog.warnings.map((fault): Finding => ({ ...faultToFinding(fault), severity: 'info' }));
  if (faults.length > 0) return [...faults.map(faultToFinding), ...remarks];
  return [sound(catalog.migrations.length), ...remarks];
}

/** The exit code of a look at files: 6 when something in them cannot be used. */
export function lintExitCode(findings: readonly Finding[]): number {
  return findings.some(({ severity }) => severity === 'error') ? 6 : 0;
}

function sound(migrations: number): Finding {
  return {
    code: 'files.sound',
    severity: 'ok',
    message: `${migrations === 1 ? '1 migration' : `${migrations} migrations`}, all of them readable`,
    where: {},
    database: null,
    mend: null,
  };
}
