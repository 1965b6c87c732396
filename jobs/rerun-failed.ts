/** The morning after: a corrected failed.csv, fed in by `tieout run rerun-failed --file …`, as the nightly sync would. */
import { extendJob } from "../src/job.ts";
import nightlySync from "./nightly-sync.ts";

export default extendJob(nightlySync, { name: "rerun-failed", source: { folder: "repaired", repaired: true } });
