import { quoteOption } from '@bfm/core';
import type { Invocation } from '../../invocation.ts';
import { openDesk } from '../../modes/open-desk.ts';
import type { AuditListOptions } from '../../options/option-types.ts';
import { auditView } from '../../output/audit-view.ts';
import { nextLine } from '../../output/error-view.ts';
import { AUDIT_WAYS, wantedEntries } from './audit-ways.ts';

const DEFAULT_LIMIT = 20;

/** `bfm audit list`: who did what, and who was refused what, the newest first. */
export async function runAuditList(options: AuditListOptions, invocation: Invocation): Promise<number> {
  await using desk = await openDesk(AUDIT_WAYS, options, invocation);
  const { work, terminal } = desk;
  const { limit = DEFAULT_LIMIT, cursor, ...rest } = options;
  const order = { limit, ...(cursor === undefined ? {} : { after: cursor }) };
  const { items, next } = await work.list({ ...wantedEntries(rest), ...order });
  terminal.data({ entries: items, next });
  const { print, look } = terminal.people;
  print(auditView(items, look));
  if (next !== null) {
    const filters = Object.entries(wantedEntries(rest)).map(([name, value]) =>
      quoteOption(`--${name}`, String(value)),
    );
    print([
      '',
      nextLine(['bfm audit list', ...filters, `--limit ${limit}`, `--cursor '${next}'`].join(' '), look),
    ]);
  }
  return 0;
}
