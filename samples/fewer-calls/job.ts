/** Two nights of one portfolio; what the first has tied out, the second need not fetch: `npx tieout run samples/fewer-calls/job.ts`. */
import { join } from "node:path";
import { defineJob } from "../../src/job.ts";

export default defineJob({
  name: "fewer-calls",
  source: { folder: join(import.meta.dirname, "in"), pattern: /accounts-(?<sequence>\d+)\.csv$/ },
  results: { folder: "fewer-calls-results" },
  firstStart: "all",
  // Longer than from one night to the next.
  skipUnchangedFor: "30h",
});
