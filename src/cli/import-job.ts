/**
 * A job file in, the checked job out, or one line that says what is wrong with it, where, and what to write instead.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FatalError } from "../errors/fatal-error.ts";
import { InvalidJob } from "../errors/invalid-job.ts";
import { nodeCode } from "../errors/node-code.ts";
import { defineJob, type Job, type JobInput } from "../job.ts";
import { JOB_ENDINGS } from "../report/job-word.ts";
import { shellWord } from "../text/shell-word.ts";
import { placeSettings } from "./place-settings.ts";

/** Throws FatalError `job_invalid`. */
export async function importJob(path: string): Promise<Job> {
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    if (error instanceof InvalidJob) throw await placeSettings(error, path);
    if (error instanceof FatalError)
      throw new FatalError(error.code, `${path}: ${error.message}`, { hint: error.hint });
    if (NO_JOB_FILE.includes(nodeCode(error) ?? ""))
      throw new FatalError("job_invalid", `${path} is no job file`, {
        hint: `name a job, or a file that ends in ${JOB_ENDINGS.join(", ")}; rows are given by --file, as in tieout run <job> --file accounts.csv`,
        cause: error,
      });
    const place = placeWithin(error, path);
    const [why] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new FatalError("job_invalid", `${path} cannot be loaded: ${why}${place === null ? "" : `, at ${place}`}`, {
      hint: hintFor(error, path),
      cause: error,
    });
  }
  if (typeof module.default !== "object" || module.default === null) {
    throw new FatalError("job_invalid", `${path} has no default export`, {
      hint: "write export default defineJob({ … })",
    });
  }
  return placingSettings(path, () => defineJob(module.default as JobInput));
}

/** What `act` gives; the settings that it finds wrong are named by their place in the job file. */
export async function placingSettings<Result>(path: string, act: () => Result): Promise<Result> {
  try {
    return act();
  } catch (error) {
    throw error instanceof InvalidJob ? await placeSettings(error, path) : error;
  }
}

/** Of a file that Node does not take for a module by its name, such as one of rows, and of a folder. */
const NO_JOB_FILE: readonly string[] = ["ERR_UNKNOWN_FILE_EXTENSION", "ERR_UNSUPPORTED_DIR_IMPORT"];

const LINE = /^(?:\s+at (?:.* \()?)?((?:file:\/\/)?\/[^\n]*?):([0-9]+)(?::[0-9]+\)?)?$/m;

/** From this line on, a stack shows the callers of this file. */
const OWN_FRAME = new RegExp(`^.*${RegExp.escape(import.meta.filename)}`, "m");

/** As `jobs/nightly.ts:5`: in the job file or one that it imports. */
function placeWithin(error: unknown, path: string): string | null {
  const [stack = ""] = ((error instanceof Error ? error.stack : undefined) ?? "").split(OWN_FRAME);
  const [, file, line] = LINE.exec(stack) ?? checkSyntax(error, path);
  if (file === undefined) return null;
  return `${file.startsWith("file:") ? fileURLToPath(file) : file}:${line}`;
}

/** For a syntax error in a plain module, Node shows the place only when it checks the file on its own. */
function checkSyntax(error: unknown, path: string): readonly (string | undefined)[] {
  if (!(error instanceof SyntaxError)) return [];
  const { stderr } = spawnSync(process.execPath, ["--check", path], { encoding: "utf8", timeout: 10_000 });
  return LINE.exec(stderr ?? "") ?? [];
}

const COMMON_JS = /Cannot use import statement outside a module|Unexpected token 'export'/;

function hintFor(error: unknown, path: string): string {
  const message = error instanceof Error ? error.message : "";
  const code = nodeCode(error);
  const ending = extname(path);
  if (error instanceof SyntaxError && COMMON_JS.test(message)) {
    const other = basename(path, ending) + (ending.endsWith("ts") ? ".mts" : ".mjs");
    const owner = findPackage(dirname(path));
    const isByPackage = !ending.startsWith(".c") && owner !== null;
    return isByPackage ? `add "type": "module" to ${owner}, or name the file ${other}` : `name the file ${other}`;
  }
  if (code === "ERR_MODULE_NOT_FOUND" && message.includes("'tieout'")) {
    const folder = dirname(findPackage(dirname(path)) ?? path);
    return `install the package there: npm install --prefix ${shellWord(folder)} …/tieout-<version>.tgz`;
  }
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX")
    return "write it without enum, namespace and the like: Node runs TypeScript by leaving out its types";
  return "correct the job file";
}

/** The nearest package.json: it says which module type the files below it have. */
function findPackage(folder: string): string | null {
  const path = join(folder, "package.json");
  if (existsSync(path)) return path;
  return folder === dirname(folder) ? null : findPackage(dirname(folder));
}
