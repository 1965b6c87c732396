/**
 * A file that states sum, hash total, counts and business date in its trailer: `npx tieout run samples/totals/job.ts`, against a sandbox with the
 * seed beside it. Change a digit in it, and no row is sent.
 */
import { join } from "node:path";
import { defineJob } from "../../src/job.ts";

export default defineJob({
  name: "totals",
  source: { folder: join(import.meta.dirname, "in"), pattern: /-(?<date>\d{8})\.csv$/ },
  results: { folder: "totals-results" },
  completeness: {
    trailer: {
      marker: "END",
      sums: { limit: 3 },
      hashTotals: { client_account_id: { at: 4, digits: 6 } },
      counts: { status: { active: 5, inactive: 6 } },
      dateAt: 7,
    },
  },
  money: "decimal",
  defaults: { currency: "USD" },
});
