/**
 * What the ledger itself says must agree at a run's end, in SQLite: counts only. Judges nothing.
 */
import type { Balance, BalanceLedger } from "./ledger.ts";
import type { SqliteStore } from "./sqlite-store.ts";

const OPERATIONS = `SELECT count(*) AS operations,
    coalesce(sum(o.state = 'applied'), 0) AS applied,
    coalesce(sum(o.state = 'applied' AND o.attempts > 0), 0) AS appliedAndSent,
    coalesce(sum(o.state IN ('planned', 'sending') AND c.state = 'done'), 0) AS leftInDone,
    coalesce(sum(o.state = 'applied' AND o.kind = 'create'), 0) AS made
  FROM operations o JOIN changes c ON c.run = o.run AND c.change = o.change WHERE o.run = ?`;

const LINKED = `SELECT count(*) AS linked FROM operations o JOIN changes c ON c.run = o.run AND c.change = o.change
  JOIN links l ON l.bank = ?2 AND l.client_account_id = substr(c.key, length('client:') + 1) AND l.account_id = c.account_id
  WHERE o.run = ?1 AND o.kind = 'create' AND o.state = 'applied'`;

export function sqliteBalance(store: SqliteStore): BalanceLedger {
  const { db } = store;
  return {
    async read(run) {
      const counts = db.get<Omit<Balance, "linked" | "keysIn">>(OPERATIONS, run.no);
      const linked = db.get<{ linked: number }>(LINKED, run.no, store.bankOf(run))?.linked ?? 0;
      const keysIn = db.get<{ keys: string | null }>("SELECT keys_in AS keys FROM runs WHERE no = ?", run.no)?.keys;
      const none = { operations: 0, applied: 0, appliedAndSent: 0, leftInDone: 0, made: 0 };
      return { ...none, ...counts, linked, keysIn: keysIn ?? null };
    },

    recordKeysIn: (run, sum) => store.write(() => void db.run("UPDATE runs SET keys_in = ? WHERE no = ?", sum, run.no)),
  };
}
