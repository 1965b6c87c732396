/**
 * Files that come as ZIP archives, one a day, and go to a folder of their own once their run is over. To try it, start a sandbox with the seed
 * beside it, and type `npx tieout run samples/archive/job.ts`.
 */
import { join } from "node:path";
import { defineJob } from "../../src/job.ts";

export default defineJob({
  name: "archive",
  source: { folder: join(import.meta.dirname, "in"), pattern: /accounts-(?<sequence>\d{8})\.csv\.zip$/ },
  results: { folder: "archive-results" },
  // With `move: true`, the original is removed once its copy was read back.
  archive: { folder: "archive-done" },
});
