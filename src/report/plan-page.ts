/**
 * PlanPage: what a person judges a plan by, whatever the file's size: operations beside what the guards allow and what is usual, the fields
 * that change, and how long a run would take. In summary.json, and as text and Markdown. Pure.
 */
import { GUARD_KINDS, type GuardKind, IRREVERSIBLE_KINDS } from "../plan/operation.ts";
import { counted, grouped } from "../text/counted.ts";
import type { ChangedField, ValueChange } from "./field-tally.ts";
import { type Forecast, renderDeadline, renderForecast, secondsLate } from "./forecast.ts";
import type { PlanTally } from "./plan-tally.ts";

/** A run that would begin at `atMs`, and would have to stop at `deadlineMs`; wall-clock milliseconds. */
export interface Ahead {
  readonly forecast: Forecast;
  readonly atMs: number;
  readonly deadlineMs: number;
}

/** The fewest and the most of one run, of the last `runs`. */
export interface Usual {
  readonly least: number;
  readonly most: number;
  readonly runs: number;
}

export interface PlannedKind {
  readonly kind: GuardKind;
  readonly count: number;
  /** The most that its guard lets through; null without a guard. */
  readonly allowed: number | null;
  /** Null where no run is known to compare with. */
  readonly usual: Usual | null;
  readonly irreversible: boolean;
  /** Some of its rows, spread over the file. */
  readonly rows: readonly number[];
}

export interface PlanPage {
  /** Those that are planned or usual. */
  readonly operations: readonly PlannedKind[];
  /** Of accounts that the bank has. */
  readonly fields: readonly ChangedField[];
  /** Null when nothing would be sent. */
  readonly ahead: Ahead | null;
}

/** What the tally is set beside. `history` has the `operations` of the summaries of earlier runs. */
export interface PlanBesides {
  readonly allowed: (kind: GuardKind) => number | null;
  readonly history: readonly Readonly<Record<string, number>>[];
  readonly ahead: Ahead | null;
}

export function drawPage(tally: PlanTally, { allowed, history, ahead }: PlanBesides): PlanPage {
  const operations = GUARD_KINDS.map((kind) => ({
    kind,
    ...tally.ofKind(kind),
    allowed: allowed(kind),
    usual: usualOf(kind, history),
    irreversible: IRREVERSIBLE_KINDS.includes(kind),
  })).filter(({ count, usual }) => count > 0 || (usual !== null && usual.most > 0));
  return { operations, fields: tally.fields, ahead };
}

/** How many operations of a kind there were, whatever became of them, but for those with one of these words. */
export function countOf(
  operations: Readonly<Record<string, number>>,
  kind: string,
  without: readonly string[] = [],
): number {
  return Object.entries(operations).reduce((sum, [name, count]) => {
    const [of, word = ""] = name.split("=");
    return of === kind && !without.includes(word) ? sum + count : sum;
  }, 0);
}

/** Of operations that were held, or left for another run, nothing was sent. */
const NOT_SENT: readonly string[] = ["planned", "skipped"];

/** Summaries do not count what clears documents apart from other patches. */
function usualOf(kind: GuardKind, history: PlanBesides["history"]): Usual | null {
  if (history.length === 0 || kind === "clear_documents") return null;
  const counts = history.map((operations) => countOf(operations, kind, NOT_SENT));
  return { least: Math.min(...counts), most: Math.max(...counts), runs: history.length };
}

const FIELDS_SHOWN = 12;

/** The lines of the page for a terminal. */
export function renderPage({ operations, fields, ahead }: PlanPage): string[] {
  const lines: string[] = [];
  if (operations.length > 0) lines.push("operations:");
  const kindWidth = Math.max(0, ...operations.map(({ kind }) => kind.length));
  const countWidth = Math.max(0, ...operations.map(({ count }) => grouped(count).length));
  for (const operation of operations) {
    const { kind, count } = operation;
    const figures = `${kind.padEnd(kindWidth)}  ${grouped(count).padStart(countWidth)}`;
    lines.push(`  ${figures} ${remarksOn(operation).join(", ")}`);
  }
  if (fields.length > 0) lines.push("fields that change:");
  for (const { field, accounts, irreversible, changes } of fields.slice(0, FIELDS_SHOWN)) {
    const undone = irreversible ? ", cannot be undone" : "";
    lines.push(
      `  ${field}: ${counted(accounts, "account")}${undone}${changes.length > 0 ? `: ${renderChanges(changes)}` : ""}`,
    );
  }
  if (fields.length > FIELDS_SHOWN) lines.push(`  and ${grouped(fields.length - FIELDS_SHOWN)} more in summary.json`);
  if (ahead !== null) lines.push(`a run now: ${renderAhead(ahead)}`);
  return lines;
}

function remarksOn(operation: PlannedKind): string[] {
  const { allowed, usual, irreversible, rows } = operation;
  return [
    allowed === null ? "without a limit" : `of ${grouped(allowed)} allowed`,
    ...(isHeld(operation) ? ["so they are held"] : []),
    ...(usual === null ? [] : [renderUsual(usual)]),
    ...(irreversible ? ["cannot be undone"] : []),
    ...(rows.length > 0 ? [`such as ${rows.length === 1 ? "row" : "rows"} ${rows.join(", ")}`] : []),
  ];
}

export function isHeld({ count, allowed }: PlannedKind): boolean {
  return allowed !== null && count > allowed;
}

/** As `usual 3–11`. */
export function renderUsual({ least, most }: Usual): string {
  return `usual ${least === most ? grouped(most) : `${grouped(least)}–${grouped(most)}`}`;
}

/** As `active → closed 200, inactive → closed 14`. */
export function renderChanges(changes: readonly ValueChange[]): string {
  return changes.map(({ from, to, accounts }) => `${from} → ${to} ${grouped(accounts)}`).join(", ");
}

/** As `38,400 calls at 12 a second ≈ 53 min, done 02:58; the 06:00 deadline holds`. */
export function renderAhead({ forecast, atMs, deadlineMs }: Ahead): string {
  const then = secondsLate(forecast, atMs, deadlineMs) > 0 ? ": the run stops then, and resume continues it" : "";
  return `${renderForecast(forecast, atMs)}; ${renderDeadline(forecast, atMs, deadlineMs)}${then}`;
}
