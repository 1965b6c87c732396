/**
 * The commands that only look: runs, explain, codes. Flags in, exit code out; nothing is asked of the bank.
 */

import type { CodeEntry } from "../../errors/codes/code.ts";
import { CODES } from "../../errors/codes/registry.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { WordCounts } from "../../errors/words.ts";
import type { Run } from "../../ledger/run.ts";
import { describeBatch } from "../../read/describe-reading.ts";
import { renderExplanation } from "../../report/explanation.ts";
import type { Summary } from "../../report/summary.ts";
import { explainRow } from "../../run/report/explain-row.ts";
import { shownKey } from "../../store/file-store.ts";
import { grouped } from "../../text/counted.ts";
import { nearest } from "../../text/nearest.ts";
import { findRun } from "../find-run.ts";
import type { Session } from "../session.ts";

export async function runsCommand(session: Session, limit: number): Promise<ExitCode> {
  const runs = await (await session.ledger()).runs.list(limit);
  if (runs.length === 0) session.say({ event: "none" }, "no runs yet");
  for (const run of runs) session.say({ event: "run", ...run, summary: undefined }, describeRun(run));
  return EXIT.done;
}

function describeRun(run: Run): string {
  const words: Partial<WordCounts> = run.summary === null ? {} : (JSON.parse(run.summary) as Summary).words;
  const counts = Object.entries(words).flatMap(([word, count]) => (count > 0 ? [`${grouped(count)} ${word}`] : []));
  const state =
    run.stage === "ended"
      ? `ended ${run.exit}`
      : `${run.waiting ? "waits for a person" : "unfinished"}, at ${run.stage}`;
  const why = run.rejection === null ? "" : ` (${run.rejection.code})`;
  const from = run.rerunOf === null ? "" : ` of ${run.rerunOf}`;
  const batch = run.batch === null ? "" : ` (${describeBatch(run.batch)})`;
  return `${run.id}  ${run.kind}${from}  ${run.job}  ${shownKey(run.file.key)}${batch}  ${state}${why}  ${counts.join(", ")}`.trimEnd();
}

export async function explainCommand(session: Session, id: string, row: number): Promise<ExitCode> {
  const ledger = await session.ledger();
  const explanation = await explainRow(ledger, await findRun(ledger, id), row);
  session.say({ event: "explanation", ...explanation }, renderExplanation(explanation));
  return EXIT.done;
}

export async function codesCommand(session: Session, wanted: string | undefined): Promise<ExitCode> {
  const codes = Object.entries<CodeEntry>(CODES);
  const chosen = wanted === undefined ? codes : codes.filter(([code]) => code === wanted);
  if (chosen.length === 0) {
    const meant = nearest(wanted ?? "", Object.keys(CODES));
    const hint = meant === undefined ? "tieout codes lists them all" : `did you mean ${meant}?`;
    throw new FatalError("usage", `there is no code ${JSON.stringify(wanted)}`, { hint });
  }
  const width = Math.max(...chosen.map(([code]) => code.length));
  for (const [code, entry] of chosen) {
    const text = wanted === undefined ? `${code.padEnd(width)}  ${entry.meaning}` : describeCode(code, entry);
    const { fixedBy, ...rest } = entry;
    // Programs that read the JSON know the member under this name.
    session.say({ event: "code", code, ...rest, mends: fixedBy }, text);
  }
  return EXIT.done;
}

const FIXED_BY: Readonly<Record<CodeEntry["fixedBy"], string>> = {
  file: "whoever writes the file",
  operator: "whoever runs Tieout",
  bank: "the bank",
  tieout: "the Tieout maintainers",
  nobody: "nobody needs to",
};

function describeCode(code: string, { meaning, fixedBy, retryHelps, todo, exit }: CodeEntry): string {
  return [
    `${code}: ${meaning}`,
    `  fixed by: ${FIXED_BY[fixedBy]}`,
    `  running the same row again: ${retryHelps ? "may help" : "does not help"}`,
    `  to do: ${todo}`,
    ...(exit === undefined ? [] : [`  exit code: ${exit}`]),
  ].join("\n");
}
