/**
 * Tells of a job file that was edited after a process has loaded it: a process that lasts goes on with what it has loaded.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Log } from "../log.ts";
import type { LoadedJob } from "./load-job.ts";

/** Gives what says so of a job by its name, each time that it is asked. Files that the job file imports are not looked at. */
export function openEditedJobs(loaded: readonly LoadedJob[], log: Log): (job: string) => void {
  const before = new Map(loaded.map(({ job, path }) => [job.name, { path, digest: digestOf(path) }]));
  return (job) => {
    const one = before.get(job);
    if (one === undefined || digestOf(one.path) === one.digest) return;
    log.warn("the job file was edited since it was loaded, and the start is made with the settings of before", {
      job,
      next: "end this process by SIGTERM and start it again, and the new settings hold",
    });
  };
}

/** Null for one that cannot be read, as when it is just being replaced. */
function digestOf(path: string): string | null {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return null;
  }
}
