/**
 * Adds an entry to the audit trail in PostgreSQL.
 */
import type { AuditHead, NewAuditEntry } from "../audit.ts";
import { ADD_ENTRY, FIND_HEAD, SET_HEAD, valuesBehind } from "../sql/audit-shape.ts";
import type { Sql } from "./database.ts";
import { numbered } from "./numbered.ts";

const [ADD, SET] = [numbered(ADD_ENTRY), numbered(SET_HEAD)];

/** Only within a write that is made alone, so that no other process adds one meanwhile. */
export async function addEntry(sql: Sql, entry: NewAuditEntry): Promise<void> {
  const { values, head } = valuesBehind(await sql.get<AuditHead>(FIND_HEAD), entry);
  await sql.run(ADD, ...values);
  await sql.run(SET, ...head);
}
