/**
 * Ledger format 3: the same tables. Its functions are others: with them the ledger row asserts the fence
 * (docs/adr/0014-the-ledger-row-asserts-the-fence.md), and a ledger of format 2 lacks them.
 */
export const FORMAT_3 = `
UPDATE bfm.format SET version = 3, written_at = now();
`;
