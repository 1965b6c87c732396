/** The nightly sync of accounts.csv: as the real one, but an entity that the row does not name is taken off the account. */

import nightlySync from "../jobs/nightly-sync.ts";
import { extendJob } from "../src/job.ts";

export default extendJob(nightlySync, { name: "samples", removeRelationships: true });
