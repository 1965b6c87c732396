/**
 * `tieout results --final`: writes one line for each row of a run with its last word, over all re-runs and repaired files. Only looks at the
 * ledger.
 */
import { resolve } from "node:path";
import { EXIT, type ExitCode, exitOfCounts } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { WORDS } from "../../errors/words.ts";
import { renderCertificate } from "../../report/certificate.ts";
import { standing } from "../../run/after/standing.ts";
import { findOriginalRun, writeFinal } from "../../run/report/final-results.ts";
import { findHolder } from "../../run/report/report-again.ts";
import { counted, grouped } from "../../text/counted.ts";
import { findRun } from "../find-run.ts";
import type { Session } from "../session.ts";
import { describeUnfinished } from "./describe-unfinished.ts";
import { describeStanding } from "./runs-command.ts";

export interface ResultsFlags {
  readonly final?: boolean;
  readonly to?: string;
}

export async function resultsCommand(
  session: Session,
  id: string,
  { final, to = "." }: ResultsFlags,
): Promise<ExitCode> {
  if (final !== true)
    throw new FatalError("usage", "results needs --final", {
      hint: `type: tieout results ${id} --final; or, for the results of that run alone: tieout report ${id}`,
    });
  const ledger = await session.ledger();
  const named = await findRun(ledger, id);
  const run = await findOriginalRun(ledger, named);
  const written = await writeFinal(ledger, run, resolve(to));
  const stands = await standing(ledger, run, ledger.nowMs());
  const holder = await findHolder(ledger, run, ledger.nowMs());
  const unfinished = describeUnfinished(run, holder, "these words");
  const { rows, words, runs, certificate, results } = written;
  const counts = WORDS.flatMap((word) => (words[word] > 0 ? [`${grouped(words[word])} ${word}`] : []));
  const text = [
    ...(run.id === named.id
      ? []
      : [`the rows of run ${named.id} came from run ${run.id}; these are the results of that one`]),
    `run ${run.id}: ${counted(rows, "row")}; ${counts.join(", ")}${describeStanding(stands)}`,
    ...(runs.length === 0 ? [] : [`runs that led there: ${[run.id, ...runs].join(", ")}`]),
    ...(unfinished === undefined ? [] : [unfinished]),
    renderCertificate(certificate),
    `results: ${results}`,
  ];
  const event = { event: "final", ...written, named: named.id, standing: stands, finished: unfinished === undefined };
  session.say(event, text.join("\n"));
  if (unfinished === undefined) return exitOfCounts(words);
  return holder === null ? EXIT.stopped : EXIT.leaseHeld;
}
