/** Files that hold every account: `npx tieout run samples/snapshot/job.ts`, against a sandbox with the seed beside it. */
import { join } from "node:path";
import { defineJob } from "../../src/job.ts";

export default defineJob({
  name: "snapshot",
  source: { folder: join(import.meta.dirname, "in"), pattern: /^accounts-(?<sequence>\d+)\.csv$/ },
  results: { folder: "snapshot-results" },
  mode: "snapshot",
  absent: { do: "deactivate", reason: "dormant" },
});
