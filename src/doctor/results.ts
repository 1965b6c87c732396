/**
 * Where a job's results go: whether that can be written to; a job's archive as well. The trial leaves nothing behind, and no job could read it.
 */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { BucketProbe } from "../store/bucket-probe.ts";
import type { StorePlace } from "../store/file-store.ts";
import { checkWriting } from "./bucket.ts";
import { checkDisk, nearestFolder } from "./disk.ts";
import { bad, good, type Remark } from "./finding.ts";

/** `probe` is there for a bucket. Rejects with FatalError for a place that no run could write to. */
export async function checkResults(
  place: StorePlace & { readonly prefix?: string },
  probe: BucketProbe | undefined,
  what = "the results",
): Promise<Remark[]> {
  const prefix = place.kind === "bucket" ? (place.prefix ?? "") : "";
  if (place.kind === "bucket")
    return probe === undefined ? [] : [await checkWriting(`s3://${place.bucket}/${prefix}`, prefix, probe)];
  const folder = resolve(place.folder);
  const there = nearestFolder(folder);
  if (!statSync(there).isDirectory()) return [bad(`${there} is no folder`, "name another folder in the job")];
  const made = existsSync(folder) ? [] : [good(`the first run makes ${folder}`)];
  return [...made, ...(await checkDisk(there, what))];
}
