/**
 * What a job file says of snapshots: files that hold every account of a scope, and what becomes of accounts that such a file lacks. What that
 * means is in run/snapshot/.
 */
import { z } from "zod";

/** Reasons that the bank's calls take, but for client_closed: that needs a notice, which an account without a row cannot give. */
const absent = z.discriminatedUnion(
  "do",
  [
    z.strictObject({ do: z.literal("deactivate"), reason: z.enum(["dormant", "frozen", "other"]) }),
    z.strictObject({
      do: z.literal("close"),
      reason: z.enum(["entity_closed", "paid_off", "charged_off", "canceled"]),
    }),
  ],
  {
    error:
      'give { do: "deactivate", reason: "dormant" } (or frozen, other), or { do: "close", reason: "canceled" } (or entity_closed, paid_off, charged_off)',
  },
);

const scope = z.union(
  [
    z.literal("all"),
    z.strictObject({
      /** By its name in the tieout layout. */
      column: z.string().refine((name) => name === "product_name" || /^metadata\.[^.].*$/.test(name), {
        error: "give product_name, or metadata.<key>",
      }),
      /** Values that are in scope even when the file has no row of them any more. */
      values: z.array(z.string().min(1)).min(1).optional(),
    }),
  ],
  { error: 'give "all", or { column: "product_name" }, which may have values: ["…"]' },
);

/** Settings of a job, beside the others. */
export const snapshotSettings = {
  /** `snapshot`: each file holds every account of the scope. Without it a file holds changes. */
  mode: z.enum(["changes", "snapshot"]).optional(),
  /** Whose accounts a snapshot holds: all that the ledger knows at the bank, or those with the values that the file names in a column. */
  scope: scope.optional(),
  /** What becomes of accounts that a snapshot lacks; only listed when not given. */
  absent: absent.optional(),
};

type Given = { readonly [Name in keyof typeof snapshotSettings]?: z.output<(typeof snapshotSettings)[Name]> };

/** What a run keeps of them: how its file was read as a snapshot. */
export interface SnapshotOf {
  readonly scope: z.output<typeof scope>;
  readonly absent: z.output<typeof absent> | null;
}

/** Null for a job whose files hold changes. */
export function snapshotOf({ mode, scope: given = "all", absent: action }: Given): SnapshotOf | null {
  return mode === "snapshot" ? { scope: given, absent: action ?? null } : null;
}

/** What a source says that matters here. */
interface SourceGiven {
  readonly repaired: boolean;
  readonly mayBeSnapshot: boolean;
}

/** The setting that cannot go with the others, and why; undefined when all can. */
export function snapshotFault(
  { mode, scope: given = "all", ...job }: Given,
  sources: readonly SourceGiven[],
): { readonly path: string; readonly error: string } | undefined {
  if (mode === "snapshot") {
    if (sources.some(({ repaired }) => repaired))
      return { path: "mode", error: "a source of repaired files has no snapshots" };
    const snapshots = sources.filter(({ mayBeSnapshot }) => mayBeSnapshot);
    if (given !== "all" || snapshots.length < 2) return undefined;
    const error = 'no file of several sources holds all accounts: give { column: "product_name" }';
    return { path: "scope", error };
  }
  const error = 'say mode: "snapshot" too: only such files can lack accounts';
  if (given !== "all") return { path: "scope", error };
  return job.absent === undefined ? undefined : { path: "absent", error };
}
