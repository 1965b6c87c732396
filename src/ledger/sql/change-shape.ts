/**
 * An open change as columns have it, with its first row, the account it is about and what is remembered of that.
 */
import type { Actual } from "../../plan/actual.ts";
import type { Desired } from "../../read/change.ts";
import type { SeenAccount, StoredChange } from "../stored-change.ts";
import { accountKeyOf, ofAccount } from "./change-keys.ts";
import { decodeProvenance, decodeSource, type OriginShape, type SourceShape } from "./source.ts";

/** Within a query, of the change `c` with the find `f`: the id of its account, if it has one. */
export const ACCOUNT_ID = `coalesce(f.account_id, ${ofAccount("c.key")})`;
/** The same as an identity in `accounts`: its key, unless it was found under another name. */
export const IDENTITY = `coalesce(${accountKeyOf("f.account_id")}, c.key)`;

export const COLUMNS = `c.change, c.key, c.begun, d.desired, ${ACCOUNT_ID} AS account_id, r.row, r.byte_offset, r.cells, r.from_run, r.from_row`;

export const MEMORY = "a.touch, nullif(a.effective_at, '') AS effective_at, a.applied_by_run";
/** Of a change whose account is still to be found. */
export const NO_MEMORY = "0 AS touch, NULL AS effective_at, 0 AS applied_by_run, NULL AS seen, NULL AS seen_at";

/** What COLUMNS need beside the change. */
export const WITH_FIRST_ROW = `JOIN rows r ON r.run = c.run AND r.row = c.change
  LEFT JOIN finds f ON f.run = c.run AND f.change = c.change
  LEFT JOIN desires d ON d.run = c.run AND d.change = c.change`;

export interface ChangeShape extends SourceShape, OriginShape {
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

export function decodeChange(shape: ChangeShape): Omit<StoredChange, "kept"> {
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

/** What was seen, as the column `seen` has it. */
export function encodeSeen(seen: SeenAccount | null): string | null {
  const account = seen?.account ?? null;
  const actual: Actual | null = account && { account, relationships: null };
  return actual && JSON.stringify(actual);
}

function decodeSeen({ seen, seen_at: atMs }: ChangeShape): SeenAccount | null {
  if (atMs === null) return null;
  return { account: seen === null ? null : (JSON.parse(seen) as Actual).account, atMs };
}
