/**
 * Where a job's files come from: whether they can be listed, which is the newest, and whether it can be read. Shows keys, never a row.
 */
import type { Job } from "../job.ts";
import { listSource } from "../run/start/find-files.ts";
import type { FileStore } from "../store/file-store.ts";
import { counted } from "../text/counted.ts";
import { shownKey } from "../text/shown-key.ts";
import { asSize } from "./disk.ts";
import { good, poor, type Remark } from "./finding.ts";

/** Rejects with FatalError for a place that no run could read. */
export async function checkSource(job: Job, store: FileStore): Promise<Remark[]> {
  const files = await listSource(job, store);
  const where = job.source.kind === "bucket" ? `${store.place}/${job.source.prefix}` : store.place;
  const newest = files.at(-1);
  if (newest === undefined) {
    const next = "see that prefix and pattern in the job are right; if no file has come yet, there is nothing to do";
    return [poor(`${where} can be listed, and no file there matches ${job.source.pattern}`, next)];
  }
  const { key, size, lastModifiedMs } = newest;
  for await (const _ of store.read(newest)) break;
  const time = `${new Date(lastModifiedMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return [
    good(`${where} has ${counted(files.length, "file")} for the job`),
    good(`the newest, ${shownKey(key)} (${asSize(size)}, ${time}), can be read`),
  ];
}
