/**
 * A job by its name in jobs/ or by path. Gives back the checked job and where its file lies.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, extname, isAbsolute, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { FatalError } from "../errors/fatal-error.ts";
import { defineJob, type Job, type JobInput } from "../job.ts";
import { JOBS_FOLDER } from "../report/next-commands.ts";

export interface LoadedJob {
  readonly job: Job;
  readonly path: string;
  /** See `markOf`; "" for a job without a file. */
  readonly mark: string;
}

/** Throws FatalError `job_not_found` or `job_invalid`. */
export async function loadJob(nameOrPath: string): Promise<LoadedJob> {
  const isPath = isAbsolute(nameOrPath) || extname(nameOrPath) !== "" || nameOrPath.includes("/");
  const path = isPath ? resolve(nameOrPath) : resolve(JOBS_FOLDER, `${nameOrPath}.ts`);
  const found = existsSync(path) ? path : path.replace(/\.ts$/, ".js");
  if (!existsSync(found)) {
    const known = (await listJobs()).join(", ");
    const hint = known ? `name one of ${known}, or give a path` : "give the path of a job file";
    throw new FatalError("job_not_found", `there is no job ${nameOrPath} (looked for ${path})`, { hint });
  }
  const job = await importJob(found);
  // Found by every command, and not by the first night that it costs.
  if (job.schedule !== undefined) (await import("../schedule/check-schedule.ts")).checkSchedule(job);
  return { job, path: found, mark: markOf(found) };
}

/**
 * What tells a job file from others: its path within the nearest package with a name, so that it stays the same when a
 * clone moves or is deployed to a folder of its own each time; outside of a package the whole path, links resolved.
 */
function markOf(path: string): string {
  const real = realpathSync(path);
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    const name = packageName(folder);
    if (name !== null) return `${name}: ${relative(folder, real)}`;
    if (folder === dirname(folder)) return real;
  }
}

function packageName(folder: string): string | null {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: unknown };
    return typeof name === "string" && name !== "" ? name : null;
  } catch {
    return null;
  }
}

/** The names of the jobs in jobs/ here; none when there is no such folder. */
export async function listJobs(): Promise<string[]> {
  const files = await readdir(JOBS_FOLDER).catch(() => []);
  return files
    .filter((file) => /\.[jt]s$/.test(file) && !file.endsWith(".d.ts"))
    .map((file) => file.slice(0, -3))
    .sort();
}

export async function loadJobs(names: readonly string[]): Promise<LoadedJob[]> {
  const all = names.length > 0 ? names : (await listJobs()).map((name) => join(JOBS_FOLDER, `${name}.ts`));
  return Promise.all(all.map(loadJob));
}

async function importJob(path: string): Promise<Job> {
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    if (error instanceof FatalError)
      throw new FatalError(error.code, `${path}: ${error.message}`, { hint: error.hint });
    const [why] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new FatalError("job_invalid", `${path} cannot be loaded: ${why}`, {
      hint: "correct the job file",
      cause: error,
    });
  }
  if (typeof module.default !== "object" || module.default === null) {
    throw new FatalError("job_invalid", `${path} has no default export`, {
      hint: "write export default defineJob({ … })",
    });
  }
  return defineJob(module.default as JobInput);
}
