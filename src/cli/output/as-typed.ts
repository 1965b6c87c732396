/**
 * Makes printed commands work as they are typed: with the word that started this process, in a clone, beside an installed package or from a
 * scheduler.
 */
import { basename, delimiter, dirname, resolve } from "node:path";
import { shellWord } from "../../text/shell-word.ts";

/** The word `tieout` before one of its commands. */
const COMMAND = /(?<![\w/.-])tieout (?=[a-z]+\b|--help)/g;

/**
 * `npx tieout` if started by npx or an npm script, `tieout` if the shell finds it, else the path of the program. Never `npx` then: it would
 * look for a package of that name elsewhere.
 */
export function programWord(script: string, env: Readonly<Record<string, string | undefined>>): string {
  if (env.npm_command || env.npm_lifecycle_event) return "npx tieout";
  const isFound = (env.PATH ?? "")
    .split(delimiter)
    .some((folder) => folder !== "" && resolve(folder) === dirname(script));
  return basename(script) === "tieout" && isFound ? "tieout" : shellWord(script);
}

/** The text, with each command in the form that can be typed here. */
export function asTyped(text: string): string {
  const program = programWord(process.argv[1] ?? "tieout", process.env);
  return text.replace(COMMAND, () => `${program} `);
}
