/**
 * Finds the files that came for a job: those that the source lists that it expects files of, and those that it has taken or rejected and are no longer there. Reads no
 * file.
 */
import { batchOf, foldBatchId } from "../batch.ts";
import { isSameBank, type Run } from "../ledger/run.ts";
import { sequenceOf } from "../read/file/sequence.ts";
import type { RunContext } from "../run/context.ts";
import { sourceOf } from "../run/sources.ts";
import { type ListedFile, listSource } from "../run/start/list-source.ts";
import { expectedSource } from "../source-settings.ts";
import type { Delivery } from "./expected-state.ts";
import type { CountedFile } from "./judge-rows.ts";

/** Of a job, since an instant; the latest ones if there are more. */
const MOST_RUNS = 1_000;

export interface Deliveries {
  readonly files: readonly Delivery[];
  /** Those that were read, in the order of their runs. */
  readonly counted: readonly CountedFile[];
}

export async function findDeliveries(context: RunContext, sinceMs: number): Promise<Deliveries> {
  const { job, ledger, bankName, openStore } = context;
  const source = expectedSource(job);
  if (source === undefined) return { files: [], counted: [] };
  const store = await openStore(source);
  const found = new Map<string, Delivery>();
  const add = (file: Pick<ListedFile, "key" | "lastModifiedMs" | "doneAtMs">, more: Partial<Delivery>) => {
    const batch = batchOf(file.key);
    const sequence = sequenceOf(file.key, source.pattern);
    // A listing may be finer than the answer for one object.
    found.set(`${Math.floor(file.lastModifiedMs / 1_000)} ${file.key}`, {
      key: file.key,
      // A file is there once its done-file is.
      atMs: file.doneAtMs ?? file.lastModifiedMs,
      ...(sequence !== undefined && { sequence }),
      ...(batch !== undefined && { batch: foldBatchId(batch.id) }),
      isRejected: false,
      ...more,
    });
  };
  for (const file of (await listSource(job, source, store)).files) add(file, {});
  const isMeant = ({ kind, bank, rerunOf, file }: Run) =>
    kind === "run" && rerunOf === null && isSameBank(bank, bankName) && sourceOf(job, file.place, file.key) === source;
  const runs = (await ledger.runs.list(MOST_RUNS, { job: job.name, sinceMs })).filter(isMeant).reverse();
  for (const { file, rejection, startedAtMs } of runs) {
    if (rejection?.code === "file_of_results") found.delete(`${Math.floor(file.lastModifiedMs / 1_000)} ${file.key}`);
    else add(file, { isRejected: rejection !== null, ...(rejection === null && { takenAtMs: startedAtMs }) });
  }
  const counted = runs
    .filter(({ stage, rejection }) => stage !== "read" && rejection === null)
    .map(({ file: { key }, rows, startedAtMs, endedAtMs }) => ({ key, rows, atMs: endedAtMs ?? startedAtMs }));
  return { files: [...found.values()], counted };
}
