/**
 * What a summary says of a snapshot: the accounts that it lacks, by what is known of each, and what becomes of them. Pure.
 */
import { counted, grouped } from "../text/counted.ts";

export interface SnapshotSummary {
  /** `all`, or the column that says which accounts are meant. */
  readonly scope: string;
  /** Accounts in scope that the job's snapshots held before, and those of them that this one lacks. */
  readonly before: number;
  readonly lost: number;
  /** Accounts that were deactivated or closed as absent, and that are in the file again. */
  readonly back: number;
  /** The accounts of missing.csv by their state. */
  readonly states: Readonly<Record<"absent" | "done" | "elsewhere" | "changed_since", number> & { unclear?: number }>;
  /** Values of the scope that the file no longer names, and their accounts; absent where there are none. */
  readonly gone?: { readonly values: number; readonly accounts: number };
  /** What the job says is to be done to absent accounts; null when they are only listed. */
  readonly action: { readonly do: "deactivate" | "close"; readonly reason: string } | null;
  /** Why that is not done; null when it is, or there is nothing to do. */
  readonly notActed: { readonly code: string; readonly message: string } | null;
}

const DONE = { deactivate: "deactivated", close: "closed" } as const;

/** Lines for people. */
export function describeSnapshot(snapshot: SnapshotSummary, kind: "run" | "plan" | "validate"): string[] {
  const { states, back, gone, scope } = snapshot;
  const { unclear = 0 } = states;
  const whose = scope === "all" ? "" : ` of its ${scope}`;
  const beside = [
    ...(states.done > 0 ? [`${grouped(states.done)} done before`] : []),
    ...(states.changed_since > 0 ? [`${grouped(states.changed_since)} changed since the file was written`] : []),
    ...(states.elsewhere > 0 ? [`${grouped(states.elsewhere)} in another job's snapshots`] : []),
  ];
  const also = beside.length === 0 ? "" : `; and ${beside.join(", ")}`;
  const listed = states.absent + states.done + states.changed_since + states.elsewhere;
  return [
    listed === 0
      ? `absent: no account${whose}; the file has all ${unclear > 0 ? "others " : ""}that the ledger knows`
      : `absent: ${counted(states.absent, "account")}${whose} that the ledger knows and the file lacks${also}, see missing.csv`,
    ...(states.absent > 0 ? [`  ${whatBecomes(snapshot, kind)}`] : []),
    ...(unclear > 0 ? [describeUnclear(unclear)] : []),
    ...(back > 0
      ? [`back: ${counted(back, "account")} that ${back === 1 ? "was" : "were"} absent before; each is as its row says`]
      : []),
    ...(gone === undefined
      ? []
      : [
          `no longer in scope: ${counted(gone.accounts, "account")} of ${counted(gone.values, "value")} of ${scope} that the file has no row of; if one is to stay in scope, name it in scope.values`,
        ]),
  ];
}

function describeUnclear(accounts: number): string {
  const [are, them, any] = accounts === 1 ? ["is", "it", "it"] : ["are", "them", "any of them"];
  return `unclear: ${counted(accounts, "account")} that ${are} left alone, see missing.csv; the ledger knows ${them} by account_id alone, and a row of the file has a client_account_id of no known account, so it may be of ${any}`;
}

/** What follows a verdict on rows, as `; 2 accounts are absent and only listed`; nothing where the snapshot lacks none that are to be judged. */
export function absenceOf({ states, action, notActed }: SnapshotSummary, kind: "run" | "plan"): string {
  const { absent, unclear = 0 } = states;
  const are = absent === 1 ? "is" : "are";
  const becomes =
    action === null
      ? " and only listed"
      : notActed !== null
        ? `, and none is ${DONE[action.do]}`
        : kind === "plan"
          ? `, to be ${DONE[action.do]} once the file is run`
          : `, to be ${DONE[action.do]} by a run of ${absent === 1 ? "its" : "their"} own`;
  return [
    ...(absent > 0 ? [`; ${counted(absent, "account")} ${are} absent${becomes}`] : []),
    ...(unclear > 0
      ? [`; whether ${counted(unclear, "account")} ${unclear === 1 ? "is" : "are"} absent is unclear`]
      : []),
  ].join("");
}

function whatBecomes({ action, notActed, states }: SnapshotSummary, kind: "run" | "plan" | "validate"): string {
  const [they, their] = states.absent === 1 ? ["it is", "its"] : ["they are", "their"];
  if (action === null) return `${they} only listed, since the job does not say absent`;
  const done = `${DONE[action.do]} (${action.reason})`;
  if (notActed !== null) return `none is ${done}: ${notActed.message}`;
  const when = kind === "plan" ? "once the file is run" : "at the end of this start or of the next";
  return `${they} ${done} by a run of ${their} own, ${when}`;
}
