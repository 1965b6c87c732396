/**
 * A job file as it is typed in a command: a path comes in, a word for the shell goes out.
 */
import { basename, dirname, extname, resolve } from "node:path";
import { shellWord } from "../text/shell-word.ts";

/** Where jobs are that are named on the command line without their path. */
export const JOBS_FOLDER = "jobs";
export const JOB_ENDINGS: readonly string[] = [".ts", ".mts", ".js", ".mjs"];

/** A job file as it is typed here: by its name where that finds it, else by its path. */
export function jobWord(path: string): string {
  const isNamed = dirname(path) === resolve(JOBS_FOLDER) && JOB_ENDINGS.includes(extname(path));
  return shellWord(isNamed ? basename(path, extname(path)) : path);
}
