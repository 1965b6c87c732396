/**
 * That the walks over open changes and pages of rows find their way by index, whatever has been done before.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { addAbsent, COUNT_UNPLACED, COUNT_UNREAD } from "../../../src/ledger/sql/snapshot-shape.ts";
import { IS_LINKED_OTHERWISE } from "../../../src/ledger/sqlite/accounts.ts";
import type { SqliteDatabase } from "../../../src/ledger/sqlite/database.ts";
import { FIND_UNLINKED, LIST_NAMED } from "../../../src/ledger/sqlite/finds.ts";
import {
  COUNT_INSTANTS,
  LIST_MEETING,
  LIST_OF_ACCOUNT,
  READ_ROWS_OF_CHANGE,
  READ_TO_FOLD,
  updatesOfRows,
} from "../../../src/ledger/sqlite/folds.ts";
import { ATTEMPTS, INVALID, OVERTAKEN, SHORT } from "../../../src/ledger/sqlite/lineage.ts";
import { FIND_LINK, FIND_OTHER } from "../../../src/ledger/sqlite/near.ts";
import { openSqliteDatabase } from "../../../src/ledger/sqlite/open-database.ts";
import { placed } from "../../../src/ledger/sqlite/placed.ts";
import { FIND_FIRST, READ_OPERATIONS, READ_PLANNED } from "../../../src/ledger/sqlite/read-planned-page.ts";
import { READ_CHANGE_OF, READ_RESULT_OPERATIONS, READ_RESULTS } from "../../../src/ledger/sqlite/results.ts";
import { READ_ORIGINS, READ_ROWS } from "../../../src/ledger/sqlite/rows.ts";
import { LIST_NEAR_IDS, LIST_OF_ACCOUNT as LIST_ROWS } from "../../../src/ledger/sqlite/rows-of-account.ts";
import { READ_FOUND, READ_SOME, READ_UNFOUND } from "../../../src/ledger/sqlite/stored-changes.ts";

const OF_CHANGE = "(run=? AND change=?)";
const ROW_OF_RUN = "(run=? AND row=?)";
/** A page of changes, in their order. */
const PAGE_OF_CHANGES = "SEARCH c USING PRIMARY KEY (run=? AND change>? AND change<?)";
const FIRST_ROW = `SEARCH r USING PRIMARY KEY ${ROW_OF_RUN}`;
const FIND = `SEARCH f USING PRIMARY KEY ${OF_CHANGE}`;
const IS_ENDED = `SEARCH ends USING PRIMARY KEY ${OF_CHANGE}`;
const IS_PLANNED = `USING PRIMARY KEY ${OF_CHANGE}`;
const SENDING = "SEARCH s USING PRIMARY KEY (run=? AND change=? AND step=?)";

/** Changes and their ends side by side, with no look-up for each. */
const SIDE_BY_SIDE = ["changes", "ends"].map(
  (table) => `SEARCH ${table} USING PRIMARY KEY (run=? AND change>? AND change<?)`,
);

const PLANS: Readonly<Record<string, { sql: string; steps: readonly string[] }>> = {
  "changes to find": { sql: READ_UNFOUND, steps: [PAGE_OF_CHANGES, IS_ENDED, FIRST_ROW, FIND] },
  "changes to plan": {
    sql: READ_FOUND,
    steps: [
      PAGE_OF_CHANGES,
      IS_ENDED,
      IS_PLANNED,
      FIRST_ROW,
      FIND,
      "SEARCH a USING PRIMARY KEY (bank=? AND identity=?)",
    ],
  },
  "changes that are verified": {
    sql: READ_SOME,
    steps: [
      `SEARCH c USING PRIMARY KEY ${OF_CHANGE}`,
      FIRST_ROW,
      FIND,
      "SEARCH a USING PRIMARY KEY (bank=? AND identity=?)",
    ],
  },
  "accounts that are named": {
    sql: LIST_NAMED,
    steps: ["COVERING INDEX sqlite_autoindex_changes_2 (run=? AND key>? AND key<?)"],
  },
  "a change without account": {
    sql: FIND_UNLINKED,
    steps: [
      "SEARCH f USING PRIMARY KEY (run=? AND change<?)",
      `SEARCH c USING PRIMARY KEY ${OF_CHANGE}`,
      IS_ENDED,
      IS_PLANNED,
    ],
  },
  "the first change that is open": { sql: FIND_FIRST, steps: ["MERGE (EXCEPT)", ...SIDE_BY_SIDE] },
  "changes to apply": {
    sql: READ_PLANNED,
    steps: [PAGE_OF_CHANGES, IS_ENDED, `SEARCH p USING PRIMARY KEY ${OF_CHANGE}`, FIRST_ROW, FIND],
  },
  "their operations": {
    sql: READ_OPERATIONS,
    steps: ["SEARCH o USING PRIMARY KEY (run=? AND change>? AND change<?)", SENDING],
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
    steps: ["SEARCH n USING PRIMARY KEY (run=? AND near=?", `SEARCH c USING PRIMARY KEY ${OF_CHANGE}`, FIND],
  },
  "changes that meet": {
    sql: LIST_MEETING,
    steps: [
      "INDEX finds_by_account (run=? AND account_id>?)",
      "SEARCH n USING INDEX sqlite_autoindex_changes_2 (run=? AND key=?)",
      IS_ENDED,
      IS_PLANNED,
    ],
  },
  "changes of one account": {
    sql: LIST_OF_ACCOUNT,
    steps: [
      "INDEX finds_by_account (run=? AND account_id=?)",
      "SEARCH n USING INDEX sqlite_autoindex_changes_2 (run=? AND key=?)",
      IS_ENDED,
      IS_PLANNED,
    ],
  },
  "rows by word": {
    sql: READ_ROWS,
    steps: ["SEARCH r USING PRIMARY KEY (run=? AND row>?)", `SEARCH c USING PRIMARY KEY ${OF_CHANGE}`],
  },
  "rows fed in again": { sql: READ_ORIGINS, steps: [FIRST_ROW, `SEARCH c USING PRIMARY KEY ${OF_CHANGE}`] },
  results: {
    sql: READ_RESULTS,
    steps: [
      "SEARCH r USING PRIMARY KEY (run=? AND row>?)",
      `SEARCH c USING PRIMARY KEY ${OF_CHANGE}`,
      FIND,
      `SEARCH p USING PRIMARY KEY ${OF_CHANGE}`,
      `SEARCH e USING PRIMARY KEY ${OF_CHANGE}`,
    ],
  },
  "operations of results": {
    sql: READ_RESULT_OPERATIONS,
    steps: [
      "SEARCH r USING PRIMARY KEY (run=? AND row>? AND row<?)",
      `SEARCH o USING PRIMARY KEY ${OF_CHANGE}`,
      SENDING,
      `SEARCH e USING PRIMARY KEY ${OF_CHANGE}`,
    ],
  },
  "the change of a row": {
    sql: READ_CHANGE_OF,
    steps: [FIRST_ROW, `SEARCH c USING PRIMARY KEY ${OF_CHANGE}`, `COVERING INDEX rows_joined ${OF_CHANGE}`],
  },
};

/** The latest attempt of a row. */
const RETRIED = "SEARCH a USING INDEX rows_of_original (of_run=? AND of_row=?)";

const LINEAGE: typeof PLANS = {
  "attempts of original rows": {
    sql: ATTEMPTS,
    steps: ["SEARCH a USING INDEX rows_of_original (of_run=? AND of_row>? AND of_row<?)"],
  },
  "invalid rows": { sql: INVALID, steps: ["SEARCH r USING INDEX rows_invalid (run=? AND row>?)", RETRIED] },
  "rows that ended short": {
    sql: SHORT,
    steps: ["INDEX ends_short (run=? AND change>?)", "COVERING INDEX rows_joined (run=? AND change=?)", RETRIED],
  },
  "rows that later runs name": {
    sql: OVERTAKEN,
    steps: ["SEARCH x USING INTEGER PRIMARY KEY (rowid>?)", "COVERING INDEX rows_by_key (run=? AND key=?)"],
  },
};

/** What is found of one account in each run is sorted. */
const OF_ACCOUNT: typeof PLANS = {
  "rows of an account": {
    sql: LIST_ROWS,
    steps: [
      "SEARCH c USING INDEX sqlite_autoindex_changes_2 (run=? AND key=?)",
      "INDEX finds_by_account (run=? AND account_id=?)",
      "INDEX rows_joined (run=? AND change=?)",
      "INDEX rows_by_key (run=? AND key=?)",
    ],
  },
  "ids that are near": { sql: LIST_NEAR_IDS, steps: ["INDEX links_near (bank=? AND near=?)", "(run=? AND near=?)"] },
};

/** A list that is handed in, or rows that another part of the query has found already. */
const MAY_SCAN = /^SCAN (\(subquery-\d+\)$|p$|[wc]$|(json_each|issue|k) VIRTUAL TABLE)/;
/** What one page or one change has is few; nothing of a whole run is sorted. */
const MAY_SORT = new Set([COUNT_INSTANTS, LIST_MEETING, LIST_OF_ACCOUNT, ATTEMPTS, SHORT, LIST_ROWS, LIST_NEAR_IDS]);

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

  for (const [what, { sql, steps }] of Object.entries({ ...PLANS, ...LINEAGE, ...OF_ACCOUNT })) {
    it(`find ${what} by index, and sort nothing of a whole run`, () => {
      const plan = db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail);
      const text = plan.join("\n");
      for (const step of steps) expect(text).to.contain(step);
      expect(plan.filter((step) => step.startsWith("SCAN") && !MAY_SCAN.test(step))).to.deep.equal([]);
      if (!MAY_SORT.has(sql)) expect(text).to.not.contain("TEMP B-TREE");
      expect(text, "a whole run").to.not.match(/SEARCH \w+ USING (PRIMARY KEY|INDEX \w+) \(run=\?\)/);
    });
  }

  for (const isAll of [true, false]) {
    it(`look up each account that a snapshot of ${isAll ? "all" : "a column's values"} may lack, and walk over no others`, () => {
      const plan = db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${placed(addAbsent(isAll))}`);
      const text = plan.map(({ detail }) => detail).join("\n");
      expect(text).to.contain("SEARCH l USING INDEX links_by_account (bank=? AND account_id=?)");
      expect(text).to.contain("COVERING INDEX snapshot_accounts_by_id (bank=? AND account_id=? AND absent_since=?)");
      expect(text, "a whole bank").to.not.match(/SEARCH \w+ USING .*\(bank=\?\)/);
    });
  }

  for (const [what, sql] of Object.entries({ COUNT_UNPLACED, COUNT_UNREAD }))
    it(`look up what each row of a snapshot names, and walk over no bank, by ${what}`, () => {
      const plan = db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${placed(sql)}`);
      const text = plan.map(({ detail }) => detail).join("\n");
      expect(text).to.match(
        /SEARCH s USING (COVERING )?INDEX snapshot_accounts_by_near \(bank=\? AND job=\? AND near=\?\)/,
      );
      expect(text).to.match(/SEARCH l USING (COVERING )?INDEX \w+ \(bank=\? AND client_account_id=\?\)/);
      expect(text, "a whole bank or run").to.not.match(/SCAN|\((bank|bank=\? AND job|bank=\? AND run)=\?\)/);
      expect(text, "all rows of a run for each").to.not.match(/SEARCH [wofpe] USING [^(]*\(run=\?\)/);
    });
});
