/**
 * What became of one file, told to people or machines on standard output and to the log. Never a cell.
 */
import { counted } from "../counted.ts";
import { EXIT } from "../errors/exit-codes.ts";
import { shownKey } from "../read/source-file.ts";
import { renderSummary, shellWord } from "../report/summary.ts";
import type { RunContext } from "../run/context.ts";
import type { FileEnd } from "../run/run-job.ts";
import { jobWord } from "./load-job.ts";
import { toOutputLine } from "./output-line.ts";
import type { Session } from "./session.ts";

export function tell(session: Session, context: RunContext, end: FileEnd): void {
  const { log, job } = context;
  if (end.kind === "left") {
    const { files } = end;
    const text = `job ${job.name}: told to stop before ${counted(files, "more file")} ${files === 1 ? "was" : "were"} taken; start the job again`;
    session.say({ event: "left", job: job.name, files }, text);
    return;
  }
  if (end.kind === "already") {
    const { run } = end;
    const text = `${shownKey(run.file.key)}: already run as run ${run.id}, which ended ${run.exit ?? "unfinished"}; to run it again: --again --reason "…"`;
    session.say({ event: "already", run: run.id, exit: run.exit, key: run.file.key }, text);
    return;
  }
  if (end.kind === "same_bytes") {
    tellSameBytes(session, context, end);
    return;
  }
  if (end.kind === "rejected") {
    const { run, rejection } = end;
    session.say(
      { event: "rejected", run: run.id, key: run.file.key, ...rejection },
      toOutputLine(
        `${shownKey(run.file.key)} is rejected (${rejection.code}): ${rejection.message}; ${rejection.hint}`,
      ),
    );
    log.error("the file was rejected", {
      run: run.id,
      job: job.name,
      code: rejection.code,
      next: rejection.hint,
    });
    return;
  }
  const { summary } = end;
  session.say({ event: "summary", ...summary }, renderSummary(summary));
  const fields = { run: summary.run, job: summary.job, exit: summary.exit, rows: summary.rows, words: summary.words };
  if (summary.exit === EXIT.done) log.info("the run has ended", fields);
  else log.error("the run did not end well", { ...fields, next: summary.next[0] ?? "" });
}

/** The bytes say nothing of what the operator wants: a file sent twice by mistake, or one that is to be in force again. */
function tellSameBytes(
  session: Session,
  context: RunContext,
  { run, file }: Extract<FileEnd, { kind: "same_bytes" }>,
): void {
  const code = "already_run";
  const given = shownKey(file);
  const message = `${given} was not run: it has the same bytes as ${shownKey(run.file.key)}, run ${run.id}, which ended ${run.exit ?? "unfinished"}`;
  const next = `tieout run ${jobWord(context)} --file ${shellWord(file)} --again --reason "…"`;
  const event = { event: code, code, file, run: run.id, key: run.file.key, exit: run.exit, next };
  session.say(event, toOutputLine(`${message} [${code}]; to run it all the same: ${next}`));
  context.log.error("the file was not run, as its bytes were run before", {
    run: run.id,
    job: context.job.name,
    code,
    exit: EXIT.fileRejected,
    next,
  });
}
