/**
 * What a command line may not say together, checked before anything is opened: a flag that means nothing, or a second
 * answer to the same question, is never dropped without a word.
 */
import { type Stats, statSync } from "node:fs";
import type { Command } from "commander";
import { FatalError } from "../errors/fatal-error.ts";
import { SECRET_VARIABLES } from "./environment.ts";

/** The first flag means nothing without the second, where a command has both. */
const NEEDS: readonly (readonly [flag: string, needed: string, hint: string])[] = [
  ["reason", "again", "add --again, which runs a file again, or leave --reason out"],
  ["again", "reason", 'add --reason "…", which is kept with the run'],
  ["reason", "accept", "add --accept, which releases held rows, or leave --reason out"],
  ["accept", "reason", 'add --reason "…", which is kept with the run'],
  ["clear", "reason", 'add --reason "…", which is kept in the audit trail'],
  ["reason", "clear", "add --clear <no>, which clears an alarm, or leave --reason out"],
];

/** What names a row, where a command has all of them. */
const ROW_NAMES = ["row", "account", "code"] as const;
const ONE_NAME = "give one of --row, --account and --code";

/** Each of the two says what is meant, so only one may be given. */
const EITHER: readonly (readonly [flag: string, other: string, hint: string])[] = [
  ["file", "from", "--file takes one file, wherever it is; --from takes files of the job's source; give one of them"],
  ...(["all", "since", "try"] as const).map(
    (other) => ["clear", other, "--clear clears one alarm: leave the other out"] as const,
  ),
  ...(["all", "since"] as const).map((other) => ["try", other, "--try lists no alarm: leave the other out"] as const),
  ["row", "account", ONE_NAME],
  ["row", "code", ONE_NAME],
  ["account", "code", ONE_NAME],
];

/** A person may paste a secret by mistake into words that are kept. A shorter one may be an ordinary word. */
const SHORTEST_SECRET = 8;

/** Counts how often each flag of a command is given, for `checkCommandLine`; to be called once its flags are defined. */
export function countFlags(command: Command): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const option of command.options) {
    const name = option.attributeName();
    command.on(`option:${option.name()}`, () => counts.set(name, (counts.get(name) ?? 0) + 1));
  }
  return counts;
}

/** Throws FatalError `usage`, in one line, with what to write instead. */
export function checkCommandLine(command: Command, counts: ReadonlyMap<string, number>): void {
  const given: Readonly<Record<string, unknown>> = command.opts();
  const flagOf = (name: string) =>
    command.options.find((option) => option.attributeName() === name)?.long ?? `--${name}`;
  const isFlag = (name: string) => command.options.some((option) => option.attributeName() === name);
  const has = (name: string) => command.getOptionValueSource(name) === "cli";

  for (const [name, count] of counts)
    if (count > 1) throw usage(`${flagOf(name)} is given more than once`, `give it once; ${seeHelp(command)}`);
  for (const [name, value] of Object.entries(given))
    if (typeof value === "string" && value.trim() === "")
      throw usage(`${flagOf(name)} is empty`, "give it a value; a variable of your shell may not be set");
  for (const argument of command.args)
    if (argument.trim() === "")
      throw usage("an argument is empty", "give it a value; a variable of your shell may not be set");
  const pasted = SECRET_VARIABLES.find((name) => isIn(process.env[name], given.reason));
  if (pasted !== undefined)
    throw usage(`--reason has the secret of ${pasted} in it`, "a reason is kept and shown: say it without the secret");
  for (const [name, needed, hint] of NEEDS)
    if (has(name) && isFlag(needed) && !has(needed))
      throw usage(`${flagOf(name)} is given without ${flagOf(needed)}`, hint);
  for (const [name, other, hint] of EITHER)
    if (has(name) && has(other)) throw usage(`${flagOf(name)} and ${flagOf(other)} are given together`, hint);
  if (ROW_NAMES.every(isFlag) && !ROW_NAMES.some(has))
    throw usage("no row is named", `${ONE_NAME}; ${seeHelp(command)}`);
  if (typeof given.file === "string") checkFile(given.file, "--file ");
}

function isIn(secret: string | undefined, text: unknown): boolean {
  return typeof text === "string" && (secret?.length ?? 0) >= SHORTEST_SECRET && text.includes(secret ?? "");
}

/** Whether a path or s3:// address can name one file; one that is not there is found out later. */
export function checkFile(path: string, flag = ""): void {
  const hint = "name one file: a path, or s3://bucket/key";
  if (path.startsWith("s3://")) {
    if (!/^s3:\/\/[^/]+\/./.test(path)) throw usage(`${flag}${path} is not a file in a bucket`, hint);
    return;
  }
  const stats = findStats(path);
  if (stats?.isDirectory()) throw usage(`${flag}${path} is a folder`, "name one file in it");
  if (stats !== undefined && !stats.isFile())
    throw usage(`${flag}${path} is not a regular file`, "save its content to a file, and name that file");
}

/** Undefined for a path that cannot be looked at: the store reports the reason when it reads the file. */
function findStats(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** For `--limit` and its like: what follows the flag, as a whole number from 1. */
export function whole(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[0-9]+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value;
    throw usage(`${flag} ${text} is not a whole number from 1`, `give one, such as ${flag} 10`);
  };
}

/** As `see tieout run --help`. */
export function seeHelp(command: Command): string {
  const names: string[] = [];
  for (let one: Command | null = command; one !== null; one = one.parent) names.unshift(one.name());
  return `see ${names.join(" ")} --help`;
}

function usage(message: string, hint: string): FatalError {
  return new FatalError("usage", message, { hint });
}
