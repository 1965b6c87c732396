/**
 * Prints how a file is understood.
 */
import type { Run } from "../../ledger/run.ts";
import { describeBatch, describeReading } from "../../read/describe-reading.ts";
import type { Reading, StatedTotals } from "../../read/reading.ts";
import { findUnsaid } from "../../read/row/empty-cells.ts";
import { type ComparedTotal, describeTotal } from "../../read/totals/file-totals.ts";
import type { RunContext } from "../context.ts";
import { sourceOf } from "../sources.ts";

/** Also warns, once a run, if the bank's layout leaves a question open that the job does not answer. */
export function noteReading({ job, log, progress }: RunContext, run: Run, reading: Reading): void {
  const batch = run.batch === null ? "" : `${describeBatch(run.batch)}, `;
  const name = reading.source ?? sourceOf(job, run.file.place, run.file.key)?.name;
  const source = name === undefined ? "" : `source ${name}, `;
  progress.note(`reading: ${source}${batch}${describeReading(reading)}`);
  if (run.corrects !== null) progress.note(`the file corrects that of run ${run.corrects}`);
  const unsaid = findUnsaid(reading, job);
  if (unsaid.length === 0 || run.reading !== null) return;
  const columns = unsaid.join(", ");
  const message = `empty cells of ${columns} are left alone: set emptyMeans in the job to "clear" if they mean none, else to "keep"`;
  log.warn(message, { run: run.id, job: job.name });
}

/** As `whole by its trailer: number of rows 48, sum of limit 12,345.67, business date 2026-11-28`. */
export function noteTotals(
  { progress }: Pick<RunContext, "progress">,
  { by, businessDate }: StatedTotals,
  { rows, compared }: { readonly rows: number; readonly compared: readonly ComparedTotal[] },
): void {
  const figures = compared.map((total) => describeTotal(total, rows));
  const all = businessDate === undefined ? figures : [...figures, `business date ${businessDate}`];
  progress.note(`whole by its ${by}: ${all.join(", ")}`);
}
