/**
 * What PostgreSQL remembers of accounts at a bank: which client_account_id is which account, what was done to each last, and who may act on
 * it. Never the account itself.
 */
import { instantOrder } from "../../instant.ts";
import type { AccountsLedger } from "../ledger.ts";
import { nearId } from "../near-id.ts";
import type { BankName } from "../run.ts";
import type { Touch } from "../sql/outcome-effects.ts";
import { postgresClaims } from "./claims.ts";
import type { Sql } from "./database.ts";
import type { ActsOn } from "./held-accounts.ts";
import { runForAll } from "./run-for-all.ts";
import type { PostgresStore } from "./store.ts";

/** $1 bank, $2 client_account_id, $3 account, $4 near id. */
const RECORD_LINKS = `INSERT INTO links (bank, client_account_id, account_id, near) SELECT o.*
  FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[]) AS o (bank, client_account_id, account_id, near)
  ON CONFLICT (bank, client_account_id) DO UPDATE SET account_id = excluded.account_id
  WHERE links.account_id <> excluded.account_id`;

const READ_LINK = `SELECT account_id AS id FROM links WHERE bank = $1 AND client_account_id = $2`;

const IS_LINKED_OTHERWISE =
  "SELECT 1 AS one FROM links WHERE bank = $1 AND account_id = $2 AND client_account_id <> $3 LIMIT 1";

const SOME_LINKS = `SELECT no, client_account_id, account_id FROM links WHERE bank = $1 ORDER BY no`;
const LIST_LINKS = `(${SOME_LINKS} LIMIT $2) UNION (${SOME_LINKS} DESC LIMIT $2) ORDER BY no`;

interface LinkShape {
  readonly client_account_id: string;
  readonly account_id: string;
}

const IS_LATER = "excluded.effective_order > coalesce(accounts.effective_order, '')";
const MAY_HOLD = "accounts.run IS NULL OR (accounts.run = excluded.run AND accounts.change = excluded.change)";
/** That of the change which touches the account, or none once that gives it up; another one's is left alone. */
const holder = (column: "run" | "change") =>
  `CASE WHEN NOT (${MAY_HOLD}) THEN accounts.${column} WHEN excluded.at_work = 1 THEN excluded.${column} END`;

/**
 * The table has no NULL for an effective_at that was never given; of two that are one moment the text that is there stays. An account that is
 * new here has the change for its holder, even one that gives it up.
 * $1 bank, $2 identity, $3 touch at least, $4 and $5 effective_at and its order, $6 applied by, $7 and $8 the change, $9 0 when it gives up.
 */
const TOUCH = `INSERT INTO accounts (bank, identity, touch, effective_at, effective_order, applied_by_run, run, change, at_work)
  SELECT bank, identity, touch, coalesce(effective_at, ''), effective_order, applied_by_run, run, change, at_work
  FROM unnest($1::integer[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::integer[], $7::integer[], $8::integer[],
    $9::smallint[]) AS o (bank, identity, touch, effective_at, effective_order, applied_by_run, run, change, at_work)
  ORDER BY bank, identity COLLATE "C"
  ON CONFLICT (bank, identity) DO UPDATE SET touch = greatest(accounts.touch + 1, excluded.touch),
    effective_at = CASE WHEN ${IS_LATER} THEN excluded.effective_at ELSE accounts.effective_at END,
    effective_order = CASE WHEN ${IS_LATER} THEN excluded.effective_order ELSE accounts.effective_order END,
    applied_by_run = CASE WHEN excluded.applied_by_run > 0 THEN excluded.applied_by_run ELSE accounts.applied_by_run END,
    run = ${holder("run")}, change = ${holder("change")}`;

export interface Link {
  readonly bank: number;
  readonly clientAccountId: string;
  readonly accountId: string;
}

/** Of several for one client_account_id the last. */
export async function addLinks(sql: Sql, links: readonly Link[]): Promise<void> {
  const last = new Map(links.map((link) => [`${link.bank} ${link.clientAccountId}`, link]));
  const rows = [...last.values()].map(({ bank, clientAccountId, accountId }) => [
    bank,
    clientAccountId,
    accountId,
    nearId(clientAccountId),
  ]);
  await runForAll(sql, RECORD_LINKS, rows);
}

export interface Touched extends ActsOn {
  readonly touch: Touch;
}

/** Accounts that the change holds, or that it has just made; no account twice. */
export async function touchAccounts(sql: Sql, touched: readonly Touched[]): Promise<void> {
  const rows = touched.flatMap(({ names, run, change, touch: { atLeast, applied, ends } }) => {
    const at = applied?.effectiveAt ?? null;
    const order = at === null ? null : instantOrder(at);
    const what = [atLeast, order === null ? null : at, order, applied?.byRun ?? 0, run.no, change, ends ? 0 : 1];
    return names.map(({ bank, identity }) => [bank, identity, ...what]);
  });
  await runForAll(sql, TOUCH, rows);
}

export function postgresAccounts(store: PostgresStore): AccountsLedger {
  const { sql } = store;
  const bankOf = async (bank: BankName) => (await store.findBank(bank)) ?? null;
  return {
    ...postgresClaims(store),

    async readLink(bank, clientAccountId) {
      return (await sql.get<{ id: string }>(READ_LINK, await bankOf(bank), clientAccountId))?.id;
    },

    async isLinkedOtherwise(bank, accountId, clientAccountId) {
      return (await sql.get(IS_LINKED_OTHERWISE, await bankOf(bank), accountId, clientAccountId)) !== undefined;
    },

    async listLinks(bank, limit) {
      const links = await sql.all<LinkShape>(LIST_LINKS, await bankOf(bank), limit);
      return links.map(({ client_account_id, account_id }) => ({
        clientAccountId: client_account_id,
        accountId: account_id,
      }));
    },

    recordLinks(bank, links) {
      return store.write(async (sql) => {
        const no = await store.openBank(sql, bank);
        await addLinks(
          sql,
          links.map((link) => ({ bank: no, ...link })),
        );
      });
    },
  };
}
