/**
 * What is said of a run while it works, in groups of short parts: the block on a terminal and the plain line are both made of
 * them. Never a cell.
 */
import { WORDS, type Word } from "../../errors/words.ts";
import { renderDeadline, renderEnd, renderPace, renderSeconds, secondsLate } from "../../report/forecast.ts";
import type { CallsNow, RunView } from "../../report/progress.ts";
import { counted, grouped } from "../../text/counted.ts";

export type Tone = "good" | "quiet" | "care" | "bad";

export interface Piece {
  readonly text: string;
  readonly tone?: Tone;
}

export interface ViewParts {
  /** Which run it is, and of which rows. */
  readonly run: readonly Piece[];
  /** `longest` is how long the text gets on the way. */
  readonly stage: { readonly text: string; readonly longest: number };
  readonly words: readonly Piece[];
  readonly calls: readonly Piece[];
  readonly rest: readonly Piece[];
}

const TONES: Readonly<Record<Word, Tone>> = {
  unknown: "bad",
  failed: "bad",
  refused: "bad",
  invalid: "bad",
  held: "care",
  skipped: "quiet",
  applied: "good",
  unchanged: "quiet",
};
/** The best first: what is expected of most rows. */
const BEST_FIRST = [...WORDS].reverse();

export function partsOf(view: RunView): ViewParts {
  const { stage, done, of } = view;
  const all = of === null ? "" : ` of ${grouped(of)}`;
  const text = `${stage} ${of === null ? counted(done, "row") : grouped(done)}${all}`;
  return {
    run: runParts(view),
    stage: { text, longest: stage.length + 2 * all.length - " of".length },
    words: wordParts(view),
    calls: view.calls === null ? [] : callParts(view.calls),
    rest: restParts(view),
  };
}

function runParts({ job, kind, run, file, rerunOf, limit, rows }: RunView): Piece[] {
  const ofAll = rows === null ? "" : ` of ${grouped(rows)}`;
  const parts = [
    job,
    `${kind} ${run}`,
    ...(file.of > 1 ? [`file ${file.no} of ${file.of}`] : []),
    ...(rerunOf === null ? [file.key] : [`${rows === null ? "rows" : counted(rows, "row")} of ${rerunOf}`]),
    ...(limit === null ? [] : [`the first ${grouped(limit)}${ofAll} (--limit)`]),
  ];
  return parts.map((text) => ({ text }));
}

function wordParts({ words, rows }: RunView): Piece[] {
  if (words === null) return [];
  const named = BEST_FIRST.filter((word) => (words[word] ?? 0) > 0);
  const known = named.map((word): Piece => ({ text: `${grouped(words[word] ?? 0)} ${word}`, tone: TONES[word] }));
  const open = rows === null ? 0 : rows - named.reduce((sum, word) => sum + (words[word] ?? 0), 0);
  return open > 0 ? [...known, { text: `${grouped(open)} open` }] : known;
}

function callParts({ perSecond, pace, inFlight, slowDowns, pausedMs, isDown, isShared }: CallsNow): Piece[] {
  const parts: Piece[] = [];
  const of = pace === null ? "" : `, of ${renderPace(pace)}${isShared ? " for all" : ""}`;
  if (perSecond !== null)
    parts.push({ text: `calls: ${renderPace(perSecond)} a second${isShared ? " here" : ""}${of}` });
  if (inFlight !== null) parts.push({ text: `${grouped(inFlight)} in flight` });
  if (slowDowns !== null && slowDowns > 0)
    parts.push({ text: `slowed by the bank: ${grouped(slowDowns)}`, tone: "care" });
  if (isDown) parts.push({ text: "the bank does not answer, so calls wait", tone: "bad" });
  else if (pausedMs > 0) parts.push({ text: `calls wait ${renderSeconds(pausedMs / 1000)}`, tone: "care" });
  return parts;
}

function restParts({ forecast, deadlineMs, nowMs }: RunView): Piece[] {
  if (forecast === null || forecast.calls === 0) return [];
  const parts: Piece[] = [{ text: `${counted(forecast.calls, "call")} left` }, { text: renderEnd(forecast, nowMs) }];
  if (deadlineMs === null) return parts;
  const text = renderDeadline(forecast, nowMs, deadlineMs);
  return [...parts, secondsLate(forecast, nowMs, deadlineMs) > 0 ? { text, tone: "care" } : { text }];
}

/** Such as `47 %`: never 100 before the end. */
export function renderShare(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
