import type { Queryable } from './queryable.ts';

/** Texts in which secrets were looked for. */
export interface ToldTexts {
  /** What must appear nowhere. */
  readonly canaries: readonly string[];
  /** Outputs of programs, logs, files. */
  readonly texts: readonly string[];
}

/** Where a canary shows: in a text, or in a ledger. */
export async function findSecrets(db: Queryable, { canaries, texts }: ToldTexts): Promise<readonly string[]> {
  if (canaries.length === 0) return [];
  const { rows } = await db.query<{ line: string }>(WRITTEN);
  const written = rows.map(({ line }) => line);
  return canaries.flatMap((canary) => [
    ...texts
      .filter((text) => text.includes(canary))
      .map((text) => `a secret is told: ${around(text, canary)}`),
    ...written
      .filter((text) => text.includes(canary))
      .map((text) => `a secret is in the ledger: ${around(text, canary)}`),
  ]);
}

function around(text: string, canary: string): string {
  const at = text.indexOf(canary);
  return `${text.slice(Math.max(0, at - 80), at)}***`;
}

const WRITTEN = `
SELECT e::text AS line FROM bfm.event e
UNION ALL SELECT s::text FROM bfm.scope s
UNION ALL SELECT p::text FROM bfm.progress p`;
