/**
 * Summary: a run in a few lines, as JSON for machines and as text for people, with the next command to type. Pure.
 */
import type { Batch } from "../batch.ts";
import { CODES, type Code } from "../errors/codes/codes.ts";
import type { ExitCode } from "../errors/exit-codes.ts";
import { WORDS, type WordCounts } from "../errors/words.ts";
import { describeBatch } from "../read/describe-reading.ts";
import { counted, grouped } from "../text/counted.ts";
import { shownKey } from "../text/shown-key.ts";
import { toLine } from "../text/to-line.ts";
import { renderCalls, type SummarizedCalls } from "./calls.ts";
import type { Cause, Note } from "./causes.ts";
import { type Equation, renderCertificate } from "./certificate.ts";
import { type Control, describeControl } from "./describe-control.ts";
import { renderFetching, type SummarizedFetching } from "./fetching.ts";
import { wholeDays } from "./open-tally.ts";
import { type PlanPage, renderPage } from "./plan-page.ts";
import { renderCause } from "./render-cause.ts";
import { describeRepairs, type Repairs } from "./repairs.ts";
import { describeSnapshot, type SnapshotSummary } from "./snapshot-summary.ts";

/** A guard that has tripped in the run; accounts that it held, and those that it still holds. */
export interface SummarizedGuard {
  readonly guard: string;
  readonly figure: number;
  readonly allowed: number;
  readonly held: number;
  readonly holding: number;
  readonly approved?: { readonly max: number; readonly by: string; readonly reason: string; readonly at: string };
}

export interface Summary {
  readonly run: string;
  /** Null for a file that was judged by the default settings. */
  readonly job: string | null;
  readonly kind: "run" | "plan" | "validate";
  /** The bank was a stand-in, and no ledger has the run. */
  readonly rehearsal?: true;
  /** Whether these are the run's last results: nothing of the file is left to do. */
  readonly final: boolean;
  readonly exit: ExitCode;
  /** Null for what was judged without one. */
  readonly bank: { readonly apiUrl: string; readonly program: string } | null;
  readonly file: { readonly place: string; readonly key: string; readonly size: number; readonly sha256: string };
  /** An earlier run over the same bytes; the bank may hold something else by now. */
  readonly sameBytesAs?: { readonly key: string; readonly run: string };
  /** Batch and version by the file's name; `replaces` are the keys of earlier versions that were not run, since this one had come. */
  readonly batch?: Batch & { readonly corrects?: string; readonly replaces?: readonly string[] };
  readonly rerunOf: string | null;
  /** The plan whose calls the run makes. */
  readonly planOf?: string;
  /** The run whose snapshot lacks the accounts that this one works on. */
  readonly absentOf?: string;
  /** Of a plan over every row of its file, and of the run that applies it: SHA-256 over all that it would send. */
  readonly planHash?: string;
  /** Codes of held rows that a person has accepted, for this reason. */
  readonly accepts?: readonly Code[];
  readonly reason: string | null;
  /** What a person has narrowed the run to, the same as flags, and how many rows that has left out. `byPlan`: the plan that it applies did. */
  readonly narrowed?: { readonly to: string; readonly flags: string; readonly rows: number; readonly byPlan?: true };
  /** Who began the run, as the operating system has it: asserted, not proven. Null for a run of before that was kept. */
  readonly actor: { readonly user: string; readonly host: string; readonly version: string } | null;
  readonly startedAt: string;
  readonly endedAt: string;
  /** The job's oldest row, over all runs, that is short of agreement and was not accepted; null for none. Absent where nothing is kept. */
  readonly oldestOpen?: { readonly run: string; readonly row: number; readonly since: string } | null;
  readonly rows: number;
  /** The file's names of the columns that are copied to the results and not read. */
  readonly ignoredColumns: readonly string[];
  readonly words: WordCounts;
  /** `kind=word` → how many. */
  readonly operations: Readonly<Record<string, number>>;
  /** Why rows are not as the file wants them. */
  readonly causes: readonly Cause[];
  /** The publication that gave the causes other numbers than earlier final results had; commands then name both, as `--cause 3@2`. */
  readonly renumbered?: number;
  /** What is said of rows that are. */
  readonly notes: readonly Note[];
  /** Of a repaired file: cells that were restored, and those that were edited where nothing was wrong. */
  readonly repairs?: Repairs;
  /** What a plan that came to its end would do. */
  readonly page?: PlanPage;
  /** Of a snapshot whose rows are done: which accounts it lacks. */
  readonly snapshot?: SnapshotSummary;
  /** Absent where none has tripped. */
  readonly guards?: readonly SummarizedGuard[];
  /** Of all processes of the run so far; null for a validation, and for a run of before calls were counted. */
  readonly calls: SummarizedCalls | null;
  /** What was fetched; absent for a job that always fetches everything. */
  readonly fetching?: SummarizedFetching;
  /** The equations that were checked before this was published. */
  readonly certificate: readonly Equation[];
  /** The last CSV row that `--limit` let the run take; the largest whole number when there was no limit. */
  readonly maxChange: number;
  /** Why the run stopped before its end, or why the file was rejected. */
  readonly stopped: { readonly code: Code; readonly message: string } | null;
  /** What a person has asked of the run while it worked; missing when nobody has. */
  readonly control?: Control;
  /** A person has stopped the run, so only a person can continue it. */
  readonly waiting?: true;
  /** Why a person gave up what was left of it. */
  readonly abandoned?: string;
  /** Where results.csv, failed.csv and summary.json are; "" when none were written. */
  readonly results: string;
  /** The audit trail's last entry when this was made; null where none is kept. */
  readonly audit: { readonly no: number; readonly hash: string } | null;
  readonly next: readonly string[];
}

/** How many causes a summary shows. */
const CAUSES_SHOWN = 5;

function describeCauses({ causes, run, kind, rehearsal }: Summary, typed: (command: string) => string): string[] {
  if (causes.length === 0) return [];
  const more = causes.length - CAUSES_SHOWN;
  const all = kind === "validate" || rehearsal ? "see summary.json" : typed(`tieout causes ${run}`);
  return [
    "causes:",
    ...causes.slice(0, CAUSES_SHOWN).flatMap((cause) => renderCause(cause, typed)),
    ...(more > 0 ? [`  and ${grouped(more)} more: ${all}`] : []),
  ];
}

function describeNotes({ notes }: Summary): string[] {
  const shown = notes.map(({ word, code, count }) => `${grouped(count)} ${word}: ${code}`);
  return shown.length === 0 ? [] : [`notes: ${shown.join(", ")}`];
}

function describePlan({ planOf, planHash }: Summary): string[] {
  if (planHash === undefined) return [];
  return [planOf === undefined ? `plan hash ${planHash}` : `applies plan ${planOf}, hash ${planHash}`];
}

function describeVersion({ batch, kind }: Summary): string[] {
  if (batch === undefined) return [];
  const { corrects, replaces = [] } = batch;
  const before = corrects === undefined ? "" : `; corrects the file of run ${corrects}`;
  const without = replaces.map((key) => `; replaces ${shownKey(key)}, which ${kind === "run" ? "was" : "is"} not run`);
  return [`${describeBatch(batch)}${before}${without.join("")}`];
}

/** No limit is asked before a person has approved such a run once. */
export const isFirstAbsent = ({ guard, allowed }: Pick<SummarizedGuard, "guard" | "allowed">) =>
  guard === "absent" && allowed === 0;

function describeGuard({ guard, figure, allowed, holding, approved }: SummarizedGuard): string {
  if (isFirstAbsent({ guard, allowed }) && approved === undefined)
    return `guard ${guard}: holds ${counted(holding, "account")} until a person approves, as always the first time; look at missing.csv, then approve as under next:`;
  const of = isFirstAbsent({ guard, allowed })
    ? `guard ${guard}: ${counted(figure, "account")}, which a person must approve the first time`
    : `guard ${guard}: ${grouped(figure)} of ${grouped(allowed)} allowed`;
  const held = holding > 0 || approved === undefined ? `, holds ${counted(holding, "account")}` : "";
  return approved === undefined
    ? `${of}${held}`
    : `${of}${held}, approved up to ${grouped(approved.max)} by ${approved.by} (${toLine(approved.reason)})`;
}

function describeNarrowed({ narrowed, kind }: Summary): string[] {
  if (narrowed === undefined) return [];
  const rest = kind === "run" ? ", so the bank need not agree with the file" : "";
  return [`narrowed to ${narrowed.to}: ${counted(narrowed.rows, "row")} left out${rest}`];
}

function describeOldest({ oldestOpen, endedAt }: Summary): string[] {
  if (oldestOpen == null) return [];
  const { run, row, since } = oldestOpen;
  return [
    `oldest open row: ${counted(wholeDays(Date.parse(since), Date.parse(endedAt)), "day")}, run ${run}, row ${row}`,
  ];
}

/** The summary as an operator reads it; `typed` makes of a command what is typed here. */
export function renderSummary(summary: Summary, typed: (command: string) => string = (command) => command): string {
  const { words, operations, page, sameBytesAs: twin } = summary;
  const width = Math.max(...WORDS.map((word) => grouped(words[word]).length));
  const lines = [
    `${summary.rehearsal ? "rehearsal" : summary.kind} ${summary.run} by ${summary.job ?? "the default settings"}: ${counted(summary.rows, "row")} of ${shownKey(summary.file.key)}`,
    ...describePlan(summary),
    ...(summary.absentOf === undefined ? [] : [`accounts that the snapshot of run ${summary.absentOf} lacks`]),
    ...describeVersion(summary),
    ...describeNarrowed(summary),
    ...(twin === undefined ? [] : [`same bytes as ${shownKey(twin.key)}, run ${twin.run}; compared again`]),
    ...WORDS.filter((word) => words[word] > 0).map((word) => `  ${grouped(words[word]).padStart(width)} ${word}`),
  ];
  const sent = Object.entries(operations).map(([what, count]) => `${grouped(count)} ${what.replace("=", " ")}`);
  if (page !== undefined) lines.push(...renderPage(page));
  else if (sent.length > 0) lines.push(`operations: ${sent.join(", ")}`);
  if (summary.fetching) lines.push(renderFetching(summary.fetching));
  if (summary.calls !== null) lines.push(renderCalls(summary.calls, summary));
  lines.push(...describeCauses(summary, typed), ...describeNotes(summary));
  if (summary.repairs) lines.push(...describeRepairs(summary.repairs));
  if (summary.snapshot) lines.push(...describeSnapshot(summary.snapshot, summary.kind));
  lines.push(...(summary.guards ?? []).map(describeGuard));
  if (summary.accepts) lines.push(`accepted: ${summary.accepts.join(", ")} (${summary.reason})`);
  if (summary.stopped) {
    const { code, message } = summary.stopped;
    lines.push(`not finished: ${message} [${code}]. ${typed(CODES[code].todo)}`);
  }
  if (summary.control) lines.push(`steered: ${describeControl(summary.control)}`);
  if (summary.certificate.length > 0) lines.push(renderCertificate(summary.certificate));
  lines.push(...describeOldest(summary));
  if (summary.results) lines.push(`results: ${summary.results}/results.csv`, `page: ${summary.results}/report.html`);
  if (summary.next.length > 0) lines.push("next:", ...summary.next.map((command) => `  ${typed(command)}`));
  return lines.join("\n");
}
