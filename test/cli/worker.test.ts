/** `tieout worker` and `tieout workers` where they cannot work: one clear line each. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { IS_POSTGRES } from "../support/test-ledger.ts";
import { runTieout } from "../support/tieout.ts";

const JOB = new URL("../../jobs/migration-load.ts", import.meta.url).pathname;

(IS_POSTGRES ? describe.skip : describe)("a worker over a ledger in a file", () => {
  it("is refused with the variable to set, and so is the list of workers", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tieout-worker-"));
    const env = { LEAD_API_URL: "http://127.0.0.1:9", LEAD_CLIENT_ID: "id", LEAD_CLIENT_SECRET: "secret" };
    try {
      for (const args of [["worker", JOB], ["workers"]]) {
        const { code, out, err } = await runTieout(args, { ...env, TIEOUT_FOLDER: folder }, folder);
        expect([code, out]).to.deep.equal([2, ""]);
        expect(err).to.match(
          /^tieout: workers share a ledger in PostgreSQL, .* \[ledger_unusable\]; set TIEOUT_LEDGER=.*\n$/,
        );
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
