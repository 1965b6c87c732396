/**
 * What SQLite remembers of accounts at a bank: which client_account_id is which account, what was done to each last, and
 * who may act on it. Never the account itself.
 */
import { instantOrder } from "../../instant.ts";
import type { AccountsLedger } from "../ledger.ts";
import type { Run } from "../run.ts";
import type { Touch } from "../sql/outcome-effects.ts";
import { sqliteClaims } from "./claims.ts";
import type { SqliteDatabase } from "./database.ts";
import type { SqliteStore } from "./store.ts";

const RECORD_LINK = `INSERT INTO links (bank, client_account_id, account_id, near) VALUES (?1, ?2, ?3, near_id(?2))
  ON CONFLICT (bank, client_account_id) DO UPDATE SET account_id = excluded.account_id
  WHERE account_id <> excluded.account_id`;

export const IS_LINKED_OTHERWISE =
  "SELECT 1 FROM links WHERE bank = ? AND account_id = ? AND client_account_id <> ? LIMIT 1";

const SOME_LINKS =
  "SELECT no, client_account_id AS clientAccountId, account_id AS accountId FROM links WHERE bank = ?1 ORDER BY no";
const LIST_LINKS = `SELECT * FROM (${SOME_LINKS} LIMIT ?2) UNION SELECT * FROM (${SOME_LINKS} DESC LIMIT ?2) ORDER BY no`;

/** Only within a write. */
export function addLink(db: SqliteDatabase, bank: number, clientAccountId: string, accountId: string): void {
  db.run(RECORD_LINK, bank, clientAccountId, accountId);
}

/**
 * ?3 at least, ?4 and ?5 effective_at and its order, ?6 applied by, ?7 and ?8 the holder, ?9 whether it gives up. The table has no NULL for
 * an effective_at that was never given; of two that are one moment the text that is there stays.
 */
const TOUCH = `INSERT INTO accounts (bank, identity, touch, effective_at, effective_order, applied_by_run, run, change, at_work)
  VALUES (?1, ?2, ?3, coalesce(?4, ''), ?5, ?6, iif(?9, NULL, ?7), iif(?9, NULL, ?8), iif(?9, 0, 1))
  ON CONFLICT (bank, identity) DO UPDATE SET touch = max(touch + 1, excluded.touch),
    effective_at = iif(?5 > coalesce(effective_order, ''), ?4, effective_at),
    effective_order = iif(?5 > coalesce(effective_order, ''), ?5, effective_order),
    applied_by_run = iif(?6 > 0, ?6, applied_by_run),
    run = iif(run IS NULL OR (run = ?7 AND change = ?8), excluded.run, run),
    change = iif(run IS NULL OR (run = ?7 AND change = ?8), excluded.change, change)`;

/** Only within a write of the change that holds the account, or that has just made it. */
export function touchAccount(
  db: SqliteDatabase,
  bank: number,
  identity: string,
  run: Run,
  change: number,
  { atLeast, applied, ends }: Touch,
): void {
  const at = applied?.effectiveAt ?? null;
  const order = at === null ? null : instantOrder(at);
  const effectiveAt = order === null ? null : at;
  db.run(TOUCH, bank, identity, atLeast, effectiveAt, order, applied?.byRun ?? 0, run.no, change, ends ? 1 : 0);
}

export function sqliteAccounts(store: SqliteStore): AccountsLedger {
  const { db } = store;
  return {
    ...sqliteClaims(store),

    async readLink(bank, clientAccountId) {
      const sql = "SELECT account_id FROM links WHERE bank = ? AND client_account_id = ?";
      return db.get<{ account_id: string }>(sql, store.findBank(bank) ?? null, clientAccountId)?.account_id;
    },

    async isLinkedOtherwise(bank, accountId, clientAccountId) {
      return db.get(IS_LINKED_OTHERWISE, store.findBank(bank) ?? null, accountId, clientAccountId) !== undefined;
    },

    async listLinks(bank, limit) {
      const no = store.findBank(bank) ?? null;
      const links = db.all<{ clientAccountId: string; accountId: string }>(LIST_LINKS, no, limit);
      return links.map(({ clientAccountId, accountId }) => ({ clientAccountId, accountId }));
    },

    recordLinks(bank, links) {
      return store.write(() => {
        const no = store.openBank(bank);
        for (const { clientAccountId, accountId } of links) addLink(db, no, clientAccountId, accountId);
      });
    },
  };
}
