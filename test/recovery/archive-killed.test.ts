/**
 * Real processes that are killed while they move a file to the archive: at every moment one place has the whole file, and the next start ends
 * what was begun, once.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type BankName, leaseName } from "../../src/ledger/run.ts";
import { type S3Server, startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { IS_WHOLE } from "../support/extent.ts";
import { openTestLedger } from "../support/test-ledger.ts";
import { runTieout, startTieout } from "../support/tieout.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CSV = "account_id,product_name\naccount_1,New\n";
const MANIFEST = '{"rows":1}';
const KEYS = ["in/1.csv", "in/1.csv.manifest.json"];
const JOB = `import { defineJob } from ${JSON.stringify(join(ROOT, "src/job.ts"))};
export default defineJob({
  name: "job",
  source: { bucket: "files", prefix: "in/" },
  results: { bucket: "files", prefix: "results/" },
  archive: { bucket: "files", prefix: "old/", move: true },
  completeness: { manifest: {} },
  tag: { tieout: "done" },
});`;

/** Requests from the first one after the results are out. */
function ofArchive({ requests }: S3Server) {
  const at = requests.findIndex(({ method, key }) => method === "PUT" && key.endsWith("/summary.json"));
  return at < 0 ? [] : requests.slice(at + 1);
}

function checkNothingLost(s3: S3Server) {
  const there = s3.objects("files");
  for (const [at, key] of KEYS.entries()) {
    const bytes = at === 0 ? CSV : MANIFEST;
    const copies = [key, `old/${key}`]
      .map((one) => there.get(one)?.bytes.toString())
      .filter((one) => one !== undefined);
    expect(copies, key).to.include(bytes);
    expect(new Set(copies), key).to.deep.equal(new Set([bytes]));
  }
}

/** As if a minute had passed since the process died. */
async function endLease(folder: string, bank: BankName) {
  await using ledger = await openTestLedger(join(folder, ".tieout/ledger.sqlite"), { durable: false });
  const claim = await ledger.leases.claim(leaseName(bank, "job"), "later", ledger.leaseMs, Date.now() + 120_000);
  if (claim.kind === "held") expect.fail("the lease is held");
  await ledger.leases.release(claim.lease);
}

describe("a file that is moved to the archive", function () {
  this.timeout(120_000);

  /** What was there of file, copy, manifest and its copy when a process died. */
  const met = new Set<string>();
  after(() => {
    expect([...met], "killed amid the move").to.include.members(IS_WHOLE ? ["1010", "1111"] : ["1010"]);
    expect(met.size).to.be.greaterThan(1);
  });

  // So many requests it takes: 3 looks, 3 bytes read and written for each of two files, their tags and their removal.
  for (const requests of IS_WHOLE ? [1, 4, 7, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23] : [2, 16]) {
    it(`is whole somewhere when the process is killed at request ${requests}, and is moved by the next start`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "tieout-archive-"));
      try {
        await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
        await using s3 = await startS3Server({ buckets: ["files"] });
        await writeFile(join(folder, "package.json"), '{"type":"module"}');
        await writeFile(join(folder, "job.ts"), JOB);
        s3.put("files", KEYS[0] ?? "", CSV);
        s3.put("files", KEYS[1] ?? "", MANIFEST);
        const { url, clientId, clientSecret } = bank;
        const env = { ...s3.env, LEAD_API_URL: url, LEAD_CLIENT_ID: clientId, LEAD_CLIENT_SECRET: clientSecret };
        using run = startTieout(["run", "job.ts"], env, folder);
        let isOver = false;
        const ended = run.ended.then(() => {
          isOver = true;
        });
        while (!isOver && ofArchive(s3).length < requests) await turn();
        run.child.kill("SIGKILL");
        await ended;
        checkNothingLost(s3);
        const there = s3.objects("files");
        met.add(KEYS.flatMap((key) => [key, `old/${key}`].map((one) => Number(there.has(one)))).join(""));
        await endLease(folder, { apiUrl: url, program: clientId });
        const again = await runTieout(["run", "job.ts"], env, folder);
        expect(again.code, again.out + again.err).to.equal(0);
        checkNothingLost(s3);
        const keys = [...s3.objects("files").keys()].filter((key) => !key.startsWith("results/"));
        expect(keys).to.deep.equal(KEYS.map((key) => `old/${key}`));
        expect(bank.writes).to.have.lengthOf(1);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }
});
