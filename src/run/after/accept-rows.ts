/**
 * Accepts open rows for a while: they are off the list of open rows until the day has passed. Sends nothing, and changes no row.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Actor } from "../../ledger/audit.ts";
import type { Ledger, OriginalRow, StoredResult } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { counted, grouped } from "../../text/counted.ts";
import { auditEntry } from "../audit-entry.ts";
import { openIn, openOf } from "../open-rows.ts";

export interface ToAccept {
  /** First and last row of each range. */
  readonly ranges: readonly (readonly [number, number])[];
  /** As typed. */
  readonly rows: string;
  /** The last day, as `2027-01-31`, in UTC. */
  readonly until: string;
  readonly untilMs: number;
  readonly reason: string;
  readonly actor: Actor;
}

/** What was accepted of one run's original rows. */
export interface AcceptedRows {
  readonly run: string;
  readonly rows: readonly number[];
}

const MOST_ROWS = 10_000;

/**
 * Of a re-run or a repaired file, the original rows are accepted. All of the rows must be open; what was accepted before may be accepted again.
 * Throws FatalError `usage`, `row_not_found` and `row_not_open`, and then nothing was accepted.
 */
export async function acceptRows(ledger: Ledger, run: Run, accept: ToAccept): Promise<readonly AcceptedRows[]> {
  const { ranges, rows, until, untilMs, reason, actor } = accept;
  if (run.kind !== "run")
    throw new FatalError("usage", `${run.id} is a ${run.kind}, whose rows are never open`, { hint: "see tieout open" });
  const named = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  if (named > MOST_ROWS)
    throw new FatalError("usage", `--row names ${counted(named, "row")}`, {
      hint: `name ${grouped(MOST_ROWS)} at most`,
    });
  const originals = await findOriginals(ledger, run, ranges);
  for (const [from, to] of ranges)
    for (let row = from; row <= to; row += 1) if (!originals.has(row)) throw await notOpen(ledger, run, row);
  const atMs = ledger.nowMs();
  const accepted: AcceptedRows[] = [];
  for (const [id, of] of Map.groupBy(originals.values(), (original) => original.run)) {
    const original = await ledger.runs.find(id);
    if (original === undefined) continue;
    const numbers = [...new Set(of.map(({ row }) => row))].sort((one, other) => one - other);
    const details = { rows: id === run.id ? rows : numbers, until };
    const entry = auditEntry({ actor, atMs, action: "accept" }, { job: original.job, run: id, reason, details });
    await ledger.audited(entry).lineage.accept(original, numbers, { untilMs, reason, by: actor.user, atMs });
    accepted.push({ run: id, rows: numbers });
  }
  return accepted;
}

/** The originals of the open rows in the ranges, by the number that the row has in this run. */
async function findOriginals(ledger: Ledger, run: Run, ranges: ToAccept["ranges"]): Promise<Map<number, OriginalRow>> {
  const found = new Map<number, OriginalRow>();
  const take = (row: number, original: OriginalRow) => {
    if (ranges.some(([from, to]) => from <= row && row <= to)) found.set(row, original);
  };
  for await (const { original } of openOf(ledger, run)) take(original.row, original);
  for await (const { last, original } of openIn(ledger, run)) if (original.run !== run.id) take(last.row, original);
  return found;
}

async function notOpen({ rows }: Ledger, run: Run, row: number): Promise<FatalError> {
  const [result] = await rows.readResults(run, { after: row - 1, limit: 1 });
  if (result?.source.row !== row)
    return new FatalError("row_not_found", `run ${run.id} has no row ${row}; nothing was accepted`, {
      hint: "give row numbers from the column result_row, such as --row 7,12-19",
    });
  const message = `row ${row} of run ${run.id} is not open: ${whyNot(result)}; nothing was accepted`;
  return new FatalError("row_not_open", message, { hint: "see tieout open" });
}

function whyNot({ word, issues }: Pick<StoredResult, "word" | "issues">): string {
  if (word === null) return "its run has not come to it yet";
  if (word === "skipped") return ["it is skipped", ...issues.slice(0, 1).map(({ code }) => `(${code})`)].join(" ");
  return word === "applied" || word === "unchanged"
    ? `it is ${word}`
    : "it has come right since, or a later row took its place";
}
