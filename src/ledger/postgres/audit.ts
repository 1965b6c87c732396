/**
 * The audit trail in PostgreSQL. Looks at runs only for the heads in their summaries.
 */
import type { AuditHead, AuditLedger } from "../audit.ts";
import {
  AUDIT_COLUMNS,
  type AuditShape,
  decodeEntry,
  decodePublished,
  FIND_HEAD,
  type PublishedShape,
} from "../sql/audit-shape.ts";
import { addEntry } from "./add-entry.ts";
import type { PostgresStore } from "./store.ts";

const LIST = `SELECT ${AUDIT_COLUMNS} FROM audit WHERE no > $1 ORDER BY no LIMIT $2`;
const LIST_LATEST = `SELECT ${AUDIT_COLUMNS} FROM audit WHERE $1::text IS NULL OR run = $1 ORDER BY no DESC LIMIT $2`;
const LIST_PUBLISHED = "SELECT no, id, summary FROM runs WHERE no > $1 ORDER BY no LIMIT $2";

export function postgresAudit(store: PostgresStore): AuditLedger {
  const { sql } = store;
  return {
    record: (entry) => store.write((within) => addEntry(within, entry)),

    async findHead() {
      return (await sql.get<AuditHead>(FIND_HEAD)) ?? null;
    },

    async list(after, limit) {
      return (await sql.all<AuditShape>(LIST, after, limit)).map(decodeEntry);
    },

    async listLatest(limit, run) {
      return (await sql.all<AuditShape>(LIST_LATEST, run, limit)).map(decodeEntry).reverse();
    },

    async listPublished(after, limit) {
      return decodePublished(await sql.all<PublishedShape>(LIST_PUBLISHED, after, limit));
    },
  };
}
