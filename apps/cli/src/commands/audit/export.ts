import { once } from 'node:events';
import type { Invocation } from '../../invocation.ts';
import { openDesk } from '../../modes/open-desk.ts';
import type { AuditOptions } from '../../options/option-types.ts';
import { AUDIT_WAYS, wantedEntries } from './audit-ways.ts';

/** `bfm audit export`: every entry as a line of JSON, the newest first; as much at a time as whoever reads it takes. */
export async function runAuditExport(options: AuditOptions, invocation: Invocation): Promise<number> {
  await using desk = await openDesk(AUDIT_WAYS, options, invocation);
  const { work } = desk;
  const { stdout } = process;
  await work.each(wantedEntries(options), async (entry) => {
    if (!stdout.write(`${JSON.stringify(entry)}\n`)) await once(stdout, 'drain');
  });
  return 0;
}
