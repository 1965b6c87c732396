/**
 * `tieout verify`: reads the accounts of a run's rows again, and says which are no longer as the run left them. Changes nothing.
 */
import { resolve } from "node:path";
import { type ExitCode, exitOfCounts } from "../../errors/exit-codes.ts";
import { WORDS } from "../../errors/words.ts";
import { renderCertificate } from "../../report/certificate.ts";
import { verifyRun } from "../../run/after/verify-run.ts";
import { findHolder } from "../../run/report/report-again.ts";
import { counted, grouped } from "../../text/counted.ts";
import { findRun } from "../find-run.ts";
import type { Session } from "../session.ts";
import { checkBank, loadJobOf, withContext } from "../with-context.ts";
import { describeUnfinished } from "./describe-unfinished.ts";

export interface VerifyFlags {
  readonly to?: string;
}

export async function verifyCommand(session: Session, id: string, { to = "." }: VerifyFlags): Promise<ExitCode> {
  const ledger = await session.ledger();
  const run = await findRun(ledger, id);
  return withContext(session, await loadJobOf(session, run), async (context) => {
    checkBank(context, run);
    const { tally, certificate, results } = await verifyRun(context, run, resolve(to));
    const { rows, words } = tally;
    const holder = await findHolder(ledger, run, ledger.nowMs());
    const unfinished = describeUnfinished(run, holder, "what is found");
    const counts = WORDS.flatMap((word) => (words[word] > 0 ? [`${grouped(words[word])} ${SAYS[word] ?? word}`] : []));
    const text = [
      `verified run ${run.id}: ${counted(rows, "row")}; ${counts.join(", ")}`,
      ...(unfinished === undefined ? [] : [unfinished]),
      renderCertificate(certificate),
      `results: ${results}`,
    ];
    const finished = unfinished === undefined;
    session.say({ event: "verified_run", run: run.id, rows, words, certificate, results, finished }, text.join("\n"));
    return exitOfCounts(words);
  });
}

const SAYS: Readonly<Record<string, string>> = {
  unchanged: "as left (unchanged)",
  refused: "changed since or missing (refused)",
  skipped: "not verified (skipped)",
};
