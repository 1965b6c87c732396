/**
 * Adds an entry to the audit trail in SQLite.
 */
import type { AuditHead, NewAuditEntry } from "../audit.ts";
import { ADD_ENTRY, FIND_HEAD, SET_HEAD, valuesBehind } from "../sql/audit-shape.ts";
import type { SqliteDatabase } from "./database.ts";

/** Only within a write, so that no other process adds one meanwhile. */
export function addEntry(db: SqliteDatabase, entry: NewAuditEntry): void {
  const { values, head } = valuesBehind(db.get<AuditHead>(FIND_HEAD), entry);
  db.run(ADD_ENTRY, ...values);
  db.run(SET_HEAD, ...head);
}
