/**
 * One row as the ledger has it in, its ResultRow out: with the word of a row that is still open, and columns by the file's own names. Pure.
 */
import type { StoredOperation, StoredResult } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { ResultRow } from "../../report/result-row.ts";
import { type Ending, openEnd } from "./open-end.ts";
import { withFileColumn } from "./with-file-column.ts";

export function resultOf(run: Run, stored: StoredResult, ending: Ending): ResultRow {
  const { source, accountId, differences, operations, resolutions } = stored;
  const open = stored.word === null ? openEnd(run, stored, ending) : null;
  return {
    ...source,
    word: stored.word ?? open?.word ?? "skipped",
    accountId,
    operations: operations.map((operation) => ({
      kind: operation.kind,
      word: wordOf(operation),
      httpStatus: operation.httpStatus ?? 0,
      attempts: operation.attempts,
      key: operation.key,
      body: operation.body,
    })),
    isRepeat: stored.isRepeat,
    differences,
    resolutions,
    issues: [
      ...stored.issues.map((issue) => withFileColumn(issue, run.reading)),
      ...(open === null ? [] : [{ code: open.code, column: "", message: open.message }]),
    ],
    drift: run.planOf === null ? null : stored.drift,
    run: run.id,
    atMs: stored.atMs ?? run.startedAtMs,
  };
}

/** A call that may have left and has no answer yet is unknown. */
function wordOf({ state }: StoredOperation): string {
  return state === "sending" ? "unknown" : state;
}
