/**
 * The jobs that a schedule is for.
 */
import { FatalError } from "../errors/fatal-error.ts";
import { type LoadedJob, loadJobs } from "./load-job.ts";

/** A job that is named must have a schedule. Without names, the jobs in jobs/ that have one are taken. */
export async function loadScheduled(names: readonly string[]): Promise<LoadedJob[]> {
  const hint =
    'add schedule: { cron: "0 2 * * *", zone: "America/Chicago" } to its job file, with your own time and zone';
  const all = await loadJobs(names);
  const without = names.length === 0 ? undefined : all.find(({ job }) => job.schedule === undefined);
  if (without !== undefined)
    throw new FatalError("job_invalid", `job ${without.job.name} has no schedule (${without.path})`, { hint });
  const loaded = all.filter(({ job }) => job.schedule !== undefined);
  if (loaded.length === 0)
    throw new FatalError("job_invalid", "no job in jobs/ has a schedule", { hint: `name a job, or ${hint}` });
  const twice = loaded.find(({ path }, index) => loaded.findIndex((one) => one.path === path) !== index);
  if (twice !== undefined)
    throw new FatalError("usage", `job ${twice.job.name} is named twice`, { hint: "name each job once" });
  return loaded;
}
