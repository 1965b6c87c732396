/**
 * Whether the numbers in the files' names follow each other: a gap, a file that comes after its followers, and a number that comes twice. Pure.
 *
 * Files that come within ten minutes are one delivery, whose order says nothing.
 */
import { isNumericSequence } from "../read/file/sequence.ts";
import { shownKey } from "../text/shown-key.ts";
import { type Delivery, type ExpectedState, firstVersions } from "./expected-state.ts";

export const ONE_DELIVERY_MS = 10 * 60_000;

/** As many missing numbers have an alarm each; more than that share one. */
const MOST_GAPS = 20;

interface NumberedFile extends Delivery {
  readonly number: number;
}

/** `waits`: no file is taken before the one that it follows, so a person who takes one has given up what is missing before it. */
export function judgeSequence(deliveries: readonly Delivery[], waits: boolean): ExpectedState[] {
  const files = firstVersions(deliveries).flatMap((one) =>
    one.sequence !== undefined && isNumericSequence(one.sequence) ? [{ ...one, number: Number(one.sequence) }] : [],
  );
  return [...findOrder(files), ...findGaps(files, waits)];
}

/** Files that came out of order, and numbers that came twice. The next file in order ends both. */
function findOrder(files: readonly NumberedFile[]): ExpectedState[] {
  const states: ExpectedState[] = [];
  const came = new Map<number, NumberedFile>();
  let highest: number | undefined;
  for (const [at, file] of files.entries()) {
    const { number, atMs, key } = file;
    const follower = files.find((one) => one.number > number);
    const twin = came.get(number);
    const next = files.slice(at + 1).find((one) => one.number > Math.max(number, highest ?? number));
    const state = { subject: String(number), raisedAtMs: atMs, clearedAtMs: next?.atMs ?? null };
    if (twin !== undefined && !twin.isRejected && !file.isRejected) {
      const message = `number ${number} came twice: ${shownKey(twin.key)} and ${shownKey(key)}`;
      states.push({ ...state, kind: "doubled", code: "file_doubled", message });
    } else if (twin === undefined && follower !== undefined && atMs - follower.atMs > ONE_DELIVERY_MS) {
      const message = `${shownKey(key)} has number ${number}, and came after ${shownKey(follower.key)} with ${follower.number}`;
      states.push({ ...state, kind: "out_of_order", code: "file_out_of_order", message });
    }
    if (twin === undefined || twin.isRejected) came.set(number, file);
    highest = Math.max(highest ?? number, number);
  }
  return states;
}

/** Runs of numbers that were jumped over when a later one came. */
function findGaps(files: readonly NumberedFile[], waits: boolean): ExpectedState[] {
  const states: ExpectedState[] = [];
  let highest: number | undefined;
  for (const { number, atMs, key } of files) {
    const from = (highest ?? number) + 1;
    const missing = number - from;
    const ranges: [number, number][] =
      missing > MOST_GAPS
        ? [[from, number - 1]]
        : Array.from({ length: Math.max(0, missing) }, (_, more) => [from + more, from + more]);
    for (const range of ranges) {
      const ended = endOfGap(range, files, waits);
      if (ended !== null && ended - atMs <= ONE_DELIVERY_MS) continue;
      const name = range[0] === range[1] ? `${range[0]}` : `${range[0]}-${range[1]}`;
      const message = `number ${name} of the sequence has not come, and ${shownKey(key)} has ${number}`;
      const raisedAtMs = atMs + ONE_DELIVERY_MS;
      states.push({ kind: "gap", subject: name, code: "file_gap", message, raisedAtMs, clearedAtMs: ended });
    }
    highest = Math.max(highest ?? number, number);
  }
  return states;
}

/** When the last number of the range came, or a person went on without them. */
function endOfGap(
  [first, last]: readonly [number, number],
  files: readonly NumberedFile[],
  waits: boolean,
): number | null {
  const came = new Map<number, number>();
  for (const { number, atMs } of files)
    if (number >= first && number <= last && !came.has(number)) came.set(number, atMs);
  if (came.size === last - first + 1) return Math.max(...came.values());
  const taken = waits ? files.flatMap((one) => (one.number > last ? (one.takenAtMs ?? []) : [])) : [];
  return taken.length === 0 ? null : Math.min(...taken);
}
