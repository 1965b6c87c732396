/** Versions of a batch, from outside: what the command prints of them, its exit codes, and the command that it advises. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const csv = (product: string) => `account_id,product_name\naccount_1,${product}\n`;

describe("tieout, with versions of a batch", () => {
  let folder: string;
  const path = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-batches-"));
    await mkdir(path("in"));
    const settings = `source: { folder: ${JSON.stringify(path("in"))} }, results: { folder: ${JSON.stringify(path("out"))} }`;
    const job = `defineJob({ name: "batches", ${settings} })`;
    await writeFile(path("job.ts"), `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default ${job};\n`);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  itWhole(
    "shows batch and version, ends 7 for one that comes too late, and prints the command that runs it",
    async () => {
      await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
      const { url: LEAD_API_URL, clientId: LEAD_CLIENT_ID, clientSecret: LEAD_CLIENT_SECRET } = bank;
      const env = { TIEOUT_LEDGER: path("ledger.sqlite"), LEAD_API_URL, LEAD_CLIENT_ID, LEAD_CLIENT_SECRET };
      const tieout = (...args: string[]) => runTieout(args, env);
      await writeFile(path("in/25-1_account_V1.csv"), csv("One"));
      await writeFile(path("in/25-1_account_V2.csv"), csv("Two"));
      const first = await tieout("run", path("job.ts"));
      expect(first.code, first.err).to.equal(0);
      expect(first.out).to.contain("batch 25-1, version 2; replaces 25-1_account_V1.csv, which was not run");
      expect(first.err).to.contain("reading: batch 25-1, version 2, tieout layout");
      expect(first.err).to.contain(
        "25-1_account_V1.csv is not run: 25-1_account_V2.csv is a later version of its batch",
      );

      await writeFile(path("in/25-1_account_V1.csv"), csv("One once more"));
      const late = await tieout("run", path("job.ts"));
      expect(late.code).to.equal(7);
      expect(late.out).to.match(
        /25-1_account_V1\.csv is rejected \(file_stale\): the file is batch 25-1, version 1 \(25-1_account_V1\.csv\), and batch 25-1, version 2 \(25-1_account_V2\.csv\) came first, as run \S+; leave it; or, to run it all the same, type: npx tieout run /,
      );
      expect((await tieout("run", path("job.ts"))).code, "once").to.equal(0);

      const runs = await tieout("runs");
      expect(runs.out).to.contain("25-1_account_V2.csv (batch 25-1, version 2)").and.contain("(file_stale)");
      const explained = await tieout(
        "explain",
        /^\S+/.exec(runs.out.trim().split("\n").at(-1) ?? "")?.[0] ?? "",
        "--row",
        "2",
      );
      expect(explained.out).to.contain("  batch 25-1, version 2");

      const typed = /type: npx tieout (.*)/.exec(late.out)?.[1] ?? "";
      const words = [...typed.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
      const anyway = await tieout(...words);
      expect(anyway.code, `${typed}: ${anyway.out}${anyway.err}`).to.equal(0);
      expect(bank.accounts.get("account_1")?.details?.product_name).to.equal("One once more");
    },
  );
});
