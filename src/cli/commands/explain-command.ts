/**
 * `tieout explain`: shows all that the ledger knows about a row, named by its number, its account or its code. Only looks.
 */
import { CODES, type Code } from "../../errors/codes/codes.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { renderExplanation } from "../../report/explanation.ts";
import { explainRow } from "../../run/report/explain-row.ts";
import { counted } from "../../text/counted.ts";
import { nearest } from "../../text/nearest.ts";
import { findRun } from "../find-run.ts";
import { asTyped } from "../output/as-typed.ts";
import { sayNear } from "../output/say-near.ts";
import type { Session } from "../session.ts";

/** The command line has one of them. */
export interface ExplainFlags {
  readonly row?: number;
  readonly account?: string;
  readonly code?: string;
}

/** Rows that are shown in full of those of an account, or with a code. */
export const MOST_EXPLAINED = 3;
/** One file seldom names an account more often; beyond that, the rows are not counted. */
const MOST_COUNTED = 1_000;

export async function explainCommand(session: Session, id: string, flags: ExplainFlags): Promise<ExitCode> {
  const ledger = await session.ledger();
  const run = await findRun(ledger, id);
  const { rows, count } = await findRows(session, ledger, run, flags);
  for (const [index, row] of rows.entries()) {
    const explanation = await explainRow(ledger, run, row);
    session.say(
      { event: "explanation", ...explanation },
      `${index > 0 ? "\n" : ""}${renderExplanation(explanation, asTyped)}`,
    );
  }
  const more = count - rows.length;
  if (more > 0) session.say({ event: "more", run: run.id, rows: more }, `\nand ${counted(more, "more row")}`);
  return EXIT.done;
}

interface FoundRows {
  readonly rows: readonly number[];
  readonly count: number;
}

async function findRows(session: Session, ledger: Ledger, run: Run, flags: ExplainFlags): Promise<FoundRows> {
  const { row, account, code } = flags;
  if (row !== undefined) return { rows: [row], count: 1 };
  if (account !== undefined) return findAccount(session, ledger, run, account);
  return findCode(ledger, run, code ?? "");
}

async function findAccount(session: Session, { rows }: Ledger, run: Run, account: string): Promise<FoundRows> {
  const ids = await rows.readIds(run.bank, account);
  const found = await rows.listOfAccount(run.bank, ids, { run, sinceMs: 0, limit: MOST_COUNTED });
  if (found.length > 0) return { rows: found.slice(0, MOST_EXPLAINED).map((one) => one.row), count: found.length };
  await sayNear(session, rows, run.bank, account);
  throw new FatalError("row_not_found", `run ${run.id} has no row about that account`, {
    hint: "give its account_id or client_account_id as the file has it; tieout history <id> looks through all runs",
  });
}

async function findCode({ rows }: Ledger, run: Run, text: string): Promise<FoundRows> {
  const code = Object.keys(CODES).find((known): known is Code => known === text);
  if (code === undefined) {
    const meant = nearest(text, Object.keys(CODES));
    const hint = meant === undefined ? "tieout codes lists them all" : `did you mean ${meant}?`;
    throw new FatalError("usage", `there is no code ${JSON.stringify(text)}`, { hint });
  }
  const found = await rows.findCode(run, code, MOST_EXPLAINED);
  if (found.count > 0) return found;
  throw new FatalError("row_not_found", `no row of run ${run.id} has the code ${code}`, {
    hint: "the codes of a run are in its summary and in the column result_code of its results",
  });
}
