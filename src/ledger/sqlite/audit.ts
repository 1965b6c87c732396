/**
 * The audit trail in SQLite. Looks at runs only for the heads in their summaries.
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
import type { SqliteStore } from "./store.ts";

const LIST = `SELECT ${AUDIT_COLUMNS} FROM audit WHERE no > ? ORDER BY no LIMIT ?`;
const LIST_LATEST = `SELECT ${AUDIT_COLUMNS} FROM audit WHERE ?1 IS NULL OR run = ?1 ORDER BY no DESC LIMIT ?2`;
const LIST_PUBLISHED = "SELECT no, id, summary FROM runs WHERE no > ? ORDER BY no LIMIT ?";

export function sqliteAudit(store: SqliteStore): AuditLedger {
  const { db } = store;
  return {
    record: (entry) => store.write(() => addEntry(db, entry)),

    async findHead() {
      const head = db.get<AuditHead>(FIND_HEAD);
      return head === undefined ? null : { ...head };
    },

    async list(after, limit) {
      return db.all<AuditShape>(LIST, after, limit).map(decodeEntry);
    },

    async listLatest(limit, run) {
      return db.all<AuditShape>(LIST_LATEST, run, limit).map(decodeEntry).reverse();
    },

    async listPublished(after, limit) {
      return decodePublished(db.all<PublishedShape>(LIST_PUBLISHED, after, limit));
    },
  };
}
