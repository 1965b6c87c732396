/**
 * Where a repaired row came from, when that is not plain: a run that the ledger does not know, numbers that a program wrote anew, a job that
 * reads otherwise, repairs of repairs. Nothing reaches the bank that nobody meant.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";
import { endsOf, failedOf, openRepaired, type Repaired } from "./open-repaired.ts";

const SEED = {
  accounts: [1, 2].map((n) => ({ id: `account_${n}`, client_account_id: `000${n}`, status: "active" as const })),
};
const FILE = "client_account_id,product_name,metadata.branch\n0001,#N/A,007\n0002,#N/A,1-2\n";

const branches = (bank: Sandbox) => [...bank.accounts.values()].map(({ metadata }) => metadata?.branch);

/** The file with each cell of a column made anew, whatever its quotes. */
function column(csv: string, name: string, make: (cell: string) => string): string {
  const [header = [], ...rows] = parse(csv) as string[][];
  const at = header.indexOf(name);
  return stringify([header, ...rows.map((cells) => cells.with(at, make(cells[at] ?? "")))]);
}

function without(csv: string, ...names: readonly string[]): string {
  const rows = parse(csv) as string[][];
  const kept = (rows[0] ?? []).map((name) => !names.includes(name));
  return stringify(rows.map((cells) => cells.filter((_, at) => kept[at])));
}

const named = (csv: string) => column(csv, "product_name", () => "Gold");
const asNumber = (cell: string) => cell.replace(/^0+/, "");

const open = () => openRepaired(SEED, FILE, named);

/** The same, where the ledger of the first run is gone. */
async function openWithoutOrigin(): Promise<Repaired> {
  const bank = await startSandbox({ seed: structuredClone(SEED) });
  await using lost = await openDesk();
  const file = join(lost.folder, "first.csv");
  await writeFile(file, FILE);
  const context = { ...lost.context(bank), newRunId: () => "run-of-old" };
  const [end] = await startJob(context, { kind: "run", file, from: null, limit: null, again: null });
  if (end?.kind !== "reported") throw new Error(JSON.stringify(end));
  const failed = named(await readFile(join(end.summary.results, "failed.csv"), "utf8"));
  const desk = await openDesk();
  return {
    bank,
    desk,
    failed,
    async [Symbol.asyncDispose]() {
      await bank.close();
      await desk[Symbol.asyncDispose]();
    },
  };
}

describe("the numbers of a repaired row that a program wrote anew", () => {
  const forms: readonly (readonly [what: string, make: (cell: string) => string])[] = [
    ["7.0", (cell) => `${cell}.0`],
    ["7,00", (cell) => `${cell},00`],
    ["7 and a blank", (cell) => `${cell} `],
    ["a no-break space and 7", (cell) => `\u00a0${cell}`],
    ["0007", (cell) => cell.padStart(4, "0")],
  ];
  for (const [what, make] of forms) {
    it(`are found again where the fingerprint proves them: ${what}`, async () => {
      await using scene = await open();
      const { bank, desk, failed } = scene;
      const told = await desk.run(bank, column(failed, "result_row", make), { name: "back.csv" });
      expect(endsOf(told)).to.deep.equal(["applied ", "applied "]);
      expect(branches(bank)).to.deep.equal(["007", "1-2"]);
    });
    it(`are none where nothing proves them: ${what}`, async () => {
      await using scene = await open();
      const { bank, desk, failed } = scene;
      const bare = without(column(failed, "result_row", make), "result_fingerprint");
      expect(endsOf(await desk.run(bank, bare, { name: "back.csv" }))).to.deep.equal([
        "invalid row_added",
        "invalid row_added",
      ]);
    });
  }

  it("may not be another row's, nor gone while the fingerprint is there", async () => {
    for (const spoil of [
      (csv: string) => column(csv, "result_row", (cell) => `${5 - Number(cell)}.0`),
      (csv: string) => column(csv, "result_row", () => "999999999999999"),
      (csv: string) => without(csv, "result_run", "result_row"),
    ]) {
      await using scene = await open();
      const { bank, desk, failed } = scene;
      const told = await desk.run(bank, spoil(failed), { name: "back.csv" });
      expect(endsOf(told)).to.deep.equal(["invalid row_added", "invalid row_added"]);
      expect(branches(bank)).to.deep.equal([undefined, undefined]);
    }
  });
});

describe("a repaired row of a run that the ledger does not know", () => {
  /** How the file ends, then what that run gives back, and that run's rows run again. */
  const tell = async (change: (csv: string) => string) => {
    await using scene = await openWithoutOrigin();
    const { bank, desk, failed } = scene;
    const told = await desk.run(bank, change(failed), { name: "back.csv" });
    const isRepair = (told.summary?.words.invalid ?? 0) > 0;
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("the run is gone");
    const again = isRepair ? endsOf(await desk.run(bank, await failedOf(told), { name: "again.csv" })) : [];
    const rerun = isRepair ? await rerunRows(desk.context(bank), run, ["invalid"]) : null;
    const rerunInvalid = rerun?.kind === "reported" ? rerun.summary.words.invalid : 0;
    return { ends: endsOf(told), again, rerunInvalid, branches: branches(bank) };
  };

  it("is taken where only columns changed that its own results name", async () => {
    const { ends, branches: at } = await tell((csv) => csv);
    expect(ends).to.deep.equal(["applied ", "applied "]);
    expect(at).to.deep.equal(["007", "1-2"]);
  });

  for (const [what, name, make, code] of [
    ["an id lost its zeros", "client_account_id", asNumber, "key_unproven"],
    ["another cell did", "metadata.branch", asNumber, "cell_unproven"],
  ] as const) {
    it(`is invalid where ${what}, also when it comes again or is run again`, async () => {
      const told = await tell((csv) =>
        column(csv, name, (cell) => (cell.startsWith("000") || cell === "007" ? make(cell) : cell)),
      );
      const first = `invalid ${code}`;
      const other = name === "client_account_id" ? first : "applied ";
      expect(told.ends).to.deep.equal([first, other]);
      expect(told.again).to.deep.equal(other === first ? [first, first] : [first]);
      expect(told.rerunInvalid).to.equal(other === first ? 2 : 1);
      expect(told.branches[0]).to.equal(undefined);
    });
  }

  it("is right again once the cell is, and a cell that is meant needs --allow-edit", async () => {
    await using scene = await openWithoutOrigin();
    const { bank, desk, failed } = scene;
    const damaged = column(failed, "metadata.branch", asNumber);
    const told = await desk.run(bank, column(damaged, "client_account_id", asNumber), { name: "back.csv" });
    expect(endsOf(told)).to.deep.equal(["invalid key_unproven | cell_unproven", "invalid key_unproven"]);
    const right = column(await failedOf(told), "client_account_id", (cell) => `000${cell}`);
    const keys = await desk.run(bank, right, { name: "keys.csv" });
    expect(endsOf(keys)).to.deep.equal(["invalid cell_unproven", "applied "]);
    const meant = { allowEdit: ["metadata.branch"] };
    expect(endsOf(await desk.run(bank, await failedOf(keys), { name: "meant.csv", start: meant }))[0]).to.equal(
      "applied edit_allowed",
    );
    expect(branches(bank)).to.deep.equal(["7", "1-2"]);
  });
});

describe("a repaired row whose repair was wrong", () => {
  it("is still to be repaired where it was wrong before that", async () => {
    await using scene = await open();
    const { bank, desk, failed } = scene;
    const edited = column(failed, "metadata.branch", (cell) => `${cell}x`);
    const second = await desk.run(
      bank,
      column(edited, "product_name", () => "Glod"),
      { name: "second.csv" },
    );
    expect(endsOf(second)).to.deep.equal(["invalid edit_not_allowed", "invalid edit_not_allowed"]);
    const third = await desk.run(bank, named(await failedOf(second)), { name: "third.csv" });
    expect(endsOf(third)).to.deep.equal(["applied ", "applied "]);
    const products = [...bank.accounts.values()].map(({ details }) => details?.product_name);
    expect(products).to.deep.equal(["Gold", "Gold"]);
  });
});

describe("a repaired row that is there twice", () => {
  for (const [what, other, ends, product] of [
    ["as it is", "Gold", ["applied ", "applied ", "invalid row_added"], "Gold"],
    ["with another value", "Silver", ["invalid contradiction", "applied ", "invalid contradiction"], "Everyday"],
  ] as const) {
    it(`is sent once or not at all: ${what}`, async () => {
      await using scene = await open();
      const { bank, desk, failed } = scene;
      const [, first = ""] = failed.trimEnd().split("\n");
      const told = await desk.run(bank, `${failed.trimEnd()}\n${first.replace("Gold", other)}\n`, {
        name: "twice.csv",
      });
      expect(endsOf(told)).to.deep.equal(ends);
      expect(bank.accounts.get("account_1")?.details?.product_name).to.equal(product);
    });
  }
});

describe("a repaired row given to another job", () => {
  const DECIMAL = "client_account_id,product_name,currency,available_credit\n0001,#N/A,USD,1250\n";

  it("is invalid where that job reads its amounts otherwise, and right again at its own", async () => {
    await using scene = await open();
    const { bank, desk } = scene;
    const job = { name: "decimal", money: "decimal" } as const;
    const failed = named(await failedOf(await desk.run(bank, DECIMAL, { name: "decimal.csv", job })));
    const minor = await desk.run(bank, failed, { name: "minor.csv", job: { name: "minor" } });
    expect(endsOf(minor)).to.deep.equal(["invalid read_otherwise"]);
    const back = await desk.run(bank, await failedOf(minor), { name: "back.csv", job });
    expect(endsOf(back)).to.deep.equal(["applied "]);
    expect(bank.accounts.get("account_1")?.details?.credit?.available_credit).to.equal(125_000);
  });

  it("is invalid where an empty cell of it means none there", async () => {
    await using scene = await open();
    const { bank, desk } = scene;
    const csv = "client_account_id,product_name,authorized_users\n0001,#N/A,\n";
    const failed = named(await failedOf(await desk.run(bank, csv, { name: "users.csv" })));
    const job = { name: "clears", emptyAuthorizedUsers: "clear", removeRelationships: true } as const;
    expect(endsOf(await desk.run(bank, failed, { name: "clears.csv", job }))).to.deep.equal(["invalid read_otherwise"]);
    expect(endsOf(await desk.run(bank, failed, { name: "same.csv" }))).to.deep.equal(["applied "]);
  });
});
