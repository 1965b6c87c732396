/**
 * The bank's account file and its Authorized Users file in one job, the accounts first: `npx tieout run samples/authorized-users/job.ts`,
 * against a sandbox with the seed beside it.
 */
import { join } from "node:path";
import { defineJob } from "../../src/job.ts";

const files = join(import.meta.dirname, "in");

export default defineJob({
  name: "accounts-and-users",
  source: [
    { name: "accounts", folder: join(files, "accounts") },
    { name: "users", folder: join(files, "users"), reads: { layout: "authorized_users" } },
  ],
  results: { folder: "authorized-users-results" },
  precheck: true,
  defaults: { capabilities: ["deposit"] },
});
