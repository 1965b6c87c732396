/**
 * Which alarms the end of a file or of a start means, and whether it was a run that has come to its end. Pure.
 */
import { CODES, type Code } from "../errors/codes/codes.ts";
import { ENDED_WELL, EXIT } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Word } from "../errors/words.ts";
import { jobWord } from "../report/job-word.ts";
import { commandToResume } from "../report/next-commands.ts";
import type { Summary } from "../report/summary.ts";
import type { FileEnd } from "../run/start/start-job.ts";
import { counted, grouped } from "../text/counted.ts";
import { shellWord } from "../text/shell-word.ts";
import { shownKey } from "../text/shown-key.ts";
import type { RaisedAlarm } from "./raise-alarm.ts";

/** What a start that could not do its work is about; runs are about "". */
export const OF_START = "start";

export type WaitingFiles = Extract<FileEnd, { kind: "out_of_turn" | "to_catch_up" }>;

/** Kinds that a run's end raises and clears. */
export const RUN_KINDS_OF_ALARMS = ["failed", "held", "repair", "rejected"] as const;

/** Ends that a person or the job's own settings have asked for. */
const ASKED_FOR: readonly Code[] = ["frozen"];

/** None for what is no run, such as a plan, and for a file that was run before. `jobPath` is the job's file. */
export function alarmsOfEnd(end: FileEnd, jobPath: string): readonly RaisedAlarm[] {
  if (end.kind === "already" || end.kind === "same_bytes") return [];
  if (end.kind === "out_of_turn" || end.kind === "to_catch_up") return [ofWaiting(end, jobPath)];
  if (end.kind === "left") return end.of === "run" ? [left(end.files)] : [];
  if (end.kind === "waiting") {
    const { id, file } = end.run;
    const message = `run ${id} of ${shownKey(file.key)} waits for a person, so no start of the job does anything`;
    return [{ kind: "failed", code: "run_waits", message, run: id, next: commandToResume(end.run) }];
  }
  if (end.run.kind !== "run") return [];
  if (end.kind === "rejected") {
    const { code, hint } = end.rejection;
    const message = `${shownKey(end.run.file.key)} was rejected: ${CODES[code].meaning}`;
    return [{ kind: "rejected", code, message, run: end.run.id, next: hint }];
  }
  return alarmsOfSummary(end.summary);
}

/** Whether it is a run that has come to its end, whatever its rows say. */
export function isRunEnded(end: FileEnd): boolean {
  if (end.kind !== "reported" || end.summary.kind !== "run") return false;
  return ENDED_WELL.includes(end.summary.exit);
}

function alarmsOfSummary(summary: Summary): readonly RaisedAlarm[] {
  const { stopped, words, exit, run, file } = summary;
  const of = `run ${run} of ${shownKey(file.key)}`;
  if (exit === EXIT.leaseHeld || summary.waiting || (stopped !== null && ASKED_FOR.includes(stopped.code))) return [];
  if (!ENDED_WELL.includes(exit)) {
    const code = stopped?.code ?? "internal";
    const message = `${of} stopped before its end: ${CODES[code].meaning}`;
    const { next, ...rest } = told(summary, []);
    // Nothing helps before a person has seen to the cause.
    const [command] = next.split(/ +#/);
    const first = exit === EXIT.cannotWork ? `${command}   # once this is done: ${CODES[code].todo}` : next;
    return [{ kind: "failed", code, message, next: first, ...rest }];
  }
  const bad = words.failed + words.unknown;
  const failed = `${of} ended with ${counted(bad, "row")} that nobody can say are as the file wants them`;
  const held = `${of} holds ${counted(words.held, "row")} for a person's decision`;
  const toRepair = words.invalid + words.refused;
  const repair = `${of} ended with ${counted(toRepair, "row")} to correct: ${grouped(words.invalid)} invalid, ${grouped(words.refused)} refused`;
  return [
    ...(bad > 0 ? [raised("failed", failed, summary, ["unknown", "failed"])] : []),
    ...(words.held > 0 ? [raised("held", held, summary, ["held"])] : []),
    ...(toRepair > 0
      ? [{ ...raised("repair", repair, summary, ["invalid", "refused"]), next: `tieout causes ${run}` }]
      : []),
  ];
}

function raised(
  kind: "failed" | "held" | "repair",
  message: string,
  summary: Summary,
  words: readonly Word[],
): RaisedAlarm {
  const code = summary.causes.find(({ word }) => words.includes(word))?.code ?? "internal";
  return { kind, code, message, ...told(summary, words) };
}

/** How many causes are told. */
const CAUSES_TOLD = 5;

function told({ run, rows, words, causes, next }: Summary, of: readonly Word[]) {
  const met = Object.entries(words).filter(([, count]) => count > 0);
  const listed = causes.filter(({ word }) => of.length === 0 || of.includes(word)).slice(0, CAUSES_TOLD);
  return {
    run,
    counts: { rows, ...Object.fromEntries(met) },
    causes: Object.fromEntries(listed.map(({ word, code, count }) => [`${word} ${code}`, count])),
    next: next[0] ?? `tieout report ${run}`,
  };
}

function ofWaiting(end: WaitingFiles, jobPath: string): RaisedAlarm {
  const { keys } = end;
  const [first = ""] = keys;
  const code = end.kind === "out_of_turn" ? "file_out_of_turn" : "files_to_catch_up";
  const message =
    end.kind === "out_of_turn"
      ? `${shownKey(first)} waits for number ${end.awaits}, and no file is taken before that has come`
      : `${counted(keys.length, "file")} wait for a person to say that they are taken, ${shownKey(first)} first`;
  const next = `tieout run ${jobWord(jobPath)} --from ${shellWord(first)}`;
  return { kind: "failed", code, message, counts: { files: keys.length }, next };
}

function left(files: number): RaisedAlarm {
  const message = `the start was stopped before ${counted(files, "file")} of it`;
  return { kind: "failed", code: "run_stopped", message, counts: { files }, next: CODES.run_stopped.todo };
}

/** What ended a start before or beside its runs; none for a job that is at work elsewhere. Of an internal error nothing is quoted. */
export function alarmOfError(error: unknown): RaisedAlarm | undefined {
  if (!(error instanceof FatalError)) {
    const { meaning, todo } = CODES.internal;
    return { kind: "failed", subject: OF_START, code: "internal", message: meaning, next: todo };
  }
  const { code, exit, message, hint } = error;
  if (exit === EXIT.done || exit === EXIT.leaseHeld) return undefined;
  return { kind: exit === EXIT.fileRejected ? "rejected" : "failed", subject: OF_START, code, message, next: hint };
}
