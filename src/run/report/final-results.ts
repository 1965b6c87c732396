/**
 * The living result of a run: one line for each of its rows, with what its last attempt came to, whichever re-runs and repaired files that
 * took. It streams, changes nothing in the ledger, and is made anew at any time.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Word } from "../../errors/words.ts";
import type { AttemptOfRow, Ledger, StoredResult } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { KeySum } from "../../read/row/key-sum.ts";
import type { Equation } from "../../report/certificate.ts";
import { FINAL_COLUMNS, type ResultRow } from "../../report/result-row.ts";
import { checkValues } from "../check-values.ts";
import { walkResults } from "../pages.ts";
import { EVERY_ROW } from "../run-in-hand.ts";
import { resultOf } from "./result-of.ts";
import { writeBalanced } from "./write-balanced.ts";

export interface FinalResults {
  readonly run: string;
  readonly rows: number;
  readonly words: Readonly<Record<Word, number>>;
  /** The runs of attempts, in the order they began. */
  readonly runs: readonly string[];
  readonly certificate: readonly Equation[];
  readonly results: string;
}

/** Of a re-run or a repaired file, the run that its rows came from. Throws FatalError `usage` when there are several. */
export async function findOriginalRun(ledger: Ledger, run: Run): Promise<Run> {
  const [id, other] = await ledger.lineage.listOrigins(run, 2);
  if (id === undefined) return run;
  if (other !== undefined)
    throw new FatalError("usage", `the rows of run ${run.id} came from several runs, ${id} and ${other} among them`, {
      hint: `name one of them: tieout results ${id} --final`,
    });
  return (await ledger.runs.find(id)) ?? run;
}

/**
 * Writes `<run>-final.csv` in the folder, in place of one that is there. Throws FatalError `run_not_found` for a run without rows,
 * `run_unbalanced`, after which nothing is written, and `results_unwritable`.
 */
export async function writeFinal(ledger: Ledger, run: Run, folder: string): Promise<FinalResults> {
  if (run.kind !== "run" || run.reading === null || run.rejection !== null)
    throw new FatalError("run_not_found", `run ${run.id} has no rows that were run`, { hint: "see tieout runs" });
  await using snapshot = await ledger.openSnapshot();
  checkValues((await snapshot.runs.find(run.id)) ?? run, "its rows cannot be written again");
  const { tally, certificate, results } = await writeBalanced(snapshot, run, {
    folder,
    name: `${run.id}-final.csv`,
    rows: (keys) => readFinal(snapshot, run, keys),
    more: FINAL_COLUMNS,
  });
  const runs = await snapshot.lineage.listAttemptRuns(run);
  return { run: run.id, rows: tally.rows, words: tally.words, runs, certificate, results };
}

async function* readFinal(ledger: Ledger, run: Run, keys: KeySum): AsyncGenerator<readonly ResultRow[]> {
  const attempting = new Map<string, Run>();
  const originals = walkResults(ledger, run);
  for await (const page of originals) {
    const [first, last] = [page[0]?.source.row ?? 0, page.at(-1)?.source.row ?? 0];
    const attempts = await ledger.lineage.readAttempts(run, { after: first - 1, to: last });
    const byRow = Map.groupBy(attempts, ({ of }) => of);
    const latest = await readLatest(ledger, attempting, byRow);
    for (const { source } of page) keys.add(source);
    yield page.map((original) => finalOf(run, original, byRow.get(original.source.row) ?? [], latest));
  }
}

interface Latest {
  readonly of: Run;
  readonly result: StoredResult;
}

/** What the last attempts of a page came to, by the original's row: one question to the ledger for each run that has some. */
async function readLatest(
  ledger: Ledger,
  attempting: Map<string, Run>,
  byRow: ReadonlyMap<number, readonly AttemptOfRow[]>,
): Promise<ReadonlyMap<number, Latest>> {
  const latest = new Map<number, Latest>();
  const last = [...byRow.values()].flatMap((attempts) => attempts.slice(-1));
  for (const [id, ofRun] of Map.groupBy(last, (attempt) => attempt.run)) {
    const of = attempting.get(id) ?? (await ledger.runs.find(id));
    if (of === undefined) continue;
    attempting.set(id, of);
    const results = await ledger.rows.readResultsOf(of, [...new Set(ofRun.map(({ row }) => row))]);
    const byNumber = new Map(results.map((result) => [result.source.row, result]));
    for (const attempt of ofRun) {
      const result = byNumber.get(attempt.row);
      if (result !== undefined) latest.set(attempt.of, { of, result });
    }
  }
  return latest;
}

/** The line is the original's: its cells, run and row; the rest is what the last attempt came to. */
function finalOf(
  run: Run,
  original: StoredResult,
  attempts: readonly AttemptOfRow[],
  latest: ReadonlyMap<number, Latest>,
): ResultRow {
  const { of, result } = latest.get(original.source.row) ?? { of: run, result: original };
  const came = resultOf(of, result, { stop: null, maxChange: EVERY_ROW });
  const runs = [run.id, ...attempts.map((attempt) => attempt.run)];
  return { ...came, ...original.source, run: run.id, runs, drift: null };
}
