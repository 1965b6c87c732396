/**
 * A run in a process of its own, for growth.test.ts: prints its calls, and the statements and bytes of its ledger, which
 * don't depend on how fast the machine is. Transactions apart, whose number does.
 *
 * Takes the kind of run, the file, and a folder.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { RunKind } from "../../src/ledger/run.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";
import { countStatements } from "./count-statements.ts";
import { type Calls, runInProcess } from "./in-process.ts";

export interface GrowthTold extends Calls {
  readonly statements: number;
  readonly ledgerBytes: number;
}

const [kind = "", file = "", folder = ""] = process.argv.slice(2);
const OF_TRANSACTIONS = /^(BEGIN|COMMIT)|FROM leases/;

const path = join(folder, "ledger.sqlite");
const ledger = await openSqliteLedger(path);
const calls = await runInProcess({ kind: kind as RunKind, file, folder, ledger });
await ledger[Symbol.asyncDispose]();
const { statements } = countStatements(OF_TRANSACTIONS);
process.stdout.write(JSON.stringify({ ...calls, statements, ledgerBytes: statSync(path).size } satisfies GrowthTold));
