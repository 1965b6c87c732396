/**
 * The flags and arguments that several commands have.
 */
import type { CommandShape, FlagEntry } from "./command-entry.ts";

/** Every command has it. */
export const outputOf = ({ forms = [] }: Pick<CommandShape, "forms">): FlagEntry => ({
  flag: "--output <form>",
  description: "the form of standard output",
  choices: ["text", "json", ...forms],
  default: "text",
});
export const FILE: FlagEntry = {
  flag: "--file <path>",
  description: "this file, a path or s3://bucket/key, instead of the job's source",
};
export const FROM: FlagEntry = { flag: "--from <key>", description: "the source's files from this key on" };
export const CANARY: FlagEntry = {
  flag: "--canary <accounts>",
  description:
    "send so many accounts first, spread over the file; go on only if the bank then has them as the file wants",
  whole: true,
};
export const FAULTS: FlagEntry = {
  flag: "--faults <file>",
  description: "a file of faults to inject, like samples/faults.json",
};
export const STOP_AT: FlagEntry = {
  flag: "--stop-at <time>",
  description: "stop at this time of day, such as 06:00; resume continues",
};
/** What narrows a start to some rows. */
export const SELECTORS: readonly FlagEntry[] = [
  { flag: "--rows <ranges>", description: "only these rows, such as 7,100-200; numbers as in result_row" },
  {
    flag: "--accounts <@file>",
    description: "only these accounts: a file with one account_id or client_account_id a line",
  },
  { flag: "--sample <accounts>", description: "only so many accounts, spread over the file", whole: true },
  {
    flag: "--only-kinds <kinds>",
    description: "only rows whose operations are all of these kinds, such as patch,close",
  },
];
export const START: readonly FlagEntry[] = [
  FILE,
  FROM,
  { flag: "--limit <rows>", description: "only the first rows; resume continues with the rest", whole: true },
  ...SELECTORS,
  {
    flag: "--allow-edit <columns>",
    description:
      "take edits of these columns from a repaired file, such as limit,status, though nothing was wrong there",
  },
  { flag: "--again", description: "run a file that was run before" },
  { flag: "--reason <text>", description: "why --again" },
];

export const SINCE: FlagEntry = {
  flag: "--since <when>",
  description: "only what came since a date, or so many days or hours ago, such as 7d or 24h",
};

export const RUN_HELP = "\n<run> is a run's id, the beginning of one, or last.";
