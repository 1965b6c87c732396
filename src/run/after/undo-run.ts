/**
 * Finds out what would take a run back: what the ledger saw of each account before, and, read at the bank now, which accounts are still as the
 * run has left them. Sends nothing that changes the bank.
 */
import type { BankApi, Failure } from "../../bank/bank-api.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { ChangeOfRow, StoredOperation, StoredResult } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { Actual } from "../../plan/actual.ts";
import { asText } from "../../plan/diff/as-text.ts";
import { isInEffect, RELATIONSHIP_KINDS, STATUS_AFTER } from "../../plan/in-effect.ts";
import type { Selection } from "../../plan/selection.ts";
import { type CannotUndo, type UndoValues, undoChange } from "../../plan/undo-change.ts";
import { COLUMNS, METADATA_PREFIX, UNDO_COLUMNS } from "../../read/columns.ts";
import { settingsForResults } from "../../read/find-results.ts";
import { readHeader } from "../../read/header/read-header.ts";
import { layoutOf } from "../../read/layouts.ts";
import type { Reading } from "../../read/reading.ts";
import { parseRow } from "../../read/row/parse-row.ts";
import { isInDoubt } from "../apply/is-in-doubt.ts";
import { checkValues } from "../check-values.ts";
import type { RunContext } from "../context.ts";
import { endsRun, issueOfFailure } from "../failure.ts";
import { fetchActual } from "../fetch-actual.ts";
import { walkResults } from "../pages.ts";
import { stopFor } from "../stop.ts";
import { forEachInWindow } from "../window.ts";
import { undoUsers } from "./undo-users.ts";

/** Why an account, or a field of it, is not in the file. */
export type WhyNot =
  | CannotUndo
  | "not_settled"
  | "before_unknown"
  | "later_run"
  | "changed_since"
  | "missing"
  | "unreadable"
  | "no_cell";

export interface NotInUndo {
  readonly row: number;
  readonly accountId: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
  readonly why: WhyNot;
}

/** Of one account: the line for the file, if any of it can be taken back, and what cannot. */
export interface UndoneRow {
  readonly cells: readonly string[] | null;
  readonly not: readonly NotInUndo[];
}

const PRUNED = "it cannot be taken back";

/** The columns that the file of a run needs, from what its rows have changed. */
export async function findUndoHeader({ ledger }: RunContext, run: Run): Promise<readonly string[]> {
  checkValues(run, PRUNED);
  const { rowIsAbout, neededNames } = layoutOf(run.reading);
  if (rowIsAbout === "user") return [...neededNames, ...UNDO_COLUMNS];
  const fields = new Set<string>();
  for await (const page of walkResults(ledger, run))
    for (const { differences, operations } of page)
      if (operations.length > 0) for (const { field } of differences) fields.add(field);
  const has = (pattern: RegExp) => [...fields].some((field) => pattern.test(field));
  if (has(/^credit_(score|pulled_at|report_source)$/))
    for (const name of ["credit_score", "credit_pulled_at", "credit_report_source"]) fields.add(name);
  if (has(/^scra_/)) fields.add("scra_start_date");
  for (const name of ["status", "status_reason"]) fields.add(name);
  const known = Object.keys(COLUMNS).filter((name) => name !== "account_id" && fields.has(name));
  const metadata = [...fields].filter((name) => name.startsWith(METADATA_PREFIX)).sort();
  return ["account_id", ...known, ...metadata, ...UNDO_COLUMNS];
}

/** Pages of what each account of the run comes to, in the order of its rows. Rejects with FatalError when the bank cannot be asked. */
export async function* undoRun(
  context: RunContext,
  run: Run,
  header: readonly string[],
  rows: Selection["rows"],
): AsyncGenerator<readonly UndoneRow[]> {
  const { ledger, job } = context;
  const read = readHeader(header, settingsForResults(job, { header: 1, isUtf8: true }), ",");
  if (read.kind === "rejected")
    throw new FatalError(read.rejection.code, read.rejection.message, { hint: read.rejection.hint });
  const bank = context.openBank("plan");
  // A bank that is down is waited for, until a person stops that.
  const stop = () => bank.stop();
  context.signal.addEventListener("abort", stop);
  if (context.signal.aborted) stop();
  const isWanted = (row: number) => rows === undefined || rows.some(([from, to]) => from <= row && row <= to);
  /** The changes of several rows that have come, by their first row. */
  const folded = new Set<number>();
  try {
    const greeted = await bank.authenticate();
    if (!greeted.ok) throw fatalOf(greeted.failure);
    for await (const page of walkResults(ledger, run)) {
      const touched: TouchedRow[] = [];
      for (const result of page) {
        const change = result.operations.some(mayHaveChanged)
          ? await ledger.rows.readChangeOf(run, result.source.row)
          : undefined;
        // The rows of one account share a change, whose calls may be with any of them.
        const isKnown = change === undefined || folded.has(change.rows[0] ?? 0);
        if (isKnown || !change.rows.some(isWanted)) continue;
        if (change.rows.length > 1) folded.add(change.rows[0] ?? 0);
        touched.push({ result, change });
      }
      // All was read before this is asked, so it is whole.
      checkValues((await ledger.runs.find(run.id)) ?? run, PRUNED);
      const undone: (readonly UndoneRow[])[] = [];
      await forEachInWindow([...touched.entries()], job.concurrency.reads, async ([at, row]) => {
        const isOfUsers = layoutOf(read.reading).rowIsAbout === "user";
        const undo = isOfUsers ? undoUsers : undoRow;
        undone[at] = [await undo(context, run, bank, read.reading, row, isWanted)].flat();
        return null;
      });
      yield undone.flat().filter(({ cells, not }) => cells !== null || not.length > 0);
    }
  } finally {
    context.signal.removeEventListener("abort", stop);
    await bank.close();
  }
}

/** A row with calls that may have taken effect, and the change that it is of. */
export interface TouchedRow {
  readonly result: StoredResult;
  readonly change: ChangeOfRow;
}

const mayHaveChanged = (operation: StoredOperation) => operation.state === "applied" || isInDoubt(operation);

/** Nobody knows yet whether it took effect. */
export const isNotSettled = (operation: StoredOperation) => operation.state !== "applied" && isInDoubt(operation);

async function undoRow(
  { ledger, job }: RunContext,
  run: Run,
  bank: BankApi,
  reading: Reading,
  { result, change }: TouchedRow,
): Promise<UndoneRow> {
  const { accountId, differences, operations } = result;
  const { row } = result.source;
  const whole = (why: WhyNot, after = "") => ({
    cells: null,
    not: [{ row, accountId: accountId ?? "", field: "account", before: "", after, why }],
  });
  const applied = operations.filter(({ state }) => state === "applied");
  if (operations.some(isNotSettled)) return whole("not_settled");
  if (accountId === null) return whole(applied.some(({ kind }) => kind === "create") ? "created" : "before_unknown");
  const isMade = applied.some(({ kind }) => kind === "create");
  const before = change.seen === null || isMade ? null : (JSON.parse(change.seen) as Actual);
  const seenMs = change.plannedAtMs ?? Number.POSITIVE_INFINITY;
  // What was seen is of after the first call where the rest was planned again.
  if (!isMade && (before === null || applied.some(({ lastSentAtMs }) => (lastSentAtMs ?? 0) < seenMs)))
    return whole("before_unknown");
  const { memory } = await ledger.changes.readStored(run, change.rows[0] ?? row, accountId);
  if (memory.appliedByRun > run.no) return whole("later_run");
  const { values, not } = undoChange({ operations: applied, differences, before, removal: job.removeRelationships });
  const listed = not.map(({ field, actual, desired, why }) => ({
    row,
    accountId,
    field,
    before: actual,
    after: desired,
    why,
  }));
  if (values.length === 0) return listed.length === 0 ? whole("before_unknown") : { cells: null, not: listed };
  const now = await fetchActual(bank, accountId, () => applied.some(({ kind }) => RELATIONSHIP_KINDS.includes(kind)));
  if (!now.ok && endsRun(now.failure)) throw fatalOf(now.failure);
  if (!now.ok) return whole(now.failure.code === "account_not_found" ? "missing" : "unreadable", now.failure.message);
  if (!isAsLeft(applied, now.value)) return whole("changed_since");
  const written = writeCells(reading, { account_id: accountId, undoes_run: run.id, undoes_row: String(row) }, values);
  const lost = written.lost.map((field) => ({
    row,
    accountId,
    field,
    before: asText(valueIn(values, field)),
    after: "",
    why: "no_cell" as const,
  }));
  return { cells: written.cells, not: [...listed, ...lost] };
}

export function fatalOf(failure: Failure): FatalError {
  const { issue, exit } = stopFor(issueOfFailure(failure));
  const code = issue.code === "stopped" ? "run_stopped" : issue.code;
  return new FatalError(code, issue.message, { hint: "type the same command again once the bank answers", exit });
}

/** Whether all that the calls have made is still so; of several changes of status, the last. */
function isAsLeft(applied: readonly StoredOperation[], now: Actual): boolean {
  const last = applied.findLast(({ kind }) => STATUS_AFTER[kind] !== undefined);
  return applied.every((one) => (STATUS_AFTER[one.kind] !== undefined && one !== last) || isInEffect(one, now));
}

const valueIn = (values: readonly UndoValues[], field: string) =>
  values.find((one) => Object.hasOwn(one, field))?.[field];

/** A value goes into the file only if our own reader gives exactly it back. */
function writeCells(reading: Reading, fixed: Readonly<Record<string, string>>, values: readonly UndoValues[]) {
  const given = (all: readonly UndoValues[]) => {
    const texts = {
      ...Object.fromEntries(all.flatMap((one) => Object.entries(one)).map(([name, value]) => [name, cellOf(value)])),
      ...fixed,
    };
    return reading.header.map((name) => texts[name as keyof typeof texts] ?? "");
  };
  const survives = (all: readonly UndoValues[]) => {
    const parsed = parseRow({ row: 1, byteOffset: 0, cells: given(all) }, reading);
    if (parsed.kind !== "desired") return false;
    const { desired } = parsed;
    const read = (name: string) =>
      name.startsWith(METADATA_PREFIX)
        ? desired.metadata?.[name.slice(METADATA_PREFIX.length)]
        : Reflect.get(desired, name);
    return all.every((one) => Object.entries(one).every(([name, value]) => asText(read(name)) === asText(value)));
  };
  const kept = values.filter((one) => survives([one]));
  const all = survives(kept) ? kept : [];
  const lost = values.filter((one) => !all.includes(one)).flatMap((one) => Object.keys(one));
  return { cells: all.length === 0 ? null : given(all), lost };
}

const cellOf = (value: unknown) => (Array.isArray(value) ? JSON.stringify(value) : String(value));
