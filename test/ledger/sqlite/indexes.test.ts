/**
 * That the walks over open changes and pages of rows find their way by index, whatever has been done before.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { IS_LINKED_OTHERWISE } from "../../../src/ledger/sqlite/accounts.ts";
import type { SqliteDatabase } from "../../../src/ledger/sqlite/database.ts";
import { FIND_UNLINKED, LIST_NAMED, READ_OPEN } from "../../../src/ledger/sqlite/finds.ts";
import {
  COUNT_INSTANTS,
  LIST_MEETING,
  READ_ROWS_OF_CHANGE,
  READ_TO_FOLD,
  updatesOfRows,
} from "../../../src/ledger/sqlite/folds.ts";
import { FIND_LINK, FIND_OTHER } from "../../../src/ledger/sqlite/near.ts";
import { openSqliteDatabase } from "../../../src/ledger/sqlite/open-database.ts";
import { READ_OPERATIONS_TO_APPLY, READ_TO_APPLY } from "../../../src/ledger/sqlite/plans.ts";
import { READ_ORIGINS, READ_RESULT_OPERATIONS, READ_RESULTS, READ_ROWS } from "../../../src/ledger/sqlite/rows.ts";

const OPEN = "SEARCH c USING INDEX changes_open (run=? AND state=? AND change>?";
const ROW_OF_RUN = "(run=? AND row=?)";

const PLANS: Readonly<Record<string, { sql: string; steps: readonly string[] }>> = {
  "open changes": { sql: READ_OPEN, steps: [`${OPEN} AND change<?)`, `SEARCH r USING PRIMARY KEY ${ROW_OF_RUN}`] },
  "accounts that are named": { sql: LIST_NAMED, steps: ["(run=? AND key>? AND key<?)"] },
  "a change without account": { sql: FIND_UNLINKED, steps: ["INDEX changes_open (run=? AND state=? AND change<?)"] },
  "changes to apply": { sql: READ_TO_APPLY, steps: [`${OPEN} AND change<?)`] },
  "their operations": {
    sql: READ_OPERATIONS_TO_APPLY,
    steps: [
      "INDEX changes_open (run=? AND state=? AND change>? AND change<?)",
      "SEARCH o USING PRIMARY KEY (run=? AND change=?)",
    ],
  },
  "changes to fold": {
    sql: READ_TO_FOLD,
    steps: [
      "USING COVERING INDEX changes_to_fold (run=? AND change>?)",
      "USING COVERING INDEX rows_joined (run=? AND change=?)",
    ],
  },
  "moments of a change": {
    sql: COUNT_INSTANTS,
    steps: [`SEARCH rows USING PRIMARY KEY ${ROW_OF_RUN}`, "SEARCH rows USING INDEX rows_joined (run=? AND change=?)"],
  },
  "rows of a change": {
    sql: READ_ROWS_OF_CHANGE,
    steps: [
      `SEARCH rows USING PRIMARY KEY ${ROW_OF_RUN}`,
      "SEARCH rows USING INDEX rows_joined (run=? AND change=? AND row>?)",
    ],
  },
  "further rows of a change": {
    sql: updatesOfRows("word = ?3, change = ?4")[1] ?? "",
    steps: ["rows_joined (run=? AND change=?)"],
  },
  "a link to an account": {
    sql: IS_LINKED_OTHERWISE,
    steps: ["SEARCH links USING INDEX links_by_account (bank=? AND account_id=?)"],
  },
  "a near link": { sql: FIND_LINK, steps: ["SEARCH links USING INDEX links_near (bank=? AND near=?)"] },
  "a near id of another change": {
    sql: FIND_OTHER,
    steps: ["SEARCH n USING PRIMARY KEY (run=? AND near=?", "SEARCH c USING PRIMARY KEY (run=? AND change=?)"],
  },
  "changes that meet": {
    sql: LIST_MEETING,
    steps: ["USING COVERING INDEX changes_by_account (run=? AND account_id>?)"],
  },
  "rows by word": { sql: READ_ROWS, steps: ["SEARCH r USING PRIMARY KEY (run=? AND row>?)"] },
  "rows fed in again": { sql: READ_ORIGINS, steps: [`SEARCH r USING PRIMARY KEY ${ROW_OF_RUN}`] },
  results: {
    sql: READ_RESULTS,
    steps: ["SEARCH r USING PRIMARY KEY (run=? AND row>?)", "SEARCH c USING PRIMARY KEY (run=? AND change=?)"],
  },
  "operations of results": {
    sql: READ_RESULT_OPERATIONS,
    steps: [
      "SEARCH r USING PRIMARY KEY (run=? AND row>? AND row<?)",
      "SEARCH o USING PRIMARY KEY (run=? AND change=?)",
    ],
  },
};

describe("queries of the SQLite ledger", () => {
  let folder: string;
  let db: SqliteDatabase;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-ledger-"));
    db = openSqliteDatabase(join(folder, "ledger.sqlite"), {
      busyTimeoutMs: 1_000,
      durable: true,
      begins: "in its folder",
    }).db;
  });
  after(async () => {
    db.close();
    await rm(folder, { recursive: true });
  });

  for (const [what, { sql, steps }] of Object.entries(PLANS)) {
    it(`find ${what} by index, and sort nothing but the operations of one change`, () => {
      const plan = db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail);
      const text = plan.join("\n");
      for (const step of steps) expect(text).to.contain(step);
      expect(text).to.not.match(/SCAN (c|r|o|rows|changes|operations)\b/);
      expect(text).to.not.match(/USE TEMP B-TREE FOR ORDER BY/);
    });
  }
});
