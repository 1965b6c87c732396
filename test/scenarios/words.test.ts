/** Whole runs as a table: bank before, csv, expected words, bank after. Each goes plan, run, and run again. */
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";
import { SCENARIOS, SEED } from "./words.ts";

describe("scenarios", () => {
  for (const { name, csv, words, operations, codes, job = {}, after } of SCENARIOS) {
    it(name, async () => {
      await using bank = await startSandbox({ seed: structuredClone(SEED) });
      await using desk = await openDesk();
      const text = `${csv.join("\n")}\n`;

      const plan = await desk.run(bank, text, { job, start: { kind: "plan" } });
      expect(bank.writes, "writes of the plan").to.have.length(0);
      const planned = plan.rows.flatMap((row) => kindsOf(row.result_operations, (word) => word === "planned"));

      const run = await desk.run(bank, text, { job });
      expect(run.rows.map((row) => row.result)).to.deep.equal(words);
      if (codes) expect(run.rows.map((row) => row.result_code?.split(" | ")[0])).to.deep.equal(codes);
      const sent = bank.effects.map(({ kind }) => kind);
      const tried = run.rows.flatMap((row) => kindsOf(row.result_operations, (word) => word !== "skipped"));
      expect(new Set(tried), "operations of the run").to.deep.equal(new Set(planned));
      if (operations) expect(bank.writes.map(kindOf).sort()).to.deep.equal([...operations].sort());
      if (words.every((word) => word === "applied")) expect(sent).to.have.length(bank.writes.length);
      after?.(bank);

      const before = bank.effects.length;
      const again = await desk.run(bank, text, { job, start: { again: "the test says so" } });
      const expected = words.map((word) => (word === "applied" ? "unchanged" : word));
      expect(again.rows.map((row) => row.result)).to.deep.equal(expected);
      expect(bank.effects.length, "effects of the second run").to.equal(before);
    });
  }
});

function kindsOf(operations: string | undefined, wanted: (word: string) => boolean): string[] {
  return (operations ?? "").split("; ").flatMap((text) => {
    const [kind = "", word = ""] = text.split("=");
    return kind !== "" && wanted(word) ? [kind] : [];
  });
}

/** The kind of operation that a request was, judged from outside. */
function kindOf({ method, path }: { method: string; path: string }): string {
  if (method === "PATCH") return "patch";
  if (method === "DELETE") return "remove_relationship";
  const last = path.split("/").at(-1) ?? "";
  return last === "batch" ? "add_relationships" : last === "accounts" ? "create" : last;
}
