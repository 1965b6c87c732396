/**
 * What every ledger must do, looped over the implementations.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";
import { describeOnPostgres, POSTGRES } from "../ledger/postgres/use-postgres.ts";
import { suiteOfAlarms } from "../ledger/suite-alarms.ts";
import { suiteOfAudit } from "../ledger/suite-audit.ts";
import { suiteOfBalance } from "../ledger/suite-balance.ts";
import { suiteOfBanks } from "../ledger/suite-banks.ts";
import { suiteOfFinds, suiteOfPlans } from "../ledger/suite-changes.ts";
import { suiteOfChunks } from "../ledger/suite-chunks.ts";
import { suiteOfClaims } from "../ledger/suite-claims.ts";
import { suiteOfControls } from "../ledger/suite-controls.ts";
import { suiteOfDeaths } from "../ledger/suite-deaths.ts";
import { suiteOfEnds } from "../ledger/suite-ends.ts";
import { suiteOfFacts } from "../ledger/suite-facts.ts";
import { suiteOfFiles, suiteOfJobs } from "../ledger/suite-files.ts";
import { suiteOfFilings } from "../ledger/suite-filings.ts";
import { suiteOfGenerations } from "../ledger/suite-generations.ts";
import { suiteOfGuards } from "../ledger/suite-guards.ts";
import { suiteOfHistory } from "../ledger/suite-history.ts";
import { suiteOfKept } from "../ledger/suite-kept.ts";
import { suiteOfLastRun } from "../ledger/suite-last-run.ts";
import { suiteOfLineage } from "../ledger/suite-lineage.ts";
import { suiteOfNear } from "../ledger/suite-near.ts";
import { suiteOfNotes } from "../ledger/suite-notes.ts";
import { suiteOfOperations } from "../ledger/suite-operations.ts";
import { suiteOfOwnIds } from "../ledger/suite-own-ids.ts";
import { suiteOfPages } from "../ledger/suite-pages.ts";
import { suiteOfPlanCopies } from "../ledger/suite-plan-copy.ts";
import { suiteOfRetention } from "../ledger/suite-retention.ts";
import { suiteOfFolds, suiteOfRows } from "../ledger/suite-rows.ts";
import { suiteOfRowsOfAccount } from "../ledger/suite-rows-of-account.ts";
import { suiteOfLeases, suiteOfRuns } from "../ledger/suite-runs.ts";
import { suiteOfSchedules } from "../ledger/suite-schedules.ts";
import { suiteOfSelection } from "../ledger/suite-selection.ts";
import { suiteOfSnapshots } from "../ledger/suite-snapshots.ts";
import { suiteOfTiedOut } from "../ledger/suite-tied-out.ts";
import { suiteOfUsers } from "../ledger/suite-users.ts";
import { type LedgerImplementation, type LedgerInUse, useLedger } from "../ledger/use-ledger.ts";
import { MemoryLedger } from "../recovery/simulation/memory-ledger.ts";

const SQLITE: LedgerImplementation = {
  name: "SQLite",
  open: (folder) => openSqliteLedger(join(folder, "ledger.sqlite")),
  async tamper(folder, sql, withTriggers) {
    using db = new DatabaseSync(join(folder, "ledger.sqlite"));
    if (!withTriggers)
      db.exec("DROP TRIGGER IF EXISTS audit_is_never_changed; DROP TRIGGER IF EXISTS audit_is_never_deleted");
    db.exec(sql);
  },
};

const memories = new Map<string, MemoryLedger>();

/** Of the simulation, in which several processes work on it at once. */
const SHARED_MEMORY: LedgerImplementation = {
  name: "SQLite in memory",
  async open(folder) {
    const memory = memories.get(folder) ?? new MemoryLedger();
    memories.set(folder, memory);
    // Another handle on it must not end with the first.
    return { ...memory.shared, async [Symbol.asyncDispose]() {} };
  },
  async remove(folder) {
    await memories.get(folder)?.close();
    memories.delete(folder);
  },
};

const SUITES: Readonly<Record<string, (use: LedgerInUse) => void>> = {
  banks: suiteOfBanks,
  runs: suiteOfRuns,
  files: suiteOfFiles,
  jobs: suiteOfJobs,
  leases: suiteOfLeases,
  rows: suiteOfRows,
  "rows of an account": suiteOfRowsOfAccount,
  selection: suiteOfSelection,
  pages: suiteOfPages,
  notes: suiteOfNotes,
  folds: suiteOfFolds,
  finds: suiteOfFinds,
  history: suiteOfHistory,
  near: suiteOfNear,
  plans: suiteOfPlans,
  "plan copies": suiteOfPlanCopies,
  operations: suiteOfOperations,
  generations: suiteOfGenerations,
  deaths: suiteOfDeaths,
  kept: suiteOfKept,
  ends: suiteOfEnds,
  guards: suiteOfGuards,
  claims: suiteOfClaims,
  facts: suiteOfFacts,
  "own ids": suiteOfOwnIds,
  users: suiteOfUsers,
  balance: suiteOfBalance,
  audit: suiteOfAudit,
  controls: suiteOfControls,
  lineage: suiteOfLineage,
  alarms: suiteOfAlarms,
  "last run": suiteOfLastRun,
  retention: suiteOfRetention,
  filings: suiteOfFilings,
  schedules: suiteOfSchedules,
  snapshots: suiteOfSnapshots,
  "tied out": suiteOfTiedOut,
};

function suites(implementation: LedgerImplementation): void {
  for (const [name, suite] of Object.entries(SUITES)) describe(name, () => suite(useLedger(implementation)));
}

const chunks = (implementation: LedgerImplementation) => suiteOfChunks(useLedger(implementation));

describe("ledger: SQLite", () => suites(SQLITE));
describeOnPostgres("ledger: PostgreSQL", () => suites(POSTGRES));
describe("chunks: SQLite, as the simulation has them", () => chunks(SHARED_MEMORY));
describeOnPostgres("chunks: PostgreSQL", () => chunks(POSTGRES));
