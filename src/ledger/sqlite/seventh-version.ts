/**
 * The statements that take a SQLite ledger from version 6 to 7: what is kept of accounts that were tied out, and of those that snapshots hold.
 * Text only. They only add, so a run of version 6 goes on.
 */
export const SEVENTH_VERSION = "";
