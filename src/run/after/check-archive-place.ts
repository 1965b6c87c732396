/**
 * Whether files may be archived at the job's archive, as far as the ledger knows: never where another job takes its files from.
 */
import { archivePrefix, overlaps } from "../../archive-settings.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { RunContext } from "../context.ts";

/** Throws FatalError `job_invalid`. */
export async function checkArchivePlace({ job, ledger }: Pick<RunContext, "job" | "ledger">): Promise<void> {
  const { archive } = job;
  if (archive === undefined) return;
  const place = archive.kind === "bucket" ? `s3://${archive.bucket}` : archive.folder;
  const readers = await ledger.filings.listReaders(job.name, place, archivePrefix(archive));
  const reader = readers.find((one) =>
    archive.kind === "bucket"
      ? one.place === place
      : !one.place.startsWith("s3://") && overlaps(archive.folder, one.place),
  );
  if (reader === undefined) return;
  const message = `archive: job ${reader.job} has taken files from there, and would take what is archived`;
  throw new FatalError("job_invalid", message, { hint: "give archive in the job file a place that no job reads" });
}
