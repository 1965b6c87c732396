/**
 * Folds the rows of each account that has several into one change, from the ledger and back into it. Rows are
 * read a page at a time, and the folds of many small accounts share a commit.
 */

import type { Issue } from "../errors/issue.ts";
import type { FoldStep } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import type { DesiredRow, ParsedRow } from "../read/change.ts";
import { Fold, isSuperseded } from "../read/fold.ts";
import { UserFold } from "../read/fold-users.ts";
import { fileColumn } from "../read/header/read-header.ts";
import { layoutOf } from "../read/layouts.ts";
import type { Reading } from "../read/reading.ts";
import { hasShape } from "../read/row/cell-parsers.ts";
import { parseRow } from "../read/row/parse-row.ts";
import { counted, grouped } from "../text/counted.ts";
import { contentsOf, keepsContents } from "./content-of.ts";
import type { RunContext } from "./context.ts";
import { countInstants } from "./count-instants.ts";
import { PAGE, walk, walkPages } from "./pages.ts";

/** Resolves once every change of several rows is folded. It can be repeated after a crash, with the same result. */
export async function foldChanges(context: RunContext, run: Run, reading: Reading): Promise<void> {
  const { ledger } = context;
  const toFold = walk(
    (page) => ledger.changes.readToFold(run, page),
    ({ change }) => change,
    PAGE,
  );
  let steps: FoldStep[] = [];
  let rowsInHand = 0;
  const record = async () => {
    await recordFolded(context, run, reading, steps);
    steps = [];
    rowsInHand = 0;
  };
  for await (const { change, rows } of toFold) {
    for await (const step of foldSteps(context, run, reading, change, rows)) {
      steps.push(step);
      rowsInHand += step.kind === "superseded" || step.kind === "apart" ? step.rows.length : 1;
      if (rowsInHand >= PAGE) await record();
    }
  }
  await record();
}

/** What the rows want together comes first: a change that counts as folded is not folded again after a crash. */
async function recordFolded(
  { ledger, job }: RunContext,
  run: Run,
  reading: Reading,
  steps: readonly FoldStep[],
): Promise<void> {
  if (steps.length === 0) return;
  if (keepsContents(job, run, reading)) {
    const contentOf = contentsOf(run, reading);
    const contents = steps.flatMap((step) => (step.kind === "change" ? [contentOf(step.change, step.desired)] : []));
    await ledger.tiedOut.recordContents(run, "folded", contents);
  }
  await ledger.changes.recordFolds(run, steps);
}

/** What is to be recorded for one change, in order. */
async function* foldSteps(
  { ledger, job }: RunContext,
  run: Run,
  reading: Reading,
  change: number,
  rows: number,
): AsyncGenerator<FoldStep> {
  const { accountRows } = job.limits;
  if (rows > accountRows) {
    const message = `${counted(rows, "row")} name one account, and the limit is ${grouped(accountRows)}`;
    yield { kind: "invalid", change, issue: { code: "account_rows_limit", column: "", message } };
    return;
  }
  const readPages = () => pagesOf(ledger, run, reading, change);
  if (layoutOf(reading).rowIsAbout === "user") return yield* foldUsers(reading, change, readPages);
  const fold = new Fold();
  for await (const page of readPages()) {
    for (const row of page) {
      if (row.kind !== "desired") {
        yield { kind: "invalid", change, issue: issueOfOdd(row) };
        return;
      }
      fold.add(row);
    }
  }
  const at = reading.columns.indexOf("effective_at");
  const count = () =>
    hasShape(reading, "effective_at") ? countInstants(readPages, rows) : ledger.changes.countInstants(run, change, at);
  const instants = () => fold.instants ?? count();
  const folded = fold.end(fold.isByTime ? await instants() : 0);
  if (folded.kind === "contradiction") {
    const column = fileColumn(reading, folded.issue.column);
    yield { kind: "invalid", change, issue: { ...folded.issue, column } };
    return;
  }
  const { desired, left } = folded;
  if (left !== null) {
    for await (const page of readPages()) {
      const gone = page
        .filter((row) => row.kind === "desired" && isSuperseded(row, left))
        .map(({ source }) => source.row);
      if (gone.length > 0) yield { kind: "superseded", rows: gone, left: [...left] };
    }
  }
  yield { kind: "change", change, desired };
}

type ReadPages = () => AsyncGenerator<readonly ParsedRow[]>;

/** Users are folded each for itself, so rows may have no part in the change while others of the account go on. */
async function* foldUsers(reading: Reading, change: number, readPages: ReadPages): AsyncGenerator<FoldStep> {
  const fold = new UserFold();
  for await (const page of readPages()) {
    for (const row of page) {
      if (row.kind !== "desired") return yield { kind: "invalid", change, issue: issueOfOdd(row) };
      fold.add(row);
    }
  }
  const inFile = (issue: Issue): Issue => ({ ...issue, column: fileColumn(reading, issue.column) });
  const folded = fold.end();
  if (folded.kind === "invalid") yield { kind: "invalid", change, issue: inFile(folded.issue) };
  if (folded.hasApart) {
    for await (const page of readPages()) {
      for (const row of page) {
        const apart = row.kind === "desired" ? fold.judge(row) : null;
        const rows = [row.source.row];
        if (apart?.kind === "superseded") yield { kind: "superseded", rows, left: [apart.left] };
        else if (apart !== null) yield { kind: "apart", rows, issue: inFile(apart.issue) };
      }
    }
  }
  // A change counts as folded only once its rows apart are recorded; one that is invalid is so whatever becomes of them.
  if (folded.kind === "change") yield { kind: "change", change, desired: folded.desired };
}

async function* pagesOf(
  ledger: RunContext["ledger"],
  run: Run,
  reading: Reading,
  change: number,
): AsyncGenerator<readonly ParsedRow[]> {
  const pages = walkPages(
    (page) => ledger.changes.readRowsOf(run, change, page),
    ({ row }) => row,
    PAGE,
  );
  for await (const page of pages) yield page.map((source) => parseRow(source, reading));
}

/** The job may have been changed since a try that broke off: a row that it no longer lets through is not left out of its account's. */
function issueOfOdd({ source, issues }: Exclude<ParsedRow, DesiredRow>): Issue {
  const [issue] = issues;
  return {
    code: "internal_error",
    column: "",
    ...issue,
    message: `row ${source.row}: ${issue?.message ?? "is invalid"}`,
  };
}
