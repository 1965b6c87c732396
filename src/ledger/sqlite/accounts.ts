/**
 * What SQLite remembers of accounts at a bank: which client_account_id is which account, when each was last touched,
 * and who may act on it. Never the account itself.
 */
import { isLater } from "../../instant.ts";
import type { AccountMemory, AccountsLedger } from "../ledger.ts";
import { sqliteClaims } from "./claims.ts";
import type { SqliteDatabase } from "./database.ts";
import { readKept } from "./kept.ts";
import type { SqliteStore } from "./store.ts";

const RECORD_LINK = `INSERT INTO links (bank, client_account_id, account_id, near) VALUES (?1, ?2, ?3, near_id(?2))
  ON CONFLICT (bank, client_account_id) DO UPDATE SET account_id = excluded.account_id
  WHERE account_id <> excluded.account_id`;

export const IS_LINKED_OTHERWISE =
  "SELECT 1 FROM links WHERE bank = ? AND account_id = ? AND client_account_id <> ? LIMIT 1";

/** The table has no NULL for an effective_at that was never given. */
const READ_MEMORY = `SELECT touch, nullif(effective_at, '') AS effectiveAt, applied_by_run AS appliedByRun FROM accounts
  WHERE bank = ? AND identity = ?`;

const SOME_LINKS =
  "SELECT no, client_account_id AS clientAccountId, account_id AS accountId FROM links WHERE bank = ?1 ORDER BY no";
const LIST_LINKS = `SELECT * FROM (${SOME_LINKS} LIMIT ?2) UNION SELECT * FROM (${SOME_LINKS} DESC LIMIT ?2) ORDER BY no`;

/** Only within a write. */
export function addLink(db: SqliteDatabase, bank: number, clientAccountId: string, accountId: string): void {
  db.run(RECORD_LINK, bank, clientAccountId, accountId);
}

/** What an outcome did: `applied` carries the run's `no` and the desired effective_at. */
export interface Touch {
  readonly applied: { readonly byRun: number; readonly effectiveAt: string | null } | null;
}

/** Only within a write. Instants compare as instants; of two that are equal the text that is there stays. */
export function touchAccount(db: SqliteDatabase, bank: number, identity: string, { applied }: Touch): void {
  const present = readMemory(db, bank, identity);
  const given = applied?.effectiveAt ?? null;
  const isNewer = given !== null && isLater(given, present.effectiveAt ?? "");
  db.run(
    "INSERT OR REPLACE INTO accounts (bank, identity, touch, effective_at, applied_by_run) VALUES (?, ?, ?, ?, ?)",
    bank,
    identity,
    present.touch + 1,
    (isNewer ? given : present.effectiveAt) ?? "",
    applied === null ? present.appliedByRun : applied.byRun,
  );
}

function readMemory(db: SqliteDatabase, bank: number | null, identity: string): AccountMemory {
  return { touch: 0, effectiveAt: null, appliedByRun: 0, ...db.get<AccountMemory>(READ_MEMORY, bank, identity) };
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

    async readKept(bank, accountId) {
      return readKept(db, store.findBank(bank) ?? null, accountId);
    },

    async readMemory(bank, identities) {
      const no = store.findBank(bank) ?? null;
      return identities.map((identity) => readMemory(db, no, identity));
    },
  };
}
