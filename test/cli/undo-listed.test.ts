/**
 * Runs that are not simply taken back, from outside: whatever a run has changed is in the file of `tieout undo` or on its list.
 */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import type { Fault, FaultMatch } from "../../src/sandbox/server/faults.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Ended, runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const CREDIT = { currency: "USD", is_secured: false, is_mla: false, underwriting_grade: "B" } as const;
const SEED = {
  entities: [1, 2].map((n) => ({ id: `entity_${n}` })),
  accounts: [1, 2, 3].map((n) => ({
    id: `account_${n}`,
    client_account_id: `core-${n}`,
    details: { product_name: "Größe — 日本", credit: { ...CREDIT, available_credit: 0, limit: 500, max_limit: 600 } },
  })),
};

interface Undone {
  readonly ran: Ended;
  readonly undo: Ended;
  /** As `<account> <product>` and `<account> <field> <code>`. */
  readonly file: readonly string[] | null;
  readonly list: readonly string[] | null;
}

interface Told {
  readonly settings?: string;
  readonly file: string;
  readonly run?: readonly string[];
  readonly undo?: readonly string[];
  readonly between?: (bank: Sandbox) => void;
  readonly fault?: readonly [Fault, number, FaultMatch];
}

describe("tieout undo", function () {
  this.timeout(120_000);
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);
  const tieout = (...args: string[]) => runTieout(args, env, folder);
  const product = (id: string) => bank.accounts.get(id)?.details?.product_name;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-undo-"));
    bank = await startSandbox({ seed: structuredClone(SEED) });
    const { url: LEAD_API_URL, clientId: LEAD_CLIENT_ID, clientSecret: LEAD_CLIENT_SECRET } = bank;
    env = { TIEOUT_LEDGER: path("ledger.sqlite"), LEAD_API_URL, LEAD_CLIENT_ID, LEAD_CLIENT_SECRET };
    await mkdir(path("in"));
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function rowsOf(name: string) {
    const text = await readFile(path(name), "utf8").catch(() => null);
    return text === null ? null : (parse(text, { columns: true }) as Record<string, string>[]);
  }

  async function tell({ settings = "", file, run = [], undo = [], between, fault }: Told): Promise<Undone> {
    const job = `defineJob({ name: "undo", source: { folder: "in" }, results: { folder: "out" }, guards: { all: "off" }, creates: "trusted",
      requestsPerSecond: 2000, burst: 2000, ${settings} })`;
    await writeFile(path("job.ts"), `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default ${job};\n`);
    await writeFile(path("in.csv"), file);
    if (fault !== undefined) bank.failNext(...fault);
    const ran = await tieout("run", "./job.ts", "--file", "in.csv", ...run);
    bank.clearFaults();
    between?.(bank);
    const ended = await tieout("undo", "last", "--to", "u", ...undo);
    const [lines, listed] = [await rowsOf("u/undo.csv"), await rowsOf("u/undo-not.csv")];
    return {
      ran,
      undo: ended,
      file: lines?.map(({ account_id, product_name }) => `${account_id} ${product_name}`) ?? null,
      list: listed?.map(({ account_id, field, code }) => `${account_id} ${field} ${code}`) ?? null,
    };
  }

  const FOLDED = [
    "account_id,product_name,effective_at",
    "account_1,First,2026-01-01T00:00:00Z",
    "account_2,Other,2026-01-01T00:00:00Z",
    "account_1,Last,2026-01-02T00:00:00Z",
    "",
  ].join("\n");

  for (const [what, rows, of] of [
    ["all rows", [], ["account_2", "account_1"]],
    ["the row that was overtaken", ["--rows", "2"], ["account_1"]],
    ["the row whose value was sent", ["--rows", "4"], ["account_1"]],
  ] as const) {
    it(`takes back an account of several rows once, by ${what}`, async () => {
      const { undo, file, list } = await tell({ file: FOLDED, undo: rows });
      expect(undo.code, undo.err).to.equal(0);
      expect(file).to.deep.equal(of.map((id) => `${id} Größe — 日本`));
      expect(list).to.deep.equal([]);
      const back = await tieout("run", "./job.ts", "--file", "u/undo.csv");
      expect(back.code, back.out).to.equal(0);
      expect(product("account_1")).to.equal("Größe — 日本");
    });
  }

  it("says so where rows have changed nothing, and writes no line", async () => {
    const same = "account_id,product_name\naccount_1,New\naccount_2,Größe — 日本\n";
    const { undo, file, list } = await tell({ file: same, undo: ["--rows", "3"] });
    expect([undo.code, file, list]).to.deep.equal([0, [], []]);
    expect(undo.out).to.contain("the run has changed nothing by these rows");
  });

  it("lists a create of which nobody knows whether it took effect, and ends with 3", async () => {
    let creates = 0;
    const { undo, file, list } = await tell({
      settings: `settleAfterMs: 500, attempts: 1, callTimeoutMs: 800, defaults: { capabilities: ["deposit"] },`,
      file: "client_account_id,product_name,account_holders\ncore-8,New,entity_1\ncore-9,New,entity_2\ncore-1,New,\n",
      fault: [
        "timeout_before",
        9,
        ({ method, path: at }) => method === "POST" && at.endsWith("/accounts") && creates++ === 0,
      ],
    });
    expect(undo.code, undo.err).to.equal(3);
    expect(file).to.deep.equal(["account_1 Größe — 日本"]);
    expect(list?.map((line) => line.replace(/account_[0-9a-f]{32}/, "the new one"))).to.have.members([
      " account not_settled",
      "the new one account created",
    ]);
  });

  it("ends with 3 where the answer for an account could not be used, since it may be by and by", async () => {
    const isOfTwo: FaultMatch = ({ method, path: at }) => method === "GET" && at.includes("account_2");
    const { undo, file, list } = await tell({
      file: "account_id,product_name\naccount_1,New\naccount_2,New\naccount_3,New\n",
      between: (held) => {
        held.accounts.delete("account_3");
        held.failNext("403_page", 99, isOfTwo);
      },
    });
    expect(undo.code, undo.err).to.equal(3);
    expect(file).to.deep.equal(["account_1 Größe — 日本"]);
    expect(list).to.deep.equal(["account_2 account unreadable", "account_3 account missing"]);
  });

  it("writes nothing where the bank gives no token", async () => {
    const { undo } = await tell({
      file: "account_id,product_name\naccount_1,New\n",
      between: (held) => held.failNext("500", 99, ({ path: at }) => at.includes("token")),
    });
    expect(undo.code, undo.err).to.equal(6);
    expect(undo.err).to.match(/no token: HTTP 500.*\[no_token\]/);
    expect(await stat(path("u")).catch(() => "removed")).to.equal("removed");
  });

  it("never takes back what a later run has changed, not even one that came after the file was written", async () => {
    const { undo } = await tell({ file: "account_id,product_name\naccount_1,New\naccount_2,New\n" });
    expect(undo.code, undo.err).to.equal(0);
    await writeFile(path("later.csv"), "account_id,product_name\naccount_2,Later\n");
    await tieout("run", "./job.ts", "--file", "later.csv");
    const back = await tieout("run", "./job.ts", "--file", "u/undo.csv", "--output", "json");
    expect(back.code, back.err).to.equal(0);
    expect(back.out).to.contain('"superseded_by_run"');
    expect([product("account_1"), product("account_2")]).to.deep.equal(["Größe — 日本", "Later"]);
  });

  it("says of a run that has not ended that what it sends later is missing", async () => {
    const file = "account_id,product_name\naccount_1,New\naccount_2,New\n";
    const { ran, undo, file: lines } = await tell({ file, run: ["--limit", "1"] });
    expect([ran.code, undo.code], undo.err).to.deep.equal([6, 0]);
    expect(lines).to.deep.equal(["account_1 Größe — 日本"]);
    expect(undo.out).to.match(/run \S+ has not ended/);
  });

  it("takes back the run of a job whose own files are in another layout, narrow, and without a header", async () => {
    const { undo, file } = await tell({
      settings: `layout: "bank", defaults: { currency: "USD" }, encoding: "windows-1252", delimiter: ";", limits: { columns: 3 },
        completeness: { trailer: { marker: "T", rowsAt: 2 } }, header: ["account_id", "client_product_name", "credit_limit"],`,
      file: "account_1;New;5.50\nT;1;\n",
    });
    expect(undo.code, undo.err).to.equal(0);
    expect(file).to.deep.equal(["account_1 Größe — 日本"]);
    const back = await tieout("run", "./job.ts", "--file", "u/undo.csv");
    expect(back.code, back.out + back.err).to.equal(0);
    expect(bank.accounts.get("account_1")?.details).to.deep.equal(SEED.accounts[0]?.details);
  });
});
