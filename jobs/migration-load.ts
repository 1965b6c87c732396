/** A one-off load: every file of a local folder, creates included, with limits for a whole portfolio. */
import { defineJob } from "../src/job.ts";

export default defineJob({
  name: "migration-load",
  source: { folder: process.env.TIEOUT_FOLDER ?? "migration", pattern: /\.csv$/ },
  results: { folder: "migration-results" },
  defaults: { capabilities: ["deposit"] },
  concurrency: { reads: 32, writes: 16 },
  guards: {
    create: { max: 1_000_000 },
    patch: { max: 1_000_000 },
    deactivate: { max: 50_000 },
    close: { max: 50_000 },
  },
  // Entities and applications are judged before a call is spent on a row that names them.
  precheck: true,
  // A new program starts on an empty bank: the first create goes alone and must be found before the rest follow.
  creates: "first_alone",
});
