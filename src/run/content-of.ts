/**
 * What a change wants, as one short text: the same text only for what would lead to the same calls, whatever the bank holds. Pure.
 */
import { createHash } from "node:crypto";
import type { Job } from "../job.ts";
import type { ChangeContent } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import { wantsRelationships } from "../plan/diff/diff-relationships.ts";
import type { Desired } from "../read/change.ts";
import { layoutOf } from "../read/layouts.ts";
import type { FileTraits, Reading } from "../read/reading.ts";

/** To be raised when an unchanged Desired comes to mean something else. */
const FORM = 1;

/** What may differ from file to file, and makes no row mean anything else. All others of a reading count. */
const OF_ONE_FILE: readonly (keyof FileTraits | "endsWithLineEnd")[] = [
  "encoding",
  "lineEnds",
  "headerRow",
  "compression",
  "decimalIds",
  "cutRow",
  "ownIds",
  "endsWithLineEnd",
];

/** Never sent, and not compared with the bank: other times alone leave a row unchanged. */
const TIMES: readonly (keyof Desired)[] = ["effective_at", "generated_at"];

/**
 * Whether what the run's changes want is kept. Not of rows about single users: each user has a time of its own, and what is wanted of
 * them is known once the account is.
 */
export function keepsContents(job: Pick<Job, "skipUnchangedFor">, run: Pick<Run, "kind">, reading: Reading): boolean {
  return job.skipUnchangedFor !== undefined && run.kind !== "validate" && layoutOf(reading).rowIsAbout === "account";
}

/** `settingsSha256` is that of the run's job, and the version that of the program which reads the file. */
export function contentsOf(
  { settingsSha256, actor }: Pick<Run, "settingsSha256" | "actor">,
  reading: Reading,
): (change: number, desired: Desired) => ChangeContent {
  const meaning = without(reading, OF_ONE_FILE);
  const about = sha256(sorted([FORM, settingsSha256, actor?.version ?? null, meaning]));
  return (change, desired) => {
    const content = sha256(`${about} ${sorted(without(desired, TIMES))}`);
    return { change, content, gets: wantsRelationships(desired) ? 2 : 1 };
  };
}

function without<Value extends object>(value: Value, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/** As JSON text, whatever the order in which members were added. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, of: unknown) =>
    typeof of === "object" && of !== null && !Array.isArray(of)
      ? Object.fromEntries(Object.entries(of).sort(([one], [other]) => (one < other ? -1 : 1)))
      : of,
  );
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("base64url");
