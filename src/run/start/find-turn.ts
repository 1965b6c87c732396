/**
 * Which of the files that wait may be taken now, as the job says of the files that it expects: none before the one that it follows, and not
 * several at once without a person. Reads the ledger, and no file.
 */
import { isSameBank, type Run } from "../../ledger/run.ts";
import { isNumericSequence, sequenceOf } from "../../read/file/sequence.ts";
import { expectedSource, sourcesOf } from "../../source-settings.ts";
import type { RunContext } from "../context.ts";
import { sourceOf } from "../sources.ts";
import type { FoundFile } from "./find-files.ts";
import type { FileEnd, StartOptions } from "./start-job.ts";

/** `end` is of the files that have to wait; null when none has to. */
export interface Turn {
  readonly files: readonly FoundFile[];
  readonly end: Extract<FileEnd, { kind: "out_of_turn" | "to_catch_up" }> | null;
}

/** What a person names, or takes from a key on, is that person's decision. */
export async function findTurn(context: RunContext, files: readonly FoundFile[], options: StartOptions): Promise<Turn> {
  const { expect } = context.job;
  const all = { files, end: null };
  if (expect === undefined || options.file !== null || options.again !== null || options.kind === "validate")
    return all;
  const turn = expect.sequence === "wait" ? await findInTurn(context, files, options) : all;
  const mayTakeAll = expect.catchUp === "take" || options.kind !== "run" || options.from !== null;
  const expected = turn.files.filter(({ store, file }) => isExpected(context, store.place, file.key));
  if (expected.length < 2 || mayTakeAll) return turn;
  return { files: [], end: { kind: "to_catch_up", keys: turn.files.map((one) => nameOf(turn.files, one)) } };
}

async function findInTurn(context: RunContext, files: readonly FoundFile[], { from }: StartOptions): Promise<Turn> {
  const last = from === null ? await findLastNumber(context) : undefined;
  let next = last === undefined ? undefined : last + 1n;
  for (const [at, { store, file }] of files.entries()) {
    const number = isExpected(context, store.place, file.key) ? numberOf(context, file.key) : undefined;
    if (number === undefined) continue;
    if (next !== undefined && number > next) {
      const awaits = number - 1n === next ? String(next) : `${next} to ${number - 1n}`;
      const waiting = files.slice(at).map((one) => nameOf(files, one));
      return { files: files.slice(0, at), end: { kind: "out_of_turn", awaits, keys: waiting } };
    }
    if (next === undefined || number === next) next = number + 1n;
  }
  return { files, end: null };
}

/** Whether it is of the source that the job expects files of. A job with one source looks at each file that it takes. */
function isExpected({ job }: RunContext, place: string, key: string): boolean {
  return sourcesOf(job).length === 1 || sourceOf(job, place, key) === expectedSource(job);
}

/** As --from takes it: the key, or the whole address where the files lie in several places. */
function nameOf(files: readonly FoundFile[], { store, file }: FoundFile): string {
  return new Set(files.map((one) => one.store.place)).size === 1 ? file.key : `${store.place}/${file.key}`;
}

function numberOf({ job }: RunContext, key: string): bigint | undefined {
  const pattern = expectedSource(job)?.pattern;
  const sequence = pattern && sequenceOf(key, pattern);
  return sequence !== undefined && isNumericSequence(sequence) ? BigInt(sequence) : undefined;
}

/** As many of the job's latest runs are looked at first, and more where none of them is of the files that are expected. */
const SOME_RUNS = 200;

/** The highest number that the job has taken. A file that was rejected has not come. */
async function findLastNumber(context: RunContext): Promise<bigint | undefined> {
  const { ledger, job } = context;
  for (let most = SOME_RUNS; ; most *= 10) {
    const runs = await ledger.runs.list(most, { job: job.name });
    const last = highestOf(context, runs);
    if (last !== undefined || runs.length < most) return last;
  }
}

function highestOf(context: RunContext, runs: readonly Run[]): bigint | undefined {
  const { bankName, job } = context;
  const numbers = runs.flatMap(({ kind, bank, rerunOf, rejection, file }) => {
    const isTaken = kind === "run" && rerunOf === null && rejection === null && isSameBank(bank, bankName);
    const isOwn = sourceOf(job, file.place, file.key) === expectedSource(job);
    return isTaken && isOwn ? (numberOf(context, file.key) ?? []) : [];
  });
  return numbers.reduce<bigint | undefined>((top, one) => (top !== undefined && top > one ? top : one), undefined);
}
