/**
 * How this process was started, so that a command that it prints can be typed as it is: in a clone, in the folder of an
 * installed package, or wherever a scheduler starts it.
 */
import { basename, delimiter, dirname, resolve } from "node:path";
import { shellWord } from "../../text/shell-word.ts";

/** `tieout` of one of its commands, in a text of ours. */
const COMMAND = /(?<![\w/.-])tieout (?=[a-z]+\b|--help)/g;

/**
 * By npx or an npm script: `npx tieout`. By a `tieout` that the shell finds: `tieout`. Else by the path of the program; never
 * `npx` then, which would look for a package of that name elsewhere.
 */
export function programWord(script: string, env: Readonly<Record<string, string | undefined>>): string {
  if (env.npm_command || env.npm_lifecycle_event) return "npx tieout";
  const isFound = (env.PATH ?? "")
    .split(delimiter)
    .some((folder) => folder !== "" && resolve(folder) === dirname(script));
  return basename(script) === "tieout" && isFound ? "tieout" : shellWord(script);
}

/** The text with each of its commands as it can be typed here. */
export function asTyped(text: string): string {
  const program = programWord(process.argv[1] ?? "tieout", process.env);
  return text.replace(COMMAND, () => `${program} `);
}
