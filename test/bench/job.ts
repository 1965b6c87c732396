/** The job of the bench: pace, guards and caps are no limit but the one that the bench sets. */
import { defineJob } from "../../src/job.ts";

const cap = Number(process.env.TIEOUT_BENCH_CAP ?? 64);
/** A plan that is older is made again before anything is sent. */
const recheckAfterMs = Number(process.env.TIEOUT_BENCH_RECHECK_MS ?? 15 * 60_000);

export default defineJob({
  name: "bench",
  source: { folder: "in" },
  results: { folder: "out" },
  concurrency: { reads: cap, writes: cap },
  requestsPerSecond: 1_000_000,
  burst: 1_000_000,
  recheckAfterMs,
  skipUnchangedFor: process.env.TIEOUT_BENCH_SKIP,
  mode: process.env.TIEOUT_BENCH_SKIP ? "snapshot" : "changes",
  guards: { patch: { max: 5_000_000 } },
});
