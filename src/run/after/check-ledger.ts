/**
 * Checks a whole ledger: its database, its audit trail, and the counts of every run. Reads a snapshot, in bounded memory.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { PAGE, walk } from "../pages.ts";
import { verifyAudit } from "./verify-audit.ts";

/** `where`: a table, a run, or the audit trail; "" for the database as a whole. */
export interface LedgerProblem {
  readonly where: string;
  readonly problem: string;
}

export interface LedgerCheck {
  readonly runs: number;
  readonly entries: number;
  readonly problems: readonly LedgerProblem[];
}

/** More of them say no more. */
const MOST_PROBLEMS = 100;
const EVER = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

export async function checkLedger(ledger: Ledger): Promise<LedgerCheck> {
  await using snapshot = await ledger.openSnapshot();
  const damage = await snapshot.integrity.check();
  const problems: LedgerProblem[] = damage.map(({ table, problem }) => ({ where: table, problem }));
  // What is read from a damaged page is nothing to go by.
  if (problems.some(({ where }) => where === "")) return { runs: 0, entries: 0, problems };
  const entries = await verifyAudit(snapshot.audit).then(
    (checked) => checked.entries,
    (error: unknown) => {
      if (!(error instanceof FatalError) || error.code !== "audit_broken") throw error;
      problems.push({ where: "audit trail", problem: error.message });
      return 0;
    },
  );
  let runs = 0;
  const all = walk(
    ({ after, limit }) => snapshot.lineage.listBegun(EVER, after, limit),
    ({ no }) => no,
    PAGE,
  );
  for await (const { id } of all) {
    const run = await snapshot.runs.find(id);
    if (run === undefined || problems.length >= MOST_PROBLEMS) continue;
    runs += 1;
    for (const problem of await checkRun(snapshot, run)) problems.push({ where: `run ${id}`, problem });
  }
  return { runs, entries, problems };
}

/** The equations of its certificate that hold for ever, by what the ledger alone has. */
async function checkRun({ balance, rows: rowsLedger }: Ledger, run: Run): Promise<readonly string[]> {
  const isRead = run.stage !== "read" && run.rejection === null;
  const { rows, operations, operationsByState, appliedAndSent, leftInDone, changesWithoutWord } =
    await balance.read(run);
  // Its rows have been pruned.
  if (!isRead || (run.prunedAtMs !== null && run.summary === null)) return [];
  const sum = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((one, other) => one + other, 0);
  const isOver = run.stage === "ended" && run.kind === "run";
  const equations: (readonly [string, number, number])[] = [
    ["rows read and rows in the ledger", run.rows, rows],
    ["operations and their states", operations, sum(operationsByState)],
    ["operations applied and of them sent", operationsByState.applied, appliedAndSent],
    ["operations left open in finished rows and none", leftInDone, 0],
    ...(isOver ? [["changes without a word and none", changesWithoutWord, 0] as const] : []),
    ...(isOver ? [["rows and their words", rows, sum(await rowsLedger.countWords(run))] as const] : []),
  ];
  return equations
    .filter(([, left, right]) => left !== right)
    .map(([what, left, right]) => `${what} differ: ${left} and ${right}`);
}
