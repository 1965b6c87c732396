/** Two feeds in one job, accounts before users: `npx tieout run samples/sources/job.ts`, against a sandbox with the seed beside it. */
import { join } from "node:path";
import { defineJob } from "../../src/job.ts";

const folder = (name: string) => join(import.meta.dirname, "in", name);

export default defineJob({
  name: "sources",
  source: [
    {
      name: "accounts",
      folder: folder("accounts"),
      pattern: /-(?<sequence>\d{8})\.csv$/,
      // accounts-20261128.csv is there once accounts-20261128.csv.ok is.
      done: { suffix: ".ok" },
      reads: { columns: { ACCT_NO: "client_account_id", PRODUCT: "product_name" } },
    },
    {
      name: "users",
      folder: folder("users"),
      pattern: /-(?<sequence>\d{8})\.csv$/,
      // users-20261128.csv is there once users-20261128.done is.
      done: { suffix: ".done", replaces: ".csv" },
      reads: { layout: "authorized_users" },
    },
  ],
  results: { folder: "sources-results" },
});
