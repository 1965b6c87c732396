/**
 * `tieout runs`: lists the runs in the ledger, latest first. Only looks.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import type { WordCounts } from "../../errors/words.ts";
import type { Run } from "../../ledger/run.ts";
import { describeSelection } from "../../plan/selection.ts";
import { describeBatch } from "../../read/describe-reading.ts";
import type { Summary } from "../../report/summary.ts";
import { MOST_COUNTED, type RunStanding, standing } from "../../run/after/standing.ts";
import { counted, grouped } from "../../text/counted.ts";
import { shownKey } from "../../text/shown-key.ts";
import { checkJob } from "../find-run.ts";
import type { Session } from "../session.ts";
import { sinceMs } from "../since-ms.ts";

export interface RunsFlags {
  readonly limit: number;
  readonly job?: string;
  readonly since?: string;
  readonly failed?: boolean;
}

export async function runsCommand(session: Session, { limit, since, ...wanted }: RunsFlags): Promise<ExitCode> {
  const ledger = await session.ledger();
  await checkJob(ledger, wanted.job);
  const runs = await ledger.runs.list(limit, { ...wanted, sinceMs: sinceMs(since, ledger.nowMs()) });
  const isNarrowed = since !== undefined || Object.keys(wanted).length > 0;
  if (runs.length === 0) session.say({ event: "none" }, isNarrowed ? "no such runs" : "no runs yet");
  for (const run of runs) {
    const stands = await standing(ledger, run, ledger.nowMs());
    session.say({ ...eventOf(run), standing: stands }, `${describeRun(run)}${describeStanding(stands)}`);
  }
  return EXIT.done;
}

/** As `; 3 rows open`, `; done by run …` or `; its rows are those of …`, behind what a run has come to. */
export function describeStanding(stands: RunStanding | null): string {
  if (stands === null) return "";
  const { open, accepted, doneBy, of } = stands;
  if (of !== null) return `; its rows are those of ${of}`;
  const apart = accepted === 0 ? "" : `, ${grouped(accepted)} accepted for now`;
  if (open > 0) return `; ${counted(open, "row")}${open === MOST_COUNTED ? " or more" : ""} open${apart}`;
  return doneBy === null ? `; no row open${apart}` : `; done by run ${doneBy}${apart}`;
}

/** Without the ids of accounts, which may be cells of a file. */
function eventOf({ summary: _, selection, ...run }: Run): object {
  return { event: "run", ...run, ...(selection && { narrowed: describeSelection(selection) }) };
}

function describeRun(run: Run): string {
  const words: Partial<WordCounts> = run.summary === null ? {} : (JSON.parse(run.summary) as Summary).words;
  const counts = Object.entries(words).flatMap(([word, count]) => (count > 0 ? [`${grouped(count)} ${word}`] : []));
  const state =
    run.stage === "ended"
      ? `ended ${run.exit}`
      : `${run.waiting ? "waits for a person" : "unfinished"}, at ${run.stage}`;
  const why = run.rejection === null ? "" : ` (${run.rejection.code})`;
  const origin = run.rerunOf ?? run.planOf;
  const from = origin === null ? "" : ` of ${origin}`;
  const batch = run.batch === null ? "" : ` (${describeBatch(run.batch)})`;
  return `${run.id}  ${run.kind}${from}  ${run.job}  ${shownKey(run.file.key)}${batch}  ${state}${why}  ${counts.join(", ")}`.trimEnd();
}
