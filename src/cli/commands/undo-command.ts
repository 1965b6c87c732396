/**
 * `tieout undo`: writes a file that takes a run back, to be run like any other, and a list of what it cannot take back. Only reads the bank.
 */
import { mkdir, open, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Options, stringify } from "csv-stringify/sync";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { layoutOf } from "../../read/layouts.ts";
import { jobWord } from "../../report/job-word.ts";
import { findUndoHeader, type NotInUndo, undoRun, type WhyNot } from "../../run/after/undo-run.ts";
import type { RunContext } from "../../run/context.ts";
import { findHolder } from "../../run/report/report-again.ts";
import { counted, grouped } from "../../text/counted.ts";
import { shellWord } from "../../text/shell-word.ts";
import { findRun } from "../find-run.ts";
import { asTyped } from "../output/as-typed.ts";
import type { Session } from "../session.ts";
import { checkBank, loadJobOf, withContext } from "../with-context.ts";
import { describeUnfinished } from "./describe-unfinished.ts";
import { parseRows } from "./read-selection.ts";

export interface UndoFlags {
  readonly rows?: string;
  readonly to?: string;
}

export const WHY_NOT: Readonly<Record<WhyNot, string>> = {
  created: "the run made the account, and no call takes an account away; a row of your own can close it",
  capability_added: "a capability cannot be taken away",
  notice_given: "a notice that was given stays given",
  documents_given: "documents stay as they were given; a row of your own can give others",
  was_empty: "it was empty before, and no cell makes it empty again",
  closed: "the run closed the account; only a row of your own with the status and correction=true reopens it",
  account_closed: "the account is closed now, so nothing else of it can change",
  added_relationship: "what was added is removed only by a job with removeRelationships on",
  not_settled: "nobody knows yet whether a call took effect; resume the run first",
  before_unknown: "the ledger has not kept what the account was before the first call",
  later_run: "a later run has changed the account",
  changed_since: "the account is no longer as the run left it",
  missing: "the bank has no such account",
  unreadable: "the bank's answer for the account could not be used",
  no_cell: "the value cannot be written in a cell so that it is read as it was",
};

/** Results are exact: what is read is what was written. */
const EXACT: Options = { record_delimiter: "\r\n", quote_record_delimiter: true };
const LISTED = ["row", "account_id", "field", "before", "after", "code", "why"];

export async function undoCommand(session: Session, id: string, { rows, to }: UndoFlags): Promise<ExitCode> {
  const ranges = rows === undefined ? undefined : parseRows("--rows", rows);
  const run = await findRun(await session.ledger(), id);
  if (run.kind !== "run")
    throw new FatalError("usage", `${run.id} is a plan, which has changed nothing`, {
      hint: "name a run; see tieout runs",
    });
  const ledger = await session.ledger();
  if (ranges !== undefined) await checkRows(ledger, run, ranges);
  const unfinished = describeUnfinished(run, await findHolder(ledger, run, ledger.nowMs()), "what is to undo");
  const folder = resolve(to ?? `undo-${run.id}`);
  return withContext(session, await loadJobOf(session, run), async (context) => {
    checkBank(context, run);
    await makeFolder(folder);
    const undone = await writeUndo(context, run, folder, ranges).catch(async (error: unknown) => {
      // A part of the file must not be taken for the whole.
      await rm(folder, { recursive: true, force: true });
      throw error;
    });
    const ofRows = rows === undefined ? "" : " by these rows";
    sayUndone(session, context, run, undone, { ofRows, unfinished });
    const { not_settled: open = 0, unreadable = 0 } = undone.reasons;
    return open + unreadable > 0 ? EXIT.rowsToRepair : EXIT.done;
  });
}

interface WrittenUndo {
  readonly file: string;
  readonly list: string;
  readonly accounts: number;
  /** Lines about one user each; 0 for a file of accounts. */
  readonly users: number;
  readonly reasons: Readonly<Partial<Record<WhyNot, number>>>;
}

async function writeUndo(
  context: RunContext,
  run: Run,
  folder: string,
  rows: ReturnType<typeof parseRows> | undefined,
): Promise<WrittenUndo> {
  const [file, list] = [join(folder, "undo.csv"), join(folder, "undo-not.csv")];
  await using undo = await open(file, "wx", 0o600);
  await using not = await open(list, "wx", 0o600);
  const header = await findUndoHeader(context, run);
  await undo.writeFile(stringify([[...header]], EXACT));
  await not.writeFile(stringify([LISTED], EXACT));
  const isOfUsers = layoutOf(run.reading).rowIsAbout === "user";
  const accountAt = header.indexOf("account_id");
  let [accounts, users] = [0, 0];
  /** The lines of one account follow each other. */
  let last: string | undefined;
  const reasons: Partial<Record<WhyNot, number>> = {};
  for await (const page of undoRun(context, run, header, rows)) {
    const lines = page.flatMap(({ cells }) => (cells === null ? [] : [[...cells]]));
    const listed = page.flatMap((one) => one.not);
    if (lines.length > 0) await undo.writeFile(stringify(lines, EXACT));
    if (listed.length > 0) await not.writeFile(stringify(listed.map(lineOf), EXACT));
    users += isOfUsers ? lines.length : 0;
    for (const line of lines) {
      if (line[accountAt] !== last) accounts += 1;
      last = line[accountAt];
    }
    for (const { why } of listed) reasons[why] = (reasons[why] ?? 0) + 1;
  }
  for (const one of [undo, not]) await one.sync();
  return { file, list, accounts, users, reasons };
}

const lineOf = ({ row, accountId, field, before, after, why }: NotInUndo) => [
  String(row),
  accountId,
  field,
  before,
  after,
  why,
  WHY_NOT[why],
];

/** Throws FatalError `row_not_found` if a range has no row of the run: it may be mistyped, and nothing to undo would pass for an answer. */
async function checkRows({ rows }: Ledger, run: Run, ranges: ReturnType<typeof parseRows>): Promise<void> {
  for (const [from, to] of ranges) {
    const [first] = await rows.readResults(run, { after: from - 1, limit: 1 });
    if (first === undefined || first.source.row > to)
      throw new FatalError(
        "row_not_found",
        `run ${run.id} has no row ${from === to ? from : `from ${from} to ${to}`}`,
        {
          hint: "give row numbers from the column result_row, such as --rows 7,100-200",
        },
      );
  }
}

/** A folder of its own, so that no earlier file is mistaken for this one. Throws FatalError `usage`. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const code = nodeCode(error);
    if (code === undefined) throw error;
    const why =
      code === "EEXIST" ? "it is there already" : code === "ENOENT" ? "the folder above it is not there" : code;
    throw new FatalError("usage", `the folder ${folder} cannot be made: ${why}`, {
      hint: "name another with --to <folder>",
      cause: error,
    });
  }
}

function sayUndone(
  session: Session,
  context: RunContext,
  run: Run,
  { file, list, accounts, users, reasons }: WrittenUndo,
  { ofRows, unfinished }: { readonly ofRows: string; readonly unfinished: string | undefined },
): void {
  const next = accounts === 0 ? null : `tieout plan ${jobWord(context.jobPath)} --file ${shellWord(file)}`;
  const listed = Object.entries(reasons) as [WhyNot, number][];
  const total = listed.reduce((sum, [, count]) => sum + count, 0);
  const text = [
    `undo of run ${run.id}: ${users === 0 ? "" : `${counted(users, "user")} of `}${counted(accounts, "account")} in ${file}`,
    ...(total + accounts === 0 ? [`the run has changed nothing${ofRows}`] : []),
    ...(total === 0 ? [] : [`${counted(total, "entry", "entries")} in ${list}, which it does not take back:`]),
    ...listed
      .sort(([, one], [, other]) => other - one)
      .map(([why, count]) => `  ${grouped(count)} ${why}: ${WHY_NOT[why]}`),
    ...(unfinished === undefined ? [] : [unfinished]),
    ...(next === null ? [] : ["next:", `  ${asTyped(next)}`]),
  ].join("\n");
  session.say(
    { event: "undo", run: run.id, file, list, accounts, reasons, next, finished: unfinished === undefined },
    text,
  );
}
