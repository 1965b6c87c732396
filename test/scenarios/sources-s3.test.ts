/** Several sources at S3: prefixes of one bucket, another bucket, done-files, and files that are named by address. */
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { StorePlace } from "../../src/store/file-store.ts";
import { openS3Store } from "../../src/store/s3-store.ts";
import { start, told } from "../run/source.ts";
import { openDesk } from "../support/scenario.ts";

const row = (name: string) => `account_id,product_name\naccount_1001,${name}\n`;
const at = (minute: number) => new Date(Date.UTC(2026, 10, 28, 2, minute));
const NUMBERED = /(?<sequence>\d+)\.csv$/;

async function openDeskAtS3() {
  const bank = await startSandbox({ seed: { accounts: [{ id: "account_1001" }] } });
  const desk = await openDesk({ durable: false });
  const s3 = await startS3Server({ buckets: ["files", "others"], versioned: false });
  const { openStore } = desk.context(bank);
  const context = {
    openStore: async (place: StorePlace) =>
      place.kind === "bucket" ? openS3Store({ bucket: place.bucket, connection: s3.connection }) : openStore(place),
  };
  const job: Partial<JobInput> = {
    source: [
      { name: "people", bucket: "files", prefix: "out/people/", pattern: NUMBERED, done: { suffix: ".ok" } },
      { name: "cards", bucket: "files", prefix: "out/", pattern: NUMBERED },
      { name: "loans", bucket: "others", pattern: NUMBERED },
    ],
  };
  return {
    s3,
    go: async (options = {}) => told(await start(desk, bank, { job, context, ...options })),
    fails: async (options = {}) => start(desk, bank, { job, context, ...options }).catch((error: unknown) => error),
    async [Symbol.asyncDispose]() {
      await s3[Symbol.asyncDispose]();
      await desk[Symbol.asyncDispose]();
      await bank[Symbol.asyncDispose]();
    },
  };
}

describe("several sources at S3", () => {
  it("take each object once, by number, and wait for done-files", async () => {
    await using desk = await openDeskAtS3();
    const { s3, go } = desk;
    s3.put("others", "41.csv", row("Loan 41"), at(1));
    s3.put("files", "out/cards-41.csv", row("Card 41"), at(2));
    s3.put("files", "out/people/41.csv", row("Person 41"), at(3));
    s3.put("files", "out/people/42.csv", row("Person 42"), at(3));
    s3.put("files", "out/people/41.csv.ok", "", at(3));
    expect(await go()).to.deep.equal(["out/people/41.csv 1 applied", "out/cards-41.csv 1 applied", "41.csv 1 applied"]);
    expect(await go()).to.deep.equal([]);
    s3.put("files", "out/cards-42.csv", row("Card 42"), at(4));
    s3.put("files", "out/people/42.csv.ok", "anything", at(4));
    expect(await go()).to.deep.equal(["out/people/42.csv 1 applied", "out/cards-42.csv 1 applied"]);
    // Sent again after its done-file.
    s3.put("files", "out/people/42.csv", row("Person 42 again"), at(5));
    expect(await go()).to.deep.equal([]);
    s3.put("files", "out/people/42.csv.ok", "", at(6));
    expect(await go()).to.deep.equal(["out/people/42.csv 1 applied"]);
  });

  it("are named by address, with the command that puts a done-file there", async () => {
    await using desk = await openDeskAtS3();
    const { s3, go, fails } = desk;
    s3.put("others", "7.csv", row("Loan"), at(1));
    s3.put("files", "out/people/7.csv", row("Person"), at(1));
    expect(await fails({ file: "s3://files/out/people/7.csv" })).to.include({
      code: "file_not_done",
      hint: "wait for it; or, if the file is complete, type: aws s3api put-object --bucket files --key out/people/7.csv.ok",
    });
    expect(await go({ from: "s3://others/7.csv" })).to.deep.equal(["7.csv 1 applied"]);
    expect(await go({ file: "s3://others/7.csv" })).to.deep.equal(["7.csv already"]);
  });
});
