/**
 * Tieout's own stages on one file with nothing kept in between, to see what the ledger costs: rows are read, planned, sent
 * and written as they come. A crash would lose all of it; no command of Tieout's can do this.
 *
 * Takes the file, where the results go, and the cap; the bank's address by LEAD_API_URL.
 */
import { createReadStream } from "node:fs";
import type { Account } from "../../src/account.ts";
import { applyOperation, type Recorder } from "../../src/apply/apply-operation.ts";
import { systemClock as clock } from "../../src/clock.ts";
import { hashBody, idempotencyKey, operationName } from "../../src/plan/idempotency-key.ts";
import { judgeAnswer } from "../../src/plan/judge-answer.ts";
import { planChange } from "../../src/plan/plan-change.ts";
import type { ParsedRow } from "../../src/read/change.ts";
import { readCsv } from "../../src/read/read-csv.ts";
import type { ResultRow } from "../../src/report/result-row.ts";
import { writeResults } from "../../src/report/write-results.ts";
import { forEachInWindow } from "../../src/run/window.ts";
import { openBenchBank } from "./bank-client.ts";
import job from "./job.ts";

const [file = "", results = "", cap = "64"] = process.argv.slice(2);
const { bank, apiUrl, random } = openBenchBank(Number(cap));
const signal = new AbortController().signal;
const recorder: Recorder = { async recordSending() {}, async recordOutcome() {} };

async function tieOut(row: ParsedRow): Promise<ResultRow> {
  if (row.kind !== "desired") throw new Error(`row ${row.source.row} is invalid: ${row.issues[0]?.message}`);
  const accountId = row.key.slice("account:".length);
  const account = await bank.fetchAccount(accountId);
  if (!account.ok) throw new Error(account.failure.message);
  const plan = planChange(row.desired, { account: account.value, relationships: null }, job, null);
  const result = {
    ...row.source,
    accountId,
    issues: [],
    product: null,
    resolutions: [],
    drift: null,
    run: "bench",
    atMs: clock.nowMs(),
  };
  if (plan.kind !== "operations") return { ...result, word: "unchanged", operations: [], differences: [] };
  const operations = [];
  for (const operation of plan.operations) {
    const { kind, step } = operation;
    const bodyHash = hashBody(operation.body);
    const name = operationName({ apiUrl, keyName: "", fileSha256: "", changeKey: row.key, kind, step, bodyHash });
    const keyOf = (generation: number) => idempotencyKey(name, generation);
    const judge = (answered: Account) => judgeAnswer(operation, row.desired, answered, []);
    const applied = await applyOperation(
      { operation, generation: 0, inDoubt: false, misanswered: 0, isToRead: false, firstSent: null, recordedAt: null },
      accountId,
      recorder,
      {
        bank,
        clock,
        random,
        isAnothers: async () => false,
        keyOf,
        judge,
        attempts: 1,
        timeoutMs: 60_000,
        keyLifeMs: 60_000,
        signal,
        rest: clock.sleep,
      },
    );
    if (applied.outcome?.state !== "applied") throw new Error(`row ${row.source.row} was not applied`);
    operations.push({ kind, word: "applied", httpStatus: 200, attempts: 1, key: keyOf(0), body: operation.body });
  }
  return { ...result, word: "applied", operations, differences: plan.differences };
}

const done: ResultRow[] = [];
let header: readonly string[] = [];

async function* readRows(): AsyncGenerator<ParsedRow> {
  for await (const event of readCsv(createReadStream(file), job)) {
    if (event.kind === "rejected") throw new Error(event.rejection.message);
    if (event.kind === "header") header = event.reading.header;
    if (event.kind === "rows") yield* event.rows;
  }
}

await forEachInWindow(readRows(), Number(cap) * 4, async (row) => {
  done.push(await tieOut(row));
  return null;
});
done.sort((one, other) => one.row - other.row);
await writeResults(paged(done), header, {
  results: `${results}/results.csv`,
  failed: `${results}/failed.csv`,
  failedSpreadsheet: `${results}/failed.spreadsheet.csv`,
  spreadsheet: null,
});
await bank.close();
process.exit();

async function* paged(rows: readonly ResultRow[]): AsyncGenerator<readonly ResultRow[]> {
  for (let at = 0; at < rows.length; at += 500) yield rows.slice(at, at + 500);
}
