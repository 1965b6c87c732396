/**
 * Line: a job as it comes along over its starts, how it is defined, and what it has published at last.
 */
import { parse } from "csv-parse/sync";
import type { Code } from "../../../src/errors/codes/codes.ts";
import { FatalError } from "../../../src/errors/fatal-error.ts";
import { defineJob, type Job, type JobInput } from "../../../src/job.ts";
import type { Summary } from "../../../src/report/summary.ts";
import type { Profile } from "./faults.ts";
import type { Life } from "./life.ts";
import type { JobName } from "./load.ts";
import { type Published, RESULT_COLUMNS, type ResultLine } from "./oracle.ts";
import type { Policy } from "./policy.ts";
import type { MemoryStore } from "./stores.ts";

/** A job that is not done after so many starts in calm has come to nothing. */
export const MOST_CALM_STARTS = 12;
/** Beyond the end of a dead process's lease. */
export const CALM_GAP_MS = 120_000;
export const LONGEST_HOURS = 24 * 20;
/** Beyond the longest that a request is under way. */
export const LONGEST_WAY_MS = 20 * 60_000;

/** A job as it comes along over its starts. */
export interface Line {
  readonly name: JobName;
  readonly job: Job;
  starts: number;
  calmStarts: number;
  /** The process at work, if any. */
  life: Life | null;
  isDone: boolean;
  /** Calls off the start that is to come, if one is. */
  callOff: () => void;
}

/** A job that has not been started yet, of which several processes are to share the work or not. `changes` are the policy's. */
export function openLine(
  name: JobName,
  { creates, writesAtOnce, runTimeoutMs }: Profile,
  isOfSeveral: boolean,
  changes: Partial<JobInput> = {},
): Line {
  const job = defineJob({
    name,
    source: { bucket: `${name}-in` },
    results: { bucket: `${name}-out` },
    removeRelationships: true,
    creates,
    runTimeoutMs,
    // Of 36 rows there are to be several chunks.
    concurrency: isOfSeveral ? { reads: 2, writes: Math.ceil(writesAtOnce / 2) } : { reads: 16, writes: writesAtOnce },
    guards: { close: { max: 1_000 }, remove_relationship: { max: 1_000 } },
    ...changes,
  });
  return { name, job, starts: 0, calmStarts: 0, life: null, isDone: false, callOff: () => {} };
}

/** Whether nothing strikes in a history, so that every row must come to what it wants where the look-up can tell. */
export function isPeaceful({ chances, fatefulStarts, habits, creates }: Profile): boolean {
  const isSpared = Object.values(chances).every((chance) => chance === 0) && fatefulStarts === 0;
  return isSpared && habits.lagMs === 0 && creates !== "first_alone";
}

/** The publication of the highest number that is whole, of any run but that one: its summary is written last. */
export function publishedIn(store: MemoryStore, without?: string): Published | null {
  const folder = findWhole(store)
    .filter((one) => !isOfAbsent(store, one) && runOf(one) !== without)
    .sort((a, b) => numberOf(a) - numberOf(b))
    .at(-1);
  const text = store.files.get(`${folder}/results.csv`);
  const summary = store.files.get(`${folder}/summary.json`);
  if (text === undefined || summary === undefined) return null;
  const { words, calls } = JSON.parse(summary.toString()) as Summary;
  const columns = (names: readonly string[]) =>
    names.map((name) => RESULT_COLUMNS.find((one) => one === name) ?? false);
  return { run: runOf(folder ?? ""), lines: parse(text, { columns }) as ResultLine[], words, calls };
}

function findWhole({ files }: MemoryStore): string[] {
  const end = "/summary.json";
  return [...files.keys()].filter((key) => key.endsWith(end)).map((key) => key.slice(0, -end.length));
}

/** What is told of accounts that a snapshot lacks is not of the file's rows. */
function isOfAbsent({ files }: MemoryStore, folder: string): boolean {
  const summary = files.get(`${folder}/summary.json`)?.toString() ?? "{}";
  return summary.includes('"absentOf"') && (JSON.parse(summary) as Summary).absentOf !== undefined;
}

const runOf = (folder: string) => folder.split("/")[0] ?? "";

/** `<run>/<n>` → n. */
function numberOf(folder: string): number {
  return Number(folder.split("/")[1]);
}

/** How a process may well end while the chaos lasts. */
const EXPECTED: readonly Code[] = ["lease_held", "lease_lost", "ledger_failed"];

export function isExpected(error: unknown, { breaksWith = [] }: Policy): boolean {
  return error instanceof FatalError && [...EXPECTED, ...breaksWith].includes(error.code);
}
