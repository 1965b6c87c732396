/** Files with ids and cells that a spreadsheet, an export or a copy has made: what their rows become, and what a job may allow. */
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";

const SEED = {
  entities: [{ id: "entity_ana" }],
  accounts: [
    { id: "account_1001", client_account_id: "core-1001", relationships: { account_holder: ["entity_ana"] } },
    { id: "account_1003", client_account_id: "core-1003", relationships: { account_holder: ["entity_ana"] } },
  ],
};
const NEW = "client_account_id,capabilities,account_holders,product_name\n";
const create = (id: string, product = "Everyday") => `"${id.replaceAll('"', '""')}",deposit,entity_ana,${product}\n`;

interface Case {
  readonly name: string;
  readonly csv: string;
  readonly ends: readonly string[];
  readonly says?: RegExp;
  readonly job?: Partial<JobInput>;
  /** Client ids of the accounts that are made. */
  readonly made?: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: "a no-break space behind an id",
    csv: NEW + create("core-1001\u00a0"),
    ends: ["invalid id_malformed"],
    says: /character 10 of the id is U\+00A0/,
  },
  {
    name: "one id in two Unicode forms",
    csv: NEW + create("M\u00fcller-9", "One") + create("Mu\u0308ller-9", "One"),
    ends: ["applied ", "invalid id_malformed"],
    made: ["M\u00fcller-9"],
  },
  {
    name: "a number a spreadsheet shortened",
    csv: NEW + create("8.91117E+19"),
    ends: ["invalid id_malformed"],
    says: /a spreadsheet/,
  },
  {
    name: "two numbers that a spreadsheet made one of",
    csv: NEW + create("4.00123E+15", "One") + create("4.00123E+15", "Two"),
    ends: ["invalid id_malformed", "invalid id_malformed"],
    says: /a spreadsheet/,
  },
  {
    name: "an id in a formula",
    csv: NEW + create('="core-1001"'),
    ends: ["invalid id_malformed"],
    says: /a spreadsheet/,
  },
  {
    name: "an id behind an apostrophe",
    csv: NEW + create("'core-1001"),
    ends: ["invalid id_malformed"],
    says: /a spreadsheet/,
  },
  { name: "NULL for an id", csv: NEW + create("NULL"), ends: ["invalid id_malformed"], says: /a database export/ },
  {
    name: "NULL and \\N in columns of text",
    csv: "account_id,product_name,metadata.branch\naccount_1001,NULL,\\N\n",
    ends: ["invalid null_marker | null_marker"],
  },
  {
    name: "the same where the job leaves one alone and takes the other for text",
    csv: "account_id,product_name,metadata.branch,is_mla,status\naccount_1001,NULL,\\N,NULL, NULL \n",
    job: { nulls: { leaveAlone: ["NULL"], text: ["\\N"] } },
    ends: ["applied "],
  },
  {
    name: "NULL for an id where the job leaves it alone: the row names no account",
    csv: NEW + create("NULL"),
    job: { nulls: { leaveAlone: ["NULL"] } },
    ends: ["invalid key_missing"],
  },
  {
    name: "ids of the form that the job allows",
    csv: NEW + create("1E+5") + create("=7"),
    job: { ids: { allow: /^1E/g } },
    ends: ["applied ", "invalid id_malformed"],
    made: ["1E+5"],
  },
  {
    name: "an unsigned 1E5, and an id with .0 beside others",
    csv: NEW + create("1E5") + create("1001.0"),
    ends: ["applied ", "applied "],
    made: ["1E5", "1001.0"],
  },
  {
    name: "a column of ids that all end in .0",
    csv: NEW + create("1001.0") + create("1001.0") + create("1002.0", "#N/A"),
    ends: ["invalid id_malformed", "invalid id_malformed", "invalid spreadsheet_error"],
    says: /every client_account_id of the file ends in .0, which a spreadsheet/,
  },
  {
    name: "the same where the job allows it",
    csv: NEW + create("1001.0") + create("1002.0"),
    job: { ids: { allow: /^\d+\.0$/ } },
    ends: ["applied ", "applied "],
    made: ["1001.0", "1002.0"],
  },
  {
    name: "an id that is only compared, as account_id names the account",
    csv: "account_id,client_account_id,product_name\naccount_1001,'core-1001,New\naccount_1003,core-1003,New\n",
    ends: ["refused client_account_id_differs", "applied "],
  },
];

describe("ids and cells that a program has made", () => {
  for (const { name, csv, ends, says = /./, job = {}, made = [] } of CASES) {
    it(name, async () => {
      await using bank = await startSandbox({ seed: structuredClone(SEED) });
      await using desk = await openDesk();
      const { rows } = await desk.run(bank, csv, { job });
      expect(rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal(ends);
      const invalid = rows.filter(({ result }) => result === "invalid");
      for (const { result_message } of invalid.slice(0, 1)) expect(result_message).to.match(says);
      const ids = [...bank.accounts.values()].map(({ client_account_id }) => client_account_id);
      expect(ids).to.have.members(["core-1001", "core-1003", ...made]);
      expect(bank.effects).to.have.length(ends.filter((end) => end === "applied ").length);

      // What the ledger hands back means the same: chosen again, no row of them gets further.
      const run = await desk.ledger.runs.find("last");
      if (run === undefined || invalid.length === 0) return;
      const again = await rerunRows(desk.context(bank, job), run, ["invalid"]);
      expect(again.kind === "reported" && again.summary.words.invalid).to.equal(invalid.length);
      expect(bank.effects).to.have.length(ends.filter((end) => end === "applied ").length);
    });
  }

  it("are allowed to rows chosen again, once the job says so", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    await desk.run(bank, NEW + create("1001.0") + create("1002.0"));
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("the run is gone");
    const again = await rerunRows(desk.context(bank, { ids: { allow: /\.0$/ } }), run, ["invalid"]);
    expect(again.kind === "reported" && again.summary.words.applied).to.equal(2);
  });
});
