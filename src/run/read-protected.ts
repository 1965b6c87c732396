/**
 * Reads which accounts a job protects: a list in the job file, or a file beside it with one id in each line.
 */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { FatalError } from "../errors/fatal-error.ts";
import { nodeCode } from "../errors/node-code.ts";
import type { RunContext } from "./context.ts";

/** Lines that begin with # are remarks. Throws FatalError `job_invalid` for a file that cannot be read, or has no id. */
export async function readProtected({ job, jobPath }: Pick<RunContext, "job" | "jobPath">): Promise<readonly string[]> {
  const given = job.guards.protected;
  if (Array.isArray(given)) return given;
  const path = resolve(dirname(jobPath), given.file);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw unusable(path, `cannot be read (${nodeCode(error) ?? "unknown"})`, error);
  });
  const ids = text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (ids.length === 0) throw unusable(path, "has no id");
  return [...new Set(ids)];
}

function unusable(path: string, how: string, cause?: unknown): FatalError {
  return new FatalError("job_invalid", `guards.protected: ${path} ${how}, so nothing was sent`, {
    hint: "correct the file or the setting, then start the job again",
    cause,
  });
}
