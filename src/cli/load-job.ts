/**
 * Loads a job by its name in jobs/ or by its path. Gives the checked job and the path of its file.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from "node:path";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import { JOB_ENDINGS, JOBS_FOLDER } from "../report/job-word.ts";
import { importJob, placingSettings } from "./import-job.ts";

export interface LoadedJob {
  readonly job: Job;
  readonly path: string;
  /** See `markOf`; "" for a job without a file. */
  readonly mark: string;
}

/** Throws FatalError `job_not_found` or `job_invalid`. */
export async function loadJob(nameOrPath: string): Promise<LoadedJob> {
  const found = findJob(nameOrPath);
  if (found === undefined) throw await notFound(nameOrPath);
  const job = await importJob(found);
  // Every command checks the schedule, so that a mistake shows before the first night.
  if (job.schedule !== undefined) {
    const { checkSchedule } = await import("../schedule/check-schedule.ts");
    await placingSettings(found, () => checkSchedule(job));
  }
  return { job, path: found, mark: markOf(found) };
}

function isPath(nameOrPath: string): boolean {
  return isAbsolute(nameOrPath) || extname(nameOrPath) !== "" || nameOrPath.includes("/");
}

/** Throws FatalError `usage` for a name that two files have. */
function findJob(nameOrPath: string): string | undefined {
  if (isPath(nameOrPath)) {
    const path = resolve(nameOrPath);
    return [path, path.replace(/\.ts$/, ".js")].find((file) => existsSync(file));
  }
  const [found, other] = filesNamed(nameOrPath);
  if (other === undefined) return found;
  throw new FatalError("usage", `job ${nameOrPath} is both ${found} and ${other}`, { hint: "name one by its path" });
}

/** The files in jobs/ that have the name. */
const filesNamed = (name: string) =>
  JOB_ENDINGS.map((ending) => resolve(JOBS_FOLDER, name + ending)).filter(existsSync);

export const isJobName = (name: string): boolean => filesNamed(name).length > 0;

async function notFound(nameOrPath: string): Promise<FatalError> {
  const known = [...new Set((await listJobs()).map((file) => basename(file, extname(file))))].join(", ");
  const looked = isPath(nameOrPath) ? resolve(nameOrPath) : resolve(JOBS_FOLDER, `${nameOrPath}.ts`);
  const others = isPath(nameOrPath) ? "" : `, ${JOB_ENDINGS.slice(1).join(", ")}`;
  return new FatalError("job_not_found", `there is no job ${nameOrPath} (looked for ${looked}${others})`, {
    hint: known ? `name one of ${known}, or give a path` : "give the path of a job file",
  });
}

/** Kubernetes lays each version of a ConfigMap into a new folder such as ..2026_11_29_02_00_00.1234567, and links lead there. */
const VERSION_FOLDER = /\/\.\.\d{4}_[^/]+(?=\/)/;

/**
 * Identifies a job file: its path within the nearest package that has a name, so that the mark stays the same when a clone moves or each
 * deployment gets a new folder. Outside of a package, the whole path with links resolved.
 */
function markOf(path: string): string {
  const real = realpathSync(path).replace(VERSION_FOLDER, "");
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

/** The job files in jobs/ here; none when there is no such folder. */
export async function listJobs(): Promise<string[]> {
  const files = await readdir(JOBS_FOLDER).catch(() => []);
  return files.filter((file) => JOB_ENDINGS.includes(extname(file)) && !/\.d\.m?ts$/.test(file)).sort();
}

export async function loadJobs(names: readonly string[]): Promise<LoadedJob[]> {
  const all = names.length > 0 ? names : (await listJobs()).map((file) => join(JOBS_FOLDER, file));
  return Promise.all(all.map(loadJob));
}
