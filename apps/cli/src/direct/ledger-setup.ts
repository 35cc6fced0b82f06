import { ledgerSetupScript, type LedgerRoles } from '@bfm/postgresql';

/** The script with which a DBA makes the ledger of PostgreSQL databases. */
export function ledgerSetup(roles: LedgerRoles): string {
  return ledgerSetupScript(roles);
}
