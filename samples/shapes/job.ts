/** A core system's own file, with its own names: `npx tieout run samples/shapes/job.ts`, against a sandbox with the seed beside it. */
import { join } from "node:path";
import { defineJob } from "../../src/job.ts";

export default defineJob({
  name: "shapes",
  source: { folder: join(import.meta.dirname, "in") },
  results: { folder: "shapes-results" },
  defaults: { capabilities: ["deposit"] },
  columns: { ACCT_NO: "client_account_id", PRODUCT: "product_name" },
});
