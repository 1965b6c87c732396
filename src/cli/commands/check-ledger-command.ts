/**
 * `tieout ledger check`: says whether the ledger is as it must be. Only looks.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { checkLedger } from "../../run/after/check-ledger.ts";
import { counted } from "../../text/counted.ts";
import type { Session } from "../session.ts";

const RESTORE = "keep the ledger as it is, compare it with a backup, and send these lines to the Tieout maintainers";

export async function checkLedgerCommand(session: Session): Promise<ExitCode> {
  const { runs, entries, problems } = await checkLedger(await session.ledger());
  for (const { where, problem } of problems)
    session.say({ event: "problem", where, problem }, `${where === "" ? "the database" : where}: ${problem}`);
  const isGood = problems.length === 0;
  const text = isGood
    ? `the ledger is whole: ${counted(runs, "run")} ${runs === 1 ? "balances" : "balance"}, and ${counted(entries, "entry", "entries")} of the audit trail are as they were written`
    : `${counted(problems.length, "problem")} found; ${RESTORE}`;
  session.say({ event: "checked", runs, entries, problems: problems.length }, text);
  return isGood ? EXIT.done : EXIT.ourFault;
}
