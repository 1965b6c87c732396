/**
 * Reads a list of accounts that a job names: ids in the job file, or a file beside it with one id in each line.
 */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { FatalError } from "../errors/fatal-error.ts";
import { nodeCode } from "../errors/node-code.ts";
import type { RunContext } from "./context.ts";

/** `so` says what was not done. */
interface OfSetting {
  readonly setting: string;
  readonly so: string;
}

/** Of a table rather than a list: no account would be meant by it, and nobody would know. */
const NO_ID = /[,;\t"]/;

/** Lines that begin with # are remarks. Throws FatalError `job_invalid` for a file that cannot be read, or is no list of ids. */
export async function readIds(
  { jobPath }: Pick<RunContext, "jobPath">,
  given: string[] | { readonly file: string },
  of: OfSetting,
): Promise<readonly string[]> {
  if (Array.isArray(given)) return given;
  const path = resolve(dirname(jobPath), given.file);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw unusable(of, path, `cannot be read (${nodeCode(error) ?? "unknown"})`, error);
  });
  const ids = text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (ids.length === 0) throw unusable(of, path, "has no id");
  if (ids.some((id) => NO_ID.test(id))) throw unusable(of, path, "has lines that are not one id alone");
  return [...new Set(ids)];
}

function unusable({ setting, so }: OfSetting, path: string, how: string, cause?: unknown): FatalError {
  return new FatalError("job_invalid", `${setting}: ${path} ${how}, so ${so}`, {
    hint: "correct the file or the setting, then start the job again",
    cause,
  });
}
