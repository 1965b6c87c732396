/**
 * `tieout explain`: shows all that the ledger knows about one row. Only looks.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { renderExplanation } from "../../report/explanation.ts";
import { explainRow } from "../../run/report/explain-row.ts";
import { findRun } from "../find-run.ts";
import type { Session } from "../session.ts";

export async function explainCommand(session: Session, id: string, row: number): Promise<ExitCode> {
  const ledger = await session.ledger();
  const explanation = await explainRow(ledger, await findRun(ledger, id), row);
  session.say({ event: "explanation", ...explanation }, renderExplanation(explanation));
  return EXIT.done;
}
