/**
 * Two nights of snapshots from outside: what the commands print, what is typed next, and how the runs end.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const SCHEMA = new URL("../../docs/schemas/output-1.json", import.meta.url);
const NUMBERS = [1, 2, 3, 4];
const csv = (numbers: readonly number[]) =>
  `client_account_id,product_name\n${numbers.map((n) => `core-${n},Card\n`).join("")}`;

describe("tieout, with snapshots", function () {
  this.timeout(180_000);
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  const tieout = (...args: string[]) => runTieout(args, env, folder);
  /** As it is typed: what stands under `next:`, without the remark behind it. */
  const typed = (out: string, verb: string) => {
    const line = out.split("\n").find((one) => one.includes(`tieout ${verb} `)) ?? "";
    const command = /tieout (.*?)\s+#/.exec(line)?.[1] ?? "";
    return command.replace('--reason "…"', "--reason seen").split(" ");
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-snapshots-"));
    const accounts = NUMBERS.map((n) => ({
      id: `account_${n}`,
      client_account_id: `core-${n}`,
      details: { product_name: "Card" },
    }));
    bank = await startSandbox({ seed: { accounts } });
    const { url: LEAD_API_URL, clientId: LEAD_CLIENT_ID, clientSecret: LEAD_CLIENT_SECRET } = bank;
    env = { TIEOUT_LEDGER: join(folder, "ledger.sqlite"), LEAD_API_URL, LEAD_CLIENT_ID, LEAD_CLIENT_SECRET };
    const job = `defineJob({ name: "nightly", source: { folder: "in" }, results: { folder: "out" }, mode: "snapshot",
      absent: { do: "deactivate", reason: "dormant" } })`;
    await mkdir(join(folder, "in"));
    await writeFile(
      join(folder, "job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default ${job};\n`,
    );
  });
  after(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it("goes from the first absent account to its approval by what it prints", async () => {
    await writeFile(join(folder, "in", "1.csv"), csv(NUMBERS));
    expect((await tieout("run", "./job.ts")).code).to.equal(0);
    await writeFile(join(folder, "in", "2.csv"), csv([1, 2, 4]));
    const night = await tieout("run", "./job.ts");
    expect(night.code).to.equal(4);
    expect(night.out).to.contain("absent: 1 account that the ledger knows and the file lacks, see missing.csv");
    expect(night.out).to.contain(
      "it is deactivated (dormant) by a run of its own, at the end of this start or of the next",
    );
    expect(night.out).to.contain(
      "guard absent: holds 1 account until a person approves, as always the first time; look at missing.csv, then approve as under next:",
    );
    const approve = typed(night.out, "approve");
    expect(approve[0]).to.equal("approve");
    const approved = await tieout(...approve);
    expect(bank.accounts.get("account_3")?.status).to.equal("active");
    expect((await tieout(...typed(approved.out, "resume"))).code).to.equal(0);
    expect(bank.accounts.get("account_3")?.status).to.equal("inactive");
    expect((await tieout("run", "./job.ts")).out).to.contain("no new file");
  });

  it("tells the history of an absent account, in text and in JSON", async () => {
    const { out, code } = await tieout("history", "core-3");
    expect(code).to.equal(0);
    expect(out).to.match(
      /^absent from the snapshot of run \S+ of nightly, account_3: absent \(last in the snapshot of run \S+\)$/m,
    );
    const json = (await tieout("history", "account_3", "--output", "json")).out.trim().split("\n");
    const absence = JSON.parse(json.at(-1) ?? "{}") as Record<string, unknown>;
    expect(absence).to.include({
      event: "absence",
      accountId: "account_3",
      clientAccountId: "core-3",
      state: "absent",
    });
    const schema = JSON.parse(await readFile(SCHEMA, "utf8")) as { $defs: Record<string, object> };
    expect(new Ajv2020({ strict: false }).validate(schema.$defs.absence ?? false, absence)).to.equal(true);
  });

  it("says what its summary says as JSON, and on its page", async () => {
    await writeFile(join(folder, "in", "3.csv"), csv([1, 2]));
    const { out } = await tieout("run", "./job.ts", "--output", "json");
    const summaries = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ event }) => event === "summary");
    const [snapshot, absent] = summaries as { run: string; results: string; snapshot?: object; absentOf?: string }[];
    expect(snapshot?.snapshot).to.deep.include({ states: { absent: 1, done: 1, elsewhere: 0, changed_since: 0 } });
    expect(absent?.absentOf).to.equal(snapshot?.run);
    const page = await readFile(join(folder, snapshot?.results ?? "", "report.html"), "utf8").catch(() =>
      readFile(join(snapshot?.results ?? "", "report.html"), "utf8"),
    );
    expect(page).to.contain("Accounts that the ledger knows and the file lacks");
    expect(page).to.contain("nothing to repair; 1 account is absent, to be deactivated by a run of its own</h1>");
    expect(page).to.not.contain("account_4");
  });
});
