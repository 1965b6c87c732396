/**
 * Where a job's files come from, source by source: whether they can be listed, which is the newest, and whether it can be read. Shows keys,
 * never a row.
 */
import type { Job } from "../job.ts";
import { listSource } from "../run/start/list-source.ts";
import type { Source } from "../source-settings.ts";
import type { FileStore } from "../store/file-store.ts";
import { counted } from "../text/counted.ts";
import { shownKey } from "../text/shown-key.ts";
import { asSize } from "./disk.ts";
import { good, poor, type Remark } from "./finding.ts";

/** Rejects with FatalError for a place that no run could read. */
export async function checkSource(job: Job, source: Source, store: FileStore): Promise<Remark[]> {
  const { files, undone } = await listSource(job, source, store);
  const path = source.kind === "bucket" ? `${store.place}/${source.prefix}` : store.place;
  const where = source.name === undefined ? path : `${source.name}: ${path}`;
  const waiting = undone.at(-1);
  const ofDone =
    waiting === undefined
      ? ""
      : `; ${counted(undone.length, "file")} without a done-file, such as ${shownKey(waiting.doneKey)}`;
  const newest = files.at(-1);
  if (newest === undefined) {
    const next = "see that prefix and pattern in the job are right; if no file has come yet, there is nothing to do";
    const what = waiting === undefined ? `matches ${source.pattern}` : "is there with its done-file";
    return [poor(`${where} can be listed, and no file there ${what}${ofDone}`, next)];
  }
  const { key, size, lastModifiedMs } = newest;
  for await (const _ of store.read(newest)) break;
  const time = `${new Date(lastModifiedMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return [
    good(`${where} has ${counted(files.length, "file")} for the job${ofDone}`),
    good(`the newest, ${shownKey(key)} (${asSize(size)}, ${time}), can be read`),
  ];
}
