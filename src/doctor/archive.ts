/**
 * Where a job's files go once their runs are over: whether they can be written there, and whether another job would take them.
 */
import { mayRead } from "../archive-settings.ts";
import type { Job } from "../job.ts";
import { sourcesOf } from "../source-settings.ts";
import type { BucketProbe } from "../store/bucket-probe.ts";
import { bad, type Remark } from "./finding.ts";
import { checkResults } from "./results.ts";

/** `jobs` are all that are looked at. Rejects with FatalError for a place that nothing could be written to. */
export async function checkArchive(
  job: Job,
  archive: NonNullable<Job["archive"]>,
  jobs: readonly Job[],
  probe: BucketProbe | undefined,
): Promise<Remark[]> {
  const readers = jobs.filter((other) => other !== job && sourcesOf(other).some((source) => mayRead(source, archive)));
  const next = "give the archive a place that no job reads";
  return [
    ...readers.map(({ name }) =>
      bad(`the job ${name} takes its files from there, and would take what is archived`, next),
    ),
    ...(await checkResults(archive, probe, "the archive")),
  ];
}
