/**
 * What became of one file, printed for people or machines on standard output and in the log. Never a cell.
 */
import { CODES } from "../../errors/codes/codes.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import type { Rejection } from "../../errors/rejection.ts";
import type { Word } from "../../errors/words.ts";
import type { Run } from "../../ledger/run.ts";
import type { Log, LogFields } from "../../log.ts";
import type { Cause } from "../../report/causes.ts";
import { jobWord } from "../../report/job-word.ts";
import { commandToResume } from "../../report/next-commands.ts";
import { renderPlanMarkdown } from "../../report/plan-markdown.ts";
import { typedCause } from "../../report/render-cause.ts";
import { renderSummary, type Summary } from "../../report/summary.ts";
import type { RunContext } from "../../run/context.ts";
import { exitOf, type FileEnd } from "../../run/start/start-job.ts";
import { counted } from "../../text/counted.ts";
import { shellWord } from "../../text/shell-word.ts";
import { shownKey } from "../../text/shown-key.ts";
import { asTyped } from "./as-typed.ts";
import { toOutputLine } from "./output-line.ts";
import { printWaitingFiles } from "./print-waiting.ts";

/** Where the end of a file is printed. */
export interface Printer {
  readonly log: Log;
  /** One result on standard output: the object as a JSON line, the text, or the Markdown, which is the text where it is not given. */
  say(event: object, text: string, markdown?: string): void;
  /** Logs an end that is not good. Does nothing on a terminal that also shows standard output, which has the same in more words. */
  alert(message: string, fields: LogFields): void;
}

type EndOf<Kind extends FileEnd["kind"]> = Extract<FileEnd, { kind: Kind }>;

export function printEnd(printer: Printer, context: RunContext, end: FileEnd): void {
  if (end.kind === "left") printLeft(printer, context, end);
  else if (end.kind === "already") printAlready(printer, context, end);
  else if (end.kind === "waiting") printWaiting(printer, end);
  else if (end.kind === "out_of_turn" || end.kind === "to_catch_up") printWaitingFiles(printer, context, end);
  else if (end.kind === "same_bytes") printSameBytes(printer, context, end);
  else if (end.kind === "rejected") printRejected(printer, context, end);
  else {
    printSummary(printer, "summary", end.summary);
    logEnd(printer, end.summary);
  }
}

function printLeft(printer: Printer, context: RunContext, { of, files }: EndOf<"left">): void {
  const { job, jobPath, isRehearsal = false } = context;
  const verb = isRehearsal ? "rehearse" : of;
  const next = `tieout ${verb} ${jobPath === "" ? "--help" : jobWord(jobPath)}`;
  printer.alert("stopped before all files were processed", {
    job: job.name,
    code: "run_stopped",
    exit: EXIT.stopped,
    files,
    next,
  });
  const text = `job ${job.name}: stopped before ${counted(files, "more file")} ${files === 1 ? "was" : "were"} processed; to process the rest, type: ${asTyped(next)}`;
  printer.say({ event: "left", job: job.name, files }, text);
}

function printAlready(printer: Printer, { job, jobPath }: RunContext, end: EndOf<"already">): void {
  const { run } = end;
  const address = shellWord(`${run.file.place}/${run.file.key}`);
  const again = `tieout run ${jobWord(jobPath)} --file ${address} --again --reason "…"`;
  const text = `${shownKey(run.file.key)}: already run as run ${run.id}, which ended ${run.exit ?? "unfinished"}; to run it again, type: ${asTyped(again)}`;
  printer.say({ event: "already", run: run.id, exit: run.exit, key: run.file.key }, text);
  const fields = { job: job.name, run: run.id, file: shownKey(run.file.key), exit: exitOf(end) };
  if (fields.exit === EXIT.done) printer.log.info("the file was run before", fields);
  else printer.alert("the file was run before, and that did not end well", fields);
}

function printRejected(printer: Printer, { job }: RunContext, { run, rejection }: EndOf<"rejected">): void {
  sayRejected(printer, run, rejection);
  printer.alert("the file was rejected", {
    job: job.name,
    run: run.id,
    file: shownKey(run.file.key),
    code: rejection.code,
    ...(rejection.row !== undefined && { row: rejection.row }),
    exit: EXIT.fileRejected,
    next: rejection.hint,
  });
}

export function sayRejected(printer: Pick<Printer, "say">, { id, file: { key } }: Run, rejection: Rejection): void {
  const { code, message, hint } = rejection;
  printer.say(
    { event: "rejected", run: id, key, ...rejection },
    toOutputLine(`${shownKey(key)} is rejected (${code}): ${message}; ${asTyped(hint)}`),
  );
}

/** In JSON as in text, the commands can be typed as they are. */
export function printSummary(printer: Pick<Printer, "say">, event: string, summary: Summary): void {
  const text = renderSummary(summary, asTyped);
  const markdown =
    summary.page === undefined ? `\`\`\`text\n${text}\n\`\`\`` : renderPlanMarkdown(summary, summary.page, asTyped);
  printer.say(
    {
      event,
      ...summary,
      causes: summary.causes.map((cause) => typedCause(cause, asTyped)),
      next: summary.next.map(asTyped),
    },
    text,
    markdown,
  );
}

/** How many causes a line of the log has, the most frequent first. */
const CAUSES_LOGGED = 5;

/** The words that each exit code of a run comes from. */
const WORDS_OF_EXIT: Partial<Record<ExitCode, readonly Word[]>> = {
  [EXIT.rowsToRepair]: ["unknown", "failed", "refused", "invalid"],
  [EXIT.rowsHeld]: ["held"],
};

/** All that an alert needs, in one line. */
export function logEnd(printer: Pick<Printer, "log" | "alert">, summary: Summary): void {
  const { run, job, kind, exit, rows, words, stopped } = summary;
  const fields = { job, run, kind, file: shownKey(summary.file.key), exit, rows, words };
  if (exit === EXIT.done) {
    printer.log.info("the run has ended", fields);
    return;
  }
  const { causes } = summary;
  // Skipped rows are often more frequent, and are not why the run needs a person.
  const cause = causes.find(({ word }) => WORDS_OF_EXIT[exit]?.includes(word)) ?? causes[0];
  const code = stopped?.code ?? cause?.code;
  printer.alert("the run did not end well", {
    ...fields,
    ...(code !== undefined && { code }),
    causes: mostFrequent(causes),
    next: summary.next[0] ?? (code === undefined ? "" : CODES[code].todo),
  });
}

/** By names like `refused bank_refused parameters_invalid account_holders`, without any text of the bank but a plain name. */
function mostFrequent(causes: readonly Cause[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { word, code, bankCode = "", column, count } of causes) {
    const names = [bankCode, column].filter((name) => /^[A-Za-z][A-Za-z_.]{0,60}$/.test(name));
    const name = [word, code, ...names].join(" ");
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a).slice(0, CAUSES_LOGGED));
}

/** Equal bytes may be a file sent twice by mistake, or one that is meant to be applied again: so the operator decides. */
function printSameBytes(printer: Printer, context: RunContext, { run, file }: EndOf<"same_bytes">): void {
  const code = "already_run";
  const given = shownKey(file);
  const message = `${given} was not run: it has the same bytes as ${shownKey(run.file.key)}, run ${run.id}, which ended ${run.exit ?? "unfinished"}`;
  const next = `tieout run ${jobWord(context.jobPath)} --file ${shellWord(file)} --again --reason "…"`;
  const event = { event: code, code, file, run: run.id, key: run.file.key, exit: run.exit, next: asTyped(next) };
  printer.say(event, toOutputLine(`${message} [${code}]; to run it all the same, type: ${asTyped(next)}`));
  printer.alert("the file was not run: the same bytes were run before", {
    job: context.job.name,
    run: run.id,
    file: given,
    code,
    exit: EXIT.fileRejected,
    next,
  });
}

function printWaiting(printer: Printer, { run }: EndOf<"waiting">): void {
  const { id, job, file } = run;
  const code = "run_waits";
  const next = commandToResume(run);
  const text = `run ${id} of job ${job} (${shownKey(file.key)}) waits for a person, so this start did nothing`;
  const ways = asTyped(`to continue, type: ${next}; to give it up: tieout abandon ${id} --reason "…"`);
  printer.say(
    { event: code, code, run: id, key: file.key, exit: EXIT.stopped, next: asTyped(next) },
    toOutputLine(`${text} [${code}]; ${ways}`),
  );
  printer.alert("a run waits for a person", {
    job,
    run: id,
    file: shownKey(file.key),
    code,
    exit: EXIT.stopped,
    next,
  });
}
