/**
 * Verifies a run: reads the accounts of its rows at the bank again and compares them with what the rows have brought about, by the comparison
 * that planned them. Only GETs leave, and the ledger stays as it is.
 */
import type { BankApi } from "../../bank/bank-api.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Issue } from "../../errors/issue.ts";
import type { StoredChange, StoredResult } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { Actual } from "../../plan/actual.ts";
import { wantsRelationships } from "../../plan/diff/diff-relationships.ts";
import type { Difference } from "../../plan/operation.ts";
import { ownIdsOf, withBankIds } from "../../plan/own-ids.ts";
import { planChange } from "../../plan/plan-change.ts";
import type { Desired } from "../../read/change.ts";
import { layoutOf } from "../../read/layouts.ts";
import type { KeySum } from "../../read/row/key-sum.ts";
import { parseRow } from "../../read/row/parse-row.ts";
import type { ResultRow } from "../../report/result-row.ts";
import { checkValues } from "../check-values.ts";
import type { RunContext } from "../context.ts";
import { desiredOf } from "../desired-of.ts";
import { endsRun, type FromBank, issueOfFailure } from "../failure.ts";
import { fetchActual } from "../fetch-actual.ts";
import { walkResults } from "../pages.ts";
import { withFileColumn } from "../report/with-file-column.ts";
import { type Balanced, writeBalanced } from "../report/write-balanced.ts";
import { type Stop, stopFor, stopOf } from "../stop.ts";
import { forEachInWindow } from "../window.ts";

const PRUNED = "its accounts cannot be compared with it";

/** What a row is found to be, beside what the ledger has of it. */
interface Finding {
  readonly kind: "found";
  readonly found: Pick<ResultRow, "word" | "issues" | "differences">;
}

interface InVerification {
  readonly context: RunContext;
  readonly run: Run;
  readonly bank: BankApi;
  /** What is said of later runs, by their number. */
  readonly later: Map<number, Promise<string>>;
}

/**
 * Writes `<run>-verified.csv` in the folder, in place of one that is there. Throws FatalError `usage` for what has sent nothing, and that of a
 * bank that cannot be asked or of a stop; nothing is written then.
 */
export async function verifyRun(context: RunContext, run: Run, folder: string): Promise<Balanced> {
  if (run.kind !== "run" || run.reading === null)
    throw new FatalError("usage", `${run.id} has sent nothing that could be verified`, { hint: "see tieout runs" });
  checkValues(run, PRUNED);
  const bank = context.openBank("plan", run.reading.ownIds);
  try {
    const greeted = await bank.authenticate();
    if (!greeted.ok) throw fatalOf(run, stopFor(issueOfFailure(greeted.failure)));
    return await writeBalanced(context.ledger, run, {
      folder,
      name: `${run.id}-verified.csv`,
      rows: (keys) => verifyRows({ context, run, bank, later: new Map() }, keys),
    });
  } finally {
    await bank.close();
  }
}

async function* verifyRows(verification: InVerification, keys: KeySum): AsyncGenerator<readonly ResultRow[]> {
  const { context, run } = verification;
  const { ledger, job, signal, clock } = context;
  const results = walkResults(ledger, run);
  for await (const page of results) {
    const findings = new Map<number, Finding>();
    const ofPage: ChangesOfPage = {
      stored: await readChanges(context, run, page),
      found: new Map(),
      actual: new Map(),
    };
    // Read before this is asked, so it is whole.
    checkValues((await ledger.runs.find(run.id)) ?? run, PRUNED);
    const stop = await forEachInWindow(page, job.concurrency.reads * 4, async (result): Promise<Stop | null> => {
      if (signal.aborted) return stopOf(signal);
      const { row } = result.source;
      const finding = isRight(result) ? await verifyRow(verification, result, ofPage) : notVerified(result);
      if (finding.kind === "stop") return finding;
      findings.set(row, finding);
      return null;
    });
    if (stop !== null) throw fatalOf(run, stop);
    for (const { source } of page) keys.add(source);
    yield page.map((result) => toResult(run, result, findings.get(result.source.row), clock.nowMs()));
  }
}

const isRight = ({ word }: StoredResult) => word === "applied" || word === "unchanged";

function notVerified({ word }: Pick<StoredResult, "word">): Finding {
  const message = `the row ended as ${word ?? "nothing yet"}, so there is nothing of it to verify`;
  return found({ word: "skipped", issues: [{ code: "not_verified", column: "", message }] });
}

/** What the changes of a page want, and what was found of each that was looked at. */
interface ChangesOfPage {
  readonly stored: ReadonlyMap<number, StoredChange>;
  readonly found: Map<number, Promise<Finding | Stop>>;
  /** What the bank holds of the accounts whose rows are looked at each for itself. */
  readonly actual: Map<number, Promise<FromBank<Actual>>>;
}

async function readChanges(
  { ledger }: RunContext,
  run: Run,
  page: readonly StoredResult[],
): Promise<ChangesOfPage["stored"]> {
  const changes = new Set(page.flatMap((result) => (isRight(result) && result.change !== null ? [result.change] : [])));
  const stored = changes.size === 0 ? [] : await ledger.changes.readStoredOf(run, [...changes]);
  return new Map(stored.map((one) => [one.change, one]));
}

/** One question to the bank for each change, however many rows of the page it has. */
function verifyRow(verification: InVerification, result: StoredResult, page: ChangesOfPage): Promise<Finding | Stop> {
  const stored = page.stored.get(result.change ?? 0);
  if (stored === undefined) return Promise.resolve(notVerified({ word: null }));
  const ofUser = userOf(verification.run, result);
  if (ofUser !== null) return verifyUser(verification, stored, result, ofUser, page);
  const finding = page.found.get(stored.change) ?? verifyAndForget(verification, stored, result);
  page.found.set(stored.change, finding);
  return finding;
}

/** What a row about one user wants: some rows of an account may have no part in its change. Null for any other row. */
function userOf({ reading }: Run, { source }: StoredResult): Desired | null {
  if (reading === null || layoutOf(reading).rowIsAbout !== "user") return null;
  const row = parseRow(source, reading);
  return row.kind === "desired" ? row.desired : null;
}

async function verifyUser(
  verification: InVerification,
  stored: StoredChange,
  { accountId }: StoredResult,
  desired: Desired,
  { actual }: ChangesOfPage,
): Promise<Finding | Stop> {
  const { context, run, bank } = verification;
  if (accountId === null) return notVerified({ word: null });
  const resolutions = await context.ledger.ownIds.read(run.bank, ownIdsOf(desired));
  const fetched = actual.get(stored.change) ?? fetchActual(bank, accountId, () => true);
  actual.set(stored.change, fetched);
  return judgeActual(verification, stored, withBankIds(desired, resolutions), await fetched);
}

/** What is seen to be otherwise is to be fetched by the next run. */
async function verifyAndForget(
  verification: InVerification,
  stored: StoredChange,
  result: StoredResult,
): Promise<Finding | Stop> {
  const { ledger, job } = verification.context;
  const finding = await verifyChange(verification, stored, result);
  if (job.skipUnchangedFor !== undefined && finding.kind === "found" && finding.found.word === "refused")
    await ledger.tiedOut.forgetAccounts(verification.run.bank, [result.accountId ?? ""]);
  return finding;
}

async function verifyChange(
  verification: InVerification,
  stored: StoredChange,
  { accountId, resolutions }: StoredResult,
): Promise<Finding | Stop> {
  const { run, bank } = verification;
  if (accountId === null) return notVerified({ word: null });
  const desired = withBankIds(desiredOf(run, stored), resolutions);
  const fetched = await fetchActual(bank, accountId, () => wantsRelationships(desired));
  return judgeActual(verification, stored, desired, fetched);
}

async function judgeActual(
  verification: InVerification,
  stored: StoredChange,
  desired: Desired,
  fetched: FromBank<Actual>,
): Promise<Finding | Stop> {
  const { context, run } = verification;
  const { job } = context;
  const later = await describeLater(verification, stored.memory.appliedByRun);
  if (!fetched.ok) {
    const { failure } = fetched;
    if (failure.kind === "refused" && failure.status === 404)
      return refused([{ code: "missing", column: "", message: `the bank no longer has the account${later}` }]);
    if (endsRun(failure)) return stopFor(issueOfFailure(failure));
    return found({ word: "failed", issues: [issueOfFailure(failure)] });
  }
  const assumedCurrency = run.reading?.money === "decimal" ? run.reading.currency : undefined;
  const plan = planChange(desired, fetched.value, { ...job, assumedCurrency }, null, stored.kept);
  if (plan.kind === "unchanged") return found({ word: "unchanged", issues: [] });
  const { differences } = plan;
  return refused(differingIssues(run, differences, later), differences);
}

const found = ({ differences = [], ...rest }: Pick<ResultRow, "word" | "issues"> & Partial<ResultRow>): Finding => ({
  kind: "found",
  found: { ...rest, differences },
});

const refused = (issues: readonly Issue[], differences: readonly Difference[] = []): Finding =>
  found({ word: "refused", issues, differences });

function differingIssues(run: Run, differences: readonly Difference[], later: string): Issue[] {
  const columns = differences.map(
    ({ field }) => withFileColumn({ code: "changed_since", column: field, message: "" }, run.reading).column,
  );
  if (columns.length === 0) columns.push("");
  return columns.map((column) => {
    const message = `the account is no longer as the run left it${later}; result_changes has what it holds and what the row wants`;
    return { code: "changed_since", column, message };
  });
}

/** Such as `: run … has changed it since`; "" where the ledger knows of none. */
function describeLater({ context, run, later }: InVerification, appliedByRun: number): Promise<string> {
  const said = later.get(appliedByRun) ?? findLater(context, run, appliedByRun);
  later.set(appliedByRun, said);
  return said;
}

async function findLater({ ledger }: RunContext, run: Run, appliedByRun: number): Promise<string> {
  if (appliedByRun <= run.no) return ", and no run of this ledger has changed it since";
  const id = await ledger.lineage.findId(appliedByRun);
  return id === undefined ? "" : `: run ${id} has changed it since`;
}

function toResult(
  run: Run,
  { source, accountId, resolutions }: StoredResult,
  finding: Finding | undefined,
  atMs: number,
): ResultRow {
  const { found: what } = finding ?? notVerified({ word: null });
  return { ...source, ...what, accountId, operations: [], resolutions, drift: null, run: run.id, atMs };
}

function fatalOf({ id }: Run, { issue, exit }: Stop): FatalError {
  return new FatalError(issue.code, issue.message, {
    hint: `to verify the run again, type: tieout verify ${id}`,
    exit,
  });
}
