/**
 * What became of one file, told to people or machines on standard output and to the log. Never a cell.
 */
import { counted } from "../counted.ts";
import { EXIT } from "../errors/exit-codes.ts";
import { shownKey } from "../read/source-file.ts";
import { renderSummary } from "../report/summary.ts";
import type { RunContext } from "../run/context.ts";
import type { FileEnd } from "../run/run-job.ts";
import { toOutputLine } from "./output-line.ts";
import type { Session } from "./session.ts";

export function tell(session: Session, { log, job }: RunContext, end: FileEnd): void {
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
