/**
 * Reads changes that are open in PostgreSQL, a page at a time, each with all that planning needs of the ledger: its first row, the account it
 * is about, and what is remembered of that.
 */
import { accountKey } from "../../change-keys.ts";
import type { Page, StoredChange } from "../ledger.ts";
import type { Run } from "../run.ts";
import { isAccountKey, isClientKey } from "../sql/change-keys.ts";
import {
  type ChangeShape,
  COLUMNS,
  decodeChange,
  IDENTITY,
  MEMORY,
  NO_MEMORY,
  WITH_FIRST_ROW,
} from "../sql/change-shape.ts";
import { internal } from "../sql/errors.ts";
import { has } from "./has.ts";
import { ofPage, pageValues } from "./of-page.ts";
import { readKept } from "./read-kept.ts";
import type { PostgresStore } from "./store.ts";

/** A page of the open changes with that condition, before anything is read beside them. */
const openPage = (condition: string, more = "") => `(SELECT c.*${more} FROM changes c WHERE ${ofPage("c")}
  AND NOT ${has("ends", "c")} AND ${condition} ORDER BY c.change LIMIT $4)`;

const UNFOUND = `${isClientKey("c.key")} AND NOT ${has("finds", "c")}`;
export const READ_UNFOUND = `SELECT ${COLUMNS}, ${NO_MEMORY}
  FROM ${openPage(UNFOUND)} AS c ${WITH_FIRST_ROW} ORDER BY c.change`;

const FOUND = `NOT ${has("plans", "c")} AND (${isAccountKey("c.key")} OR ${has("finds", "c")})`;
export const READ_FOUND = `SELECT ${COLUMNS}, ${MEMORY}, f.seen, f.at AS seen_at
  FROM ${openPage(FOUND, ", $5::integer AS bank")} AS c ${WITH_FIRST_ROW}
  LEFT JOIN accounts a ON a.bank = c.bank AND a.identity = ${IDENTITY} ORDER BY c.change`;

const READ_ONE = `SELECT ${COLUMNS}, ${MEMORY}, NULL AS seen, NULL AS seen_at FROM changes c ${WITH_FIRST_ROW}
  LEFT JOIN accounts a ON a.bank = $3 AND a.identity = coalesce($4, c.key) WHERE c.run = $1 AND c.change = $2`;

export const READ_SOME = `SELECT ${COLUMNS}, ${MEMORY}, NULL AS seen, NULL AS seen_at
  FROM (SELECT c.*, $3::integer AS bank FROM changes c WHERE c.run = $1 AND c.change = ANY($2::integer[])) AS c ${WITH_FIRST_ROW}
  LEFT JOIN accounts a ON a.bank = c.bank AND a.identity = ${IDENTITY} ORDER BY c.change`;

export async function readUnfoundPage({ sql }: PostgresStore, run: Run, page: Page): Promise<readonly StoredChange[]> {
  const shapes = await sql.all<ChangeShape>(READ_UNFOUND, ...pageValues(run, page));
  return shapes.map((shape) => ({ ...decodeChange(shape), kept: [] }));
}

export async function readFoundPage(store: PostgresStore, run: Run, page: Page): Promise<readonly StoredChange[]> {
  const shapes = await store.sql.all<ChangeShape>(READ_FOUND, ...pageValues(run, page), await store.bankOf(run));
  const kept = await readKept(store, run, shapes);
  return shapes.map((shape) => ({ ...decodeChange(shape), kept: kept(shape.account_id) }));
}

export async function readOne(
  store: PostgresStore,
  run: Run,
  change: number,
  accountId: string | null,
): Promise<StoredChange> {
  const identity = accountId === null ? null : accountKey(accountId);
  const shape = await store.sql.get<ChangeShape>(READ_ONE, run.no, change, await store.bankOf(run), identity);
  if (shape === undefined) throw internal(`run ${run.id} has no change ${change}`);
  const kept = await readKept(store, run, [{ account_id: accountId }]);
  return { ...decodeChange(shape), accountId, kept: kept(accountId) };
}

export async function readSome(
  store: PostgresStore,
  run: Run,
  changes: readonly number[],
): Promise<readonly StoredChange[]> {
  const shapes = await store.sql.all<ChangeShape>(READ_SOME, run.no, changes, await store.bankOf(run));
  const kept = await readKept(store, run, shapes);
  return shapes.map((shape) => ({ ...decodeChange(shape), kept: kept(shape.account_id) }));
}
