/**
 * Compares what two runs have come to, row by row: those whose word or change differs. Streams both sides; keeps no more than is to be shown.
 */
import type { Ledger, StoredResult } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { DifferingRow, RunsDiff, SideOfDiff } from "../../report/runs-diff.ts";
import { checkValues } from "../check-values.ts";
import { PAGE, walk, walkResults } from "../pages.ts";

/** Rows of one file have the same numbers in both; of two files, rows about the same account are compared. */
export async function diffRuns(ledger: Ledger, first: Run, second: Run, most: number): Promise<RunsDiff> {
  for (const run of [first, second]) checkValues(run, "it cannot be compared");
  const isOneFile = first.file.sha256 === second.file.sha256 || isOf(first, second) || isOf(second, first);
  const counts = { alike: 0, differing: 0, onlyFirst: 0, onlySecond: 0 };
  const shown: DifferingRow[] = [];
  const pairs = isOneFile ? pairByRow(ledger, first, second) : pairByAccount(ledger, first, second);
  for await (const [one, other] of pairs) {
    if (one === undefined) counts.onlySecond += 1;
    else if (other === undefined) counts.onlyFirst += 1;
    else {
      const [before, after] = [sideOf(one), sideOf(other)];
      const isAlike = keyOf(before) === keyOf(after);
      counts[isAlike ? "alike" : "differing"] += 1;
      if (!isAlike && shown.length < most)
        shown.push({ accountId: one.accountId ?? other.accountId, first: before, second: after });
    }
  }
  return { by: isOneFile ? "row" : "account", ...counts, shown };
}

const isOf = (run: Run, origin: Run) => run.rerunOf === origin.id || run.planOf === origin.id;

/** One of the two is there. */
type Pair = readonly [StoredResult | undefined, StoredResult | undefined];

const resultsOf = ({ rows }: Ledger, run: Run) =>
  walk(
    (page) => rows.readResults(run, page),
    ({ source }) => source.row,
    PAGE,
  );

async function* pairByRow(ledger: Ledger, first: Run, second: Run): AsyncGenerator<Pair> {
  const others = resultsOf(ledger, second);
  let other = (await others.next()).value ?? undefined;
  const isBefore = (row: number) => other !== undefined && other.source.row < row;
  const next = async () => {
    const passed = other;
    other = (await others.next()).value ?? undefined;
    return passed;
  };
  for await (const one of resultsOf(ledger, first)) {
    while (isBefore(one.source.row)) yield [undefined, await next()];
    yield [one, other?.source.row === one.source.row ? await next() : undefined];
  }
  while (other !== undefined) yield [undefined, await next()];
}

/** The first row about the same account stands for all of them. Rows that name no account that can be read are in one run only. */
async function* pairByAccount(ledger: Ledger, first: Run, second: Run): AsyncGenerator<Pair> {
  const { rows } = ledger;
  for await (const page of walkResults(ledger, first)) {
    const found = await Promise.all(page.map((one) => findRow(ledger, second, namesOf(first, one))));
    const others = await Promise.all(
      found.map(async (row) => (row === undefined ? [] : rows.readResults(second, { after: row - 1, limit: 1 }))),
    );
    for (const [at, one] of page.entries()) yield [one, others[at]?.[0]];
  }
  for await (const page of walkResults(ledger, second)) {
    const found = await Promise.all(page.map((one) => findRow(ledger, first, namesOf(second, one))));
    for (const [at, other] of page.entries()) if (found[at] === undefined) yield [undefined, other];
  }
}

function namesOf({ reading }: Run, { accountId, source }: StoredResult) {
  const cell = (name: string) => (source.cells?.[reading?.columns.indexOf(name) ?? -1] ?? "").trim();
  const given = (...ids: (string | null)[]) => ids.filter((id): id is string => id !== null && id !== "");
  return { accountIds: given(accountId, cell("account_id")), clientAccountIds: given(cell("client_account_id")) };
}

async function findRow({ rows }: Ledger, run: Run, ids: ReturnType<typeof namesOf>): Promise<number | undefined> {
  if (ids.accountIds.length + ids.clientAccountIds.length === 0) return undefined;
  return (await rows.listOfAccount(run.bank, ids, { run, sinceMs: 0, limit: 1 }))[0]?.row;
}

function sideOf({ source, word, issues, differences, operations }: StoredResult): SideOfDiff {
  return {
    row: source.row,
    word: word ?? "not settled",
    codes: [...new Set(issues.map(({ code }) => code))],
    differences,
    operations: operations.map(({ kind }) => kind),
  };
}

/** What two rows that are alike have in common. */
const keyOf = ({ word, differences, operations }: SideOfDiff) => JSON.stringify([word, differences, operations]);
