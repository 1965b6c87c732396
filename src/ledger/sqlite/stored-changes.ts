/**
 * Reads changes that are open in SQLite, a page at a time, each with all that planning needs of the ledger: its first row, the account it
 * is about, and what is remembered of that.
 */
import { accountKey } from "../../change-keys.ts";
import type { Actual } from "../../plan/actual.ts";
import type { Desired } from "../../read/change.ts";
import type { Page, SeenAccount, StoredChange } from "../ledger.ts";
import type { Run } from "../run.ts";
import { accountKeyOf, isAccountKey, isClientKey, ofAccount } from "./change-keys.ts";
import { isOpen } from "./ends.ts";
import { readKept } from "./kept.ts";
import { isUnplanned } from "./plan-columns.ts";
import { decodeProvenance, decodeSource, type OriginShape, type SourceShape } from "./source.ts";
import { internal, type SqliteStore } from "./store.ts";

/** Within a query, of the change `c` with the find `f`: the id of its account, if it has one. */
export const ACCOUNT_ID = `coalesce(f.account_id, ${ofAccount("c.key")})`;
/** The same as an identity in `accounts`: its key, unless it was found under another name. */
export const IDENTITY = `coalesce(${accountKeyOf("f.account_id")}, c.key)`;

const COLUMNS = `c.change, c.key, c.begun, d.desired, ${ACCOUNT_ID} AS account_id, r.row, r.byte_offset, r.cells, r.from_run, r.from_row`;

const MEMORY = "a.touch, nullif(a.effective_at, '') AS effective_at, a.applied_by_run";

const FROM = `FROM changes c JOIN rows r ON r.run = c.run AND r.row = c.change
  LEFT JOIN finds f ON f.run = c.run AND f.change = c.change
  LEFT JOIN desires d ON d.run = c.run AND d.change = c.change`;

const IN_PAGE = `c.run = ?1 AND c.change > ?2 AND c.change <= ?3 AND ${isOpen("c")}`;

const NO_MEMORY = "0 AS touch, NULL AS effective_at, 0 AS applied_by_run, NULL AS seen, NULL AS seen_at";

export const READ_UNFOUND = `SELECT ${COLUMNS}, ${NO_MEMORY} ${FROM}
  WHERE ${IN_PAGE} AND ${isClientKey("c.key")} AND f.change IS NULL ORDER BY c.change LIMIT ?4`;

export const READ_FOUND = `SELECT ${COLUMNS}, ${MEMORY}, f.seen, f.at AS seen_at ${FROM}
  LEFT JOIN accounts a ON a.bank = ?5 AND a.identity = ${IDENTITY}
  WHERE ${IN_PAGE} AND (${isAccountKey("c.key")} OR f.change IS NOT NULL)
    AND ${isUnplanned("c")} ORDER BY c.change LIMIT ?4`;

const READ_ONE = `SELECT ${COLUMNS}, ${MEMORY}, NULL AS seen, NULL AS seen_at ${FROM}
  LEFT JOIN accounts a ON a.bank = ?3 AND a.identity = coalesce(?4, c.key) WHERE c.run = ?1 AND c.change = ?2`;

interface ChangeShape extends SourceShape, OriginShape {
  readonly change: number;
  readonly key: string;
  readonly begun: number;
  readonly desired: string | null;
  readonly account_id: string | null;
  readonly touch: number | null;
  readonly effective_at: string | null;
  readonly applied_by_run: number | null;
  readonly seen: string | null;
  readonly seen_at: number | null;
}

function decodeChange(shape: ChangeShape): Omit<StoredChange, "kept"> {
  return {
    change: shape.change,
    key: shape.key,
    source: decodeSource(shape),
    folded: shape.desired === null ? null : (JSON.parse(shape.desired) as Desired),
    accountId: shape.account_id,
    memory: {
      touch: shape.touch ?? 0,
      effectiveAt: shape.effective_at,
      appliedByRun: shape.applied_by_run ?? 0,
    },
    provenance: decodeProvenance(shape),
    begun: shape.begun,
    lookedUp: decodeSeen(shape),
  };
}

function decodeSeen({ seen, seen_at: atMs }: ChangeShape): SeenAccount | null {
  if (atMs === null) return null;
  return { account: seen === null ? null : (JSON.parse(seen) as Actual).account, atMs };
}

export function readUnfoundPage({ db }: SqliteStore, run: Run, { after, to, limit }: Page): readonly StoredChange[] {
  const shapes = db.all<ChangeShape>(READ_UNFOUND, run.no, after, to ?? Number.MAX_SAFE_INTEGER, limit);
  return shapes.map((shape) => ({ ...decodeChange(shape), kept: [] }));
}

export function readFoundPage(store: SqliteStore, run: Run, { after, to, limit }: Page): readonly StoredChange[] {
  const bank = store.bankOf(run);
  const shapes = store.db.all<ChangeShape>(READ_FOUND, run.no, after, to ?? Number.MAX_SAFE_INTEGER, limit, bank);
  const kept = readKept(store, run, shapes);
  return shapes.map((shape) => ({ ...decodeChange(shape), kept: kept(shape.account_id) }));
}

export function readOne(store: SqliteStore, run: Run, change: number, accountId: string | null): StoredChange {
  const identity = accountId === null ? null : accountKey(accountId);
  const shape = store.db.get<ChangeShape>(READ_ONE, run.no, change, store.bankOf(run), identity);
  if (shape === undefined) throw internal(`run ${run.id} has no change ${change}`);
  return { ...decodeChange(shape), accountId, kept: readKept(store, run, [{ account_id: accountId }])(accountId) };
}
