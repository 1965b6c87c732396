/**
 * Gathers all that the ledger knows of one row: its cells, what they mean, the change it is part of, what the bank held,
 * and what became of it. Reads only the ledger.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { ChangeOfRow, GuardOfRun, Ledger, StoredOperation, StoredResult } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { Reading } from "../../read/reading.ts";
import { listShaped } from "../../read/row/list-shaped.ts";
import { parseRow } from "../../read/row/parse-row.ts";
import type { ExplainedOperation, Explanation } from "../../report/explanation.ts";
import { grouped } from "../../text/counted.ts";
import { shownKey } from "../../text/shown-key.ts";
import { checkValues } from "../check-values.ts";
import { withFileColumn } from "./with-file-column.ts";

const OWN_ID_PATH = { client_customer_id: "/v0/entities", client_application_id: "/v0/applications" } as const;

/** Throws FatalError `row_not_found` when the run has no such row. */
export async function explainRow(ledger: Ledger, run: Run, row: number): Promise<Explanation> {
  const [stored] = await ledger.rows.readResults(run, { after: row - 1, limit: 1 });
  if (stored === undefined || stored.source.row !== row || run.reading === null) throw rowNotFound(run, row);
  const { source, accountId, differences, operations, resolutions, issues, word } = stored;
  const change = await ledger.rows.readChangeOf(run, row);
  const shapes = listShaped(source, run.reading);
  return {
    run: run.id,
    row,
    file: shownKey(`${run.file.place}/${run.file.key}`),
    batch: run.batch === null ? null : { ...run.batch, corrects: run.corrects },
    byteOffset: source.byteOffset,
    word: word ?? "not settled",
    cells: source.cells?.map((cell, at) => [run.reading?.header[at] ?? "", cell] as const) ?? null,
    values: valuesOf(stored, run.reading),
    ...(run.reading.forms?.shapes !== undefined && { shapes }),
    rows: change?.rows ?? [],
    desired: change === undefined || change.rows.length < 2 || change.folded === null ? null : { ...change.folded },
    accountId,
    actual: change?.seen ? (JSON.parse(change.seen) as unknown) : null,
    plannedAt: timeOf(change?.plannedAtMs ?? null),
    ids: resolutions.map(({ kind, own, id, run: asked, atMs, status }) => ({
      kind,
      own,
      id,
      run: asked,
      at: new Date(atMs).toISOString(),
      answer: `GET ${OWN_ID_PATH[kind]}?${kind}=${encodeURIComponent(own)}: HTTP ${status}`,
    })),
    differences,
    guard: await describeGuards(ledger, run, stored, change),
    operations: operations.map(explainOperation),
    issues: issues.map((issue) => withFileColumn(issue, run.reading)),
    prunedAt: await prunedAt(ledger, run, row),
    accepted: run.accepts.length === 0 ? null : { codes: run.accepts, reason: run.reason ?? "" },
  };
}

/** When values of the run began to be pruned, if those of the row are gone; null while they are there. */
export async function prunedAt({ retention }: Ledger, run: Run, row: number): Promise<string | null> {
  if (run.prunedAtMs === null || (await retention.findKept(run, [row])).has(row)) return null;
  return timeOf(run.prunedAtMs);
}

export function explainOperation(operation: StoredOperation): ExplainedOperation {
  const { step, kind, state, httpStatus, attempts, firstSentAtMs, lastSentAtMs, key, requestId, body } = operation;
  const [firstSentAt, lastSentAt] = [timeOf(firstSentAtMs), timeOf(lastSentAtMs)];
  return { step, kind, state, httpStatus: httpStatus ?? 0, attempts, firstSentAt, lastSentAt, key, requestId, body };
}

export const timeOf = (atMs: number | null) => (atMs === null ? null : new Date(atMs).toISOString());

function valuesOf({ source }: StoredResult, reading: Reading): Explanation["values"] {
  const parsed = parseRow(source, reading);
  return parsed.kind === "desired" ? { ...parsed.desired } : null;
}

async function describeGuards(
  { guards }: Ledger,
  run: Run,
  { issues, operations }: StoredResult,
  change: ChangeOfRow | undefined,
): Promise<string> {
  const held = issues.filter(({ code }) => code === "guard").map(({ message }) => message);
  if (held.length > 0) return `held: ${held.join("; ")}`;
  if (["read", "plan", "guard"].includes(run.stage)) return "not judged yet";
  const [first] = change?.rows ?? [];
  const holds = first === undefined ? [] : await guards.listHolds(run, first);
  if (holds.length === 0) return operations.length === 0 ? "nothing to judge: the row has no operations" : "passed";
  const known = await guards.list(run);
  return holds.map(({ guard }) => describeApproval(guard, known)).join("; ");
}

function describeApproval(name: string, known: readonly GuardOfRun[]): string {
  const approval = known.find(({ guard }) => guard === name)?.approval;
  if (!approval) return `held by ${name}`;
  const { max, by, atMs, reason } = approval;
  return `held by ${name}, then approved up to ${grouped(max)} by ${by} at ${new Date(atMs).toISOString()}: ${reason}`;
}

function rowNotFound(run: Run, row: number): FatalError {
  if (run.prunedAtMs !== null && row > 1 && row <= run.rows + 1) checkValues(run, "the ledger has nothing of that row");
  const why = run.rejection === null ? "" : `; its file was rejected: ${run.rejection.message}`;
  return new FatalError("row_not_found", `run ${run.id} has no row ${row}${why}`, {
    hint: "give a row number from the column result_row; the header is row 1",
  });
}
