/**
 * Explanation: all that the ledger knows about one row, from its cells to its outcome, as a value for machines and as text
 * for people. Pure; the one output beside the results that shows cells.
 */
import type { Batch } from "../batch.ts";
import { CODES, type Code } from "../errors/codes/codes.ts";
import type { Issue } from "../errors/issue.ts";
import type { Word } from "../errors/words.ts";
import type { Difference } from "../plan/operation.ts";
import { describeBatch } from "../read/describe-reading.ts";
import type { ShapedColumn } from "../read/row/list-shaped.ts";
import { grouped } from "../text/counted.ts";
import { CONTROLS } from "../text/unseen.ts";

export interface ExplainedOperation {
  readonly step: number;
  readonly kind: string;
  readonly state: string;
  /** 0 when nothing was answered. */
  readonly httpStatus: number;
  readonly attempts: number;
  /** The first sending under the key, and the last one; null for none. */
  readonly firstSentAt: string | null;
  readonly lastSentAt: string | null;
  readonly key: string;
  /** What the bank's answer called the request; null when it did not say. */
  readonly requestId: string | null;
  /** The exact JSON text that is sent; "" for none. */
  readonly body: string;
}

/** What an own id of the row was resolved to, and by which answer. */
export interface ExplainedId {
  readonly kind: string;
  readonly own: string;
  /** The bank's; null for one that may not be used. */
  readonly id: string | null;
  /** The run that asked, and when. */
  readonly run: string;
  readonly at: string;
  readonly answer: string;
}

export interface Explanation {
  readonly run: string;
  readonly row: number;
  readonly file: string;
  /** Batch and version by the file's name, and the run of the version before; null for most. */
  readonly batch: (Batch & { readonly corrects: string | null }) | null;
  readonly byteOffset: number;
  /** `not settled` while the run is in progress. */
  readonly word: Word | "not settled";
  /** The cells under the header's names, as decoded; null for a row that could not be. */
  readonly cells: readonly (readonly [column: string, cell: string])[] | null;
  /** What the row's own cells mean; null for an invalid row. */
  readonly values: Readonly<Record<string, unknown>> | null;
  /** What the job's shapes made of the row's cells; not there for a job without any. */
  readonly shapes?: readonly ShapedColumn[];
  /** All rows about the same account, this one included; empty for a row that is part of no change. */
  readonly rows: readonly number[];
  /** What these rows want together, where there is more than one. */
  readonly desired: Readonly<Record<string, unknown>> | null;
  readonly accountId: string | null;
  /** What the bank held when the row was planned, as it answered; null for a new account, or where nothing was kept. */
  readonly actual: unknown;
  readonly plannedAt: string | null;
  readonly ids: readonly ExplainedId[];
  readonly differences: readonly Difference[];
  readonly guard: string;
  readonly operations: readonly ExplainedOperation[];
  readonly issues: readonly Issue[];
  /** When values of the run began to be pruned, if those of the row are gone; null while they are there. */
  readonly prunedAt: string | null;
  /** Codes that the run does not hold rows for, as a person has accepted them for the reason. */
  readonly accepted: { readonly codes: readonly Code[]; readonly reason: string } | null;
}

/** How many other rows of the account are named. */
const ROWS_NAMED = 5;

/** The explanation as lines for an operator, section by section; an empty section says so. */
export function renderExplanation(
  explanation: Explanation,
  typed: (command: string) => string = (command) => command,
): string {
  const { run, row, file, batch, byteOffset, word, cells, values, issues, accepted } = explanation;
  if (explanation.prunedAt !== null) return renderPruned(explanation, typed);
  const given = cells?.filter(([, cell]) => cell !== "") ?? [];
  return [
    `row ${row} of run ${run}: ${word}`,
    `  of ${file}, at byte ${byteOffset}`,
    ...(batch === null ? [] : [`  ${describeBatch(batch)}${batch.corrects ? `, corrects run ${batch.corrects}` : ""}`]),
    ...section("cells", cells === null ? ["could not be split into cells"] : pairs(given), "all are empty"),
    ...(cells !== null && given.length > 0 ? [`  (${grouped(cells.length - given.length)} more are empty)`] : []),
    ...section("values", pairs(Object.entries(values ?? {}).map(asPair)), "none: the row is invalid"),
    ...(explanation.shapes === undefined ? [] : section("shapes", explanation.shapes.map(describeShape), "none")),
    ...describeChange(explanation),
    ...section("bank", describeActual(explanation), "nothing was kept"),
    ...(explanation.ids.length === 0 ? [] : section("ids", explanation.ids.flatMap(describeId), "")),
    ...section("differences", explanation.differences.map(describeDifference), "none"),
    ...section("guard", [explanation.guard], ""),
    ...section("operations", explanation.operations.flatMap(describeOperation), "none"),
    ...section("outcome", [word, ...issues.flatMap((issue) => describeIssue(run, issue, typed))], ""),
    ...(accepted === null ? [] : section("accepted", [`${accepted.codes.join(", ")}: ${shown(accepted.reason)}`], "")),
  ].join("\n");
}

/** What stays of a row whose values are gone. */
function renderPruned(
  { run, row, file, word, accountId, prunedAt, operations, issues }: Explanation,
  typed: (command: string) => string,
): string {
  return [
    `row ${row} of run ${run}: ${word}`,
    `  of ${file}`,
    `  pruned on ${prunedAt?.slice(0, 10)}: cells, values, bodies of calls and what the bank held are gone`,
    ...section("account", accountId === null ? [] : [accountId], "none is known"),
    ...section("operations", operations.flatMap(describeOperation), "none"),
    ...section("outcome", [word, ...issues.flatMap((issue) => describeIssue(run, issue, typed))], ""),
  ].join("\n");
}

function section(title: string, lines: readonly string[], none: string): string[] {
  return ["", title, ...(lines.length > 0 ? lines : [none]).map((line) => `  ${line}`)];
}

function pairs(entries: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}`);
}

function asPair([name, value]: readonly [string, unknown]): readonly [string, string] {
  return [name, typeof value === "string" ? value : JSON.stringify(value)];
}

/** As `ST "F" → status_reason frozen`. */
function describeShape({ column, cells, value }: ShapedColumn): string {
  const given = cells.filter(([, cell]) => cell !== "").map(([name, cell]) => `${shown(name)} "${shown(cell)}"`);
  const from = cells.length === 0 ? "in every row" : given.join(", ") || "empty";
  return `${from} → ${column} ${value === null ? "has no value" : shown(asPair(["", value])[1])}`;
}

function describeChange({ row, rows, desired }: Explanation): string[] {
  if (rows.length < 2 || desired === null) return [];
  const others = rows.filter((other) => other !== row);
  const more = others.length - ROWS_NAMED;
  const named = `${others.slice(0, ROWS_NAMED).join(", ")}${more > 0 ? ` and ${grouped(more)} more` : ""}`;
  return section(`together with row ${named}`, pairs(Object.entries(desired).map(asPair)), "nothing");
}

function describeActual({ accountId, actual, plannedAt, word, issues }: Explanation): string[] {
  const isMissing = issues.some(({ code }) => code === "account_not_found");
  const account = accountId === null ? "no account" : `${isMissing ? "no account" : "account"} ${accountId}`;
  if (plannedAt === null) return [];
  const when = `${account}, as of ${plannedAt}`;
  if (actual === null && word === "unchanged") return [`${when}: agreed with every value of the row`];
  if (actual === null) return [when];
  return [when, ...JSON.stringify(actual, null, 2).split("\n").map(shown)];
}

function describeId({ kind, own, id, run, at, answer }: ExplainedId): string[] {
  return [`${kind} ${shown(own)} → ${id ?? "none"}`, `  asked by run ${run} at ${at}: ${shown(answer)}`];
}

export function describeDifference({ field, actual, desired }: Difference): string {
  return `${field}: ${shown(actual) || "none"} → ${shown(desired) || "none"}`;
}

export function describeOperation(operation: ExplainedOperation): string[] {
  const { step, kind, state, httpStatus, attempts, key, body } = operation;
  const sent = attempts === 0 ? "not sent" : `HTTP ${httpStatus || "none"} after ${attempts} sent`;
  return [
    `${step} ${kind}: ${state}, ${sent}, key ${key}`,
    ...describeSendings(operation).map((line) => `  ${line}`),
    ...(body === "" ? [] : [`  ${shown(body)}`]),
  ];
}

function describeSendings({ firstSentAt, lastSentAt, requestId }: ExplainedOperation): string[] {
  if (lastSentAt === null) return [];
  const first = firstSentAt === null || firstSentAt === lastSentAt ? "" : `first sent at ${firstSentAt}, `;
  return [`${first}last sent at ${lastSentAt}${requestId === null ? "" : `, the bank's request id ${requestId}`}`];
}

function describeIssue(run: string, { code, column, message }: Issue, typed: (command: string) => string): string[] {
  const where = column === "" ? "" : ` in ${shown(column)}`;
  const todo = typed(CODES[code].todo.replace("rerun …", `rerun ${run}`));
  return [`${code}${where}: ${shown(message)}`, `  ${todo}`];
}

const UNSHOWN = new RegExp(`[${CONTROLS}]`, "gu");

/** Without what would move a terminal's cursor or hide text. */
export function shown(text: string): string {
  return text.replace(UNSHOWN, (character) => JSON.stringify(character).slice(1, -1).replace(/^.$/u, "?"));
}
