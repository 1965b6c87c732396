/**
 * Which of the files that wait may be taken now, as the job says of the files that it expects: none before the one that it follows, and not
 * several at once without a person. Reads the ledger, and no file.
 */
import { isSameBank } from "../../ledger/run.ts";
import { isNumericSequence, sequenceOf } from "../../read/file/sequence.ts";
import type { LatestFile } from "../batches.ts";
import type { RunContext } from "../context.ts";
import { isOfSource } from "./find-files.ts";
import type { FileEnd, StartOptions } from "./start-job.ts";

/** `end` is of the files that have to wait; null when none has to. */
export interface Turn {
  readonly files: readonly LatestFile[];
  readonly end: Extract<FileEnd, { kind: "out_of_turn" | "to_catch_up" }> | null;
}

/** What a person names, or takes from a key on, is that person's decision. */
export async function findTurn(
  context: RunContext,
  files: readonly LatestFile[],
  options: StartOptions,
): Promise<Turn> {
  const { expect } = context.job;
  const all = { files, end: null };
  if (expect === undefined || options.file !== null || options.again !== null || options.kind === "validate")
    return all;
  const turn = expect.sequence === "wait" ? await findInTurn(context, files, options) : all;
  const mayTakeAll = expect.catchUp === "take" || options.kind !== "run" || options.from !== null;
  if (turn.files.length < 2 || mayTakeAll) return turn;
  return { files: [], end: { kind: "to_catch_up", keys: turn.files.map(({ file }) => file.key) } };
}

async function findInTurn(context: RunContext, files: readonly LatestFile[], { from }: StartOptions): Promise<Turn> {
  const last = from === null ? await findLastNumber(context) : undefined;
  let next = last === undefined ? undefined : last + 1n;
  for (const [at, { file }] of files.entries()) {
    const number = numberOf(context, file.key);
    if (number === undefined) continue;
    if (next !== undefined && number > next) {
      const awaits = number - 1n === next ? String(next) : `${next} to ${number - 1n}`;
      const waiting = files.slice(at).map((one) => one.file.key);
      return { files: files.slice(0, at), end: { kind: "out_of_turn", awaits, keys: waiting } };
    }
    if (next === undefined || number === next) next = number + 1n;
  }
  return { files, end: null };
}

function numberOf({ job }: RunContext, key: string): bigint | undefined {
  const sequence = sequenceOf(key, job.source.pattern);
  return sequence !== undefined && isNumericSequence(sequence) ? BigInt(sequence) : undefined;
}

/** As many of the job's latest runs are looked at. */
const MOST_RUNS = 200;

/** The highest number that the job has taken. A file that was rejected has not come. */
async function findLastNumber(context: RunContext): Promise<bigint | undefined> {
  const { ledger, bankName, job } = context;
  const runs = await ledger.runs.list(MOST_RUNS, { job: job.name });
  const numbers = runs.flatMap(({ kind, bank, rerunOf, rejection, file }) => {
    const isTaken = kind === "run" && rerunOf === null && rejection === null && isSameBank(bank, bankName);
    return isTaken && isOfSource(job, file.place, file.key) ? (numberOf(context, file.key) ?? []) : [];
  });
  return numbers.reduce<bigint | undefined>((top, one) => (top !== undefined && top > one ? top : one), undefined);
}
