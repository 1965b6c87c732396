/**
 * A job that is not valid in, one line that names each of its wrong settings by file and line out, in the order of the lines.
 */
import { readFile } from "node:fs/promises";
import { extname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { FatalError } from "../errors/fatal-error.ts";
import { describeSetting, type InvalidJob } from "../errors/invalid-job.ts";
import type { CodePlace } from "./find-setting-lines.ts";

/** `path` is the job file's. The settings may be in one that it imports. */
export async function placeSettings(error: InvalidJob, path: string): Promise<FatalError> {
  const made = findMaking(error) ?? { file: path, call: null };
  const text = await readFile(made.file, "utf8").catch(() => "");
  // Loaded for a job that is not valid alone: it brings a parser along.
  const { findSettingLines } = await import("./find-setting-lines.ts");
  const isTyped = /^\.[cm]?ts$/.test(extname(made.file));
  const paths = error.settings.map((setting) => setting.path);
  const lines = findSettingLines(text, { isTyped, call: made.call, paths });
  const name = shortPath(made.file);
  const placed = error.settings.map((setting, at) => ({ setting, line: lines[at] ?? null }));
  placed.sort((one, other) => (one.line ?? Infinity) - (other.line ?? Infinity));
  const described = placed.map(
    ({ setting, line }) => `${name}${line === null ? "" : `:${line}`}: ${describeSetting(setting)}`,
  );
  return new FatalError(error.code, described.join("; "), { hint: error.hint, cause: error });
}

const FRAME = /^\s+at (?:.*\()?(file:\/\/[^\n]*?):(\d+):(\d+)\)?$/;

/** Where defineJob or extendJob was called; null when that was Tieout itself, since the file exports plain settings. */
function findMaking({ stack = "" }: InvalidJob): { readonly file: string; readonly call: CodePlace } | null {
  const first = stack.split("\n").find((line) => /^\s+at /.test(line));
  const [, url, line, column] = FRAME.exec(first ?? "") ?? [];
  if (url === undefined || OWN_FILES.test(url)) return null;
  return { file: fileURLToPath(url), call: { line: Number(line), column: Number(column) } };
}

/** Those of src/, or of dist/ in a package. */
const OWN_FILES = new RegExp(`^${RegExp.escape(new URL("..", import.meta.url).href)}`);

/** As it is typed here. */
function shortPath(path: string): string {
  const short = relative(".", path);
  return short.startsWith("..") ? path : short;
}
