/** The nightly sync: takes the day's files of account changes from the bucket and ties them out at 2 a.m. Chicago time. */
import { defineJob } from "../src/job.ts";

const bucket = process.env.TIEOUT_BUCKET ?? "account-files";

export default defineJob({
  name: "nightly-sync",
  source: { bucket, prefix: "outgoing/", pattern: /\.csv$/ },
  results: { bucket, prefix: "results/" },
  defaults: { capabilities: ["deposit"] },
  // "clear", once an empty list of signers or an empty documents cell in the file is to mean none.
  emptyMeans: "keep",
  concurrency: { reads: 16, writes: 8 },
  guards: { create: { max: 1_000 }, close: { max: 20 } },
  schedule: { cron: "0 2 * * *", zone: "America/Chicago" },
});
