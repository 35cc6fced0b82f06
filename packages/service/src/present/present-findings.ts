import type { Finding, Severity } from '../doctor/finding.ts';

const SEVERITIES: readonly Severity[] = ['ok', 'info', 'warning', 'error'];

/** The wire form of what a doctor has found. */
export function presentFindings(findings: readonly Finding[]): Record<string, unknown> {
  return {
    findings: findings.map(({ code, severity, message, where, database, mend }) => ({
      code,
      severity,
      message,
      where: database === null ? where : { ...where, database },
      mend,
    })),
    summary: Object.fromEntries(
      SEVERITIES.map((severity) => [severity, findings.filter((each) => each.severity === severity).length]),
    ),
  };
}
