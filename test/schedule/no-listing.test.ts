/**
 * A firewall's web page in place of S3's listing, once a file should be there: the bucket cannot be looked at, which is an alarm of its own. It
 * says nothing about files. Real processes.
 */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openTestLedger } from "../support/test-ledger.ts";
import { runTieout, watchUntil } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const DAY_MS = 86_400_000;
const PAGE = "<!DOCTYPE html><html><body>This category is blocked: storage</body></html>";
const EMPTY = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>inbox</Name><Prefix>in/</Prefix><KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>`;

describe("a web page in place of a listing, when a file should be there", function () {
  this.timeout(60_000);
  let folder: string;
  let bank: Sandbox;
  let between: Server;
  let isBlocked = true;
  let asked = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-listing-"));
    bank = await startSandbox();
    between = createServer((request, answer) => {
      asked += 1;
      request.resume();
      answer.writeHead(200, { "content-type": isBlocked ? "text/html" : "application/xml" });
      answer.end(isBlocked ? PAGE : EMPTY);
    }).listen(0, "127.0.0.1");
    await once(between, "listening");
    await writeFile(
      join(folder, "job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};
export default defineJob({ name: "nightly", source: { bucket: "inbox", prefix: "in/" }, results: { folder: "out" },
  schedule: { cron: "0 0 1 1 *", zone: "UTC" }, expect: { by: "00:00" } });\n`,
    );
    // A watch has looked at the bucket for three days, each of which has had its deadline since.
    await using ledger = await openTestLedger(join(folder, "ledger.sqlite"));
    await ledger.schedules.recordLook({ apiUrl: bank.url, program: bank.clientId }, "nightly", Date.now() - 3 * DAY_MS);
  });
  after(async () => {
    between.closeAllConnections();
    between.close();
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const env = () => ({
    TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
    LEAD_API_URL: bank.url,
    LEAD_CLIENT_ID: bank.clientId,
    LEAD_CLIENT_SECRET: bank.clientSecret,
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(between.address() as AddressInfo).port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "testsecret",
  });
  const tieout = (...args: string[]) => runTieout(args, env(), folder);
  const kinds = async () => {
    const { out } = await tieout("alarms", "--all", "--output", "json");
    const told = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, string>);
    return told.map(({ kind, code }) => `${kind} ${code}`);
  };

  it("is an alarm that the bucket cannot be looked at, and no word of a late or missing file", async () => {
    const log = await watchUntil("an alarm is raised", env(), folder);
    expect(asked).to.be.above(0);
    expect(log).to.contain("the files that the job expects cannot be looked at now");
    expect(await kinds()).to.deep.equal(["failed source_unreachable"]);
    const { out } = await tieout("alarms");
    expect(out).to.match(/answered with a web page in place of a listing, for bucket inbox/);
    expect(out).to.match(/next: check AWS_ENDPOINT_URL_S3, and any proxy on the way there/);
    expect(out + log).not.to.contain("This category is blocked");
  });

  it("ends a start by hand, which says the same", async () => {
    const { code, err } = await tieout("run", "job.ts");
    expect(code, err).to.equal(2);
    expect(err).to.match(/^tieout: .*a web page in place of a listing.* \[source_unreachable\]; /m);
    expect(await kinds()).to.deep.equal(["failed source_unreachable"]);
  });

  it("hides what an honest listing shows at once: files of three days", async () => {
    isBlocked = false;
    await watchUntil("an alarm is raised", env(), folder);
    expect((await kinds()).filter((one) => !one.startsWith("failed"))).to.include("missing file_missing");
  });
});
