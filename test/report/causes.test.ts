/**
 * Causes: rows that failed for the same reason are one, in bounded memory, and no cell gets into them.
 */
import { expect } from "chai";
import { CODES } from "../../src/errors/codes/codes.ts";
import type { Issue } from "../../src/errors/issue.ts";
import type { Word } from "../../src/errors/words.ts";
import { CauseTally, completeCause, MOST_CAUSES } from "../../src/report/causes.ts";
import type { ResultRow } from "../../src/report/result-row.ts";
import { issue, operation, resultRow } from "./result-rows.ts";

const refused = (message: string, column = "", bankCode = "parameters_invalid"): Issue => ({
  code: "bank_refused",
  column,
  message: `${bankCode}: ${message}`,
  bankCode,
});

function tallyOf(rows: readonly ResultRow[], header: readonly string[] = ["account_id", "name"]): CauseTally {
  const tally = new CauseTally(header);
  for (const row of rows) tally.add(row);
  return tally;
}

const rowWith = (row: number, issues: readonly Issue[], over: Partial<ResultRow> = {}) =>
  resultRow(row, { word: "refused", issues, ...over });

describe("causes", () => {
  it("are six for thousands of messages, with count, rows and the bank's reason, the most frequent first", () => {
    const kinds = [
      (n: number) => refused(`limit ${n} must be below ${n * 7}.50 USD`, "account_id"),
      (n: number) => refused(`entity ent_${n}abc was not found`, "account_id"),
      (n: number) => refused(`the holder "Person ${n}" is blocked since 2026-01-0${1 + (n % 9)}`),
      () => issue("id_malformed", "account_id"),
      () => issue("id_malformed", "name"),
      (n: number): Issue => ({ code: "bank_error", column: "", message: `HTTP 502: upstream ${n} is gone` }),
    ];
    const rows = Array.from({ length: 4_312 }, (_, index) => rowWith(index + 2, [kinds[index % 6]?.(index) as Issue]));
    const { causes } = tallyOf(rows);
    expect(causes).to.have.length(6);
    expect(causes.map(({ no }) => no)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(causes.map(({ bankReason }) => bankReason).filter(Boolean)).to.have.members([
      "limit … must be below …",
      "entity … was not found",
      "the holder … is blocked since …",
      "upstream … is gone",
    ]);
    expect(causes.reduce((sum, { count }) => sum + count, 0)).to.equal(4_312);
    const limit = causes.find(({ bankReason }) => bankReason.startsWith("limit"));
    expect(limit).to.include({ column: "account_id", bankCode: "parameters_invalid", count: 719 });
    expect(limit).to.include({ firstRow: 2, lastRow: 4_310 });
    expect(limit?.samples).to.have.length(3).and.include.members([2, 4_310]);
    expect(limit?.samples[1]).to.be.within(1_700, 2_700);
    expect(causes.map(({ count }) => count)).to.deep.equal([719, 719, 719, 719, 718, 718]);
  });

  it("lose what the row has in cells, lists and JSON, what was sent and what the bank held", () => {
    const secrets = ["Zed Quark", "Ypsilon", "Xanthe", "Wiebke", "Vroni", "ug"];
    const row = rowWith(
      2,
      secrets.map((secret) => refused(`${secret} is not allowed here`)),
      {
        cells: ["Zed Quark", "one;Ypsilon", '{"deep":["Xanthe"]}', "ug"],
        operations: [operation("patch", "refused", { body: '{"metadata":{"branch":"Wiebke"}}' })],
        differences: [{ field: "product_name", actual: "Vroni", desired: "Card" }],
      },
    );
    const { causes } = tallyOf([row]);
    expect(causes.map(({ bankReason, count }) => [bankReason, count])).to.deep.equal([["… is not allowed here", 1]]);
  });

  it("keep no code or column of the bank's that is a value or no name, and no number within one", () => {
    const odd = [
      refused("is odd", "Zed 7"),
      refused("is odd", "account_holders[3].entity_id"),
      refused("is odd", "name"),
      refused("is odd", "", "Zed"),
      refused("is odd", "", "code 7"),
    ];
    const { causes } = tallyOf([rowWith(2, odd, { cells: ["Zed", "x"] })]);
    expect(causes.map(({ column, bankCode = "" }) => [column, bankCode])).to.have.deep.members([
      ["", "parameters_invalid"],
      ["account_holders[…].entity_id", "parameters_invalid"],
      ["name", "parameters_invalid"],
      ["", ""],
    ]);
  });

  it("have no reason of the bank's where the message is ours", () => {
    const own: Issue = {
      code: "capability_removal",
      column: "name",
      message: "the bank has deposit, which is missing",
    };
    const silent: Issue = { code: "bank_error", column: "", message: "no answer, while others got one: ECONNRESET" };
    const { causes } = tallyOf([rowWith(2, [own, silent])]);
    expect(causes.map(({ bankReason }) => bankReason)).to.deep.equal(["", ""]);
  });

  it("are none for rows that agree: what is said of those is a note", () => {
    const words: readonly Word[] = ["applied", "applied", "unchanged", "skipped"];
    const tally = tallyOf(words.map((word, index) => resultRow(index + 2, { word, issues: [issue("stale")] })));
    expect(tally.causes.map(({ word, count }) => [word, count])).to.deep.equal([["skipped", 1]]);
    expect(tally.notes).to.deep.equal([
      { word: "applied", code: "stale", count: 2 },
      { word: "unchanged", code: "stale", count: 1 },
    ]);
  });

  it("stay few for 100,000 different texts: what is beyond the limit is one cause, and every row is in one", () => {
    const letters = (n: number) =>
      [...n.toString(26)].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join("");
    const rows = Array.from({ length: 100_000 }, (_, index) =>
      rowWith(index + 2, [refused(`is a ${letters(index)} thing`)]),
    );
    const tally = tallyOf([...rows, rowWith(100_002, [issue("stale")])]);
    const { causes } = tally;
    expect(causes).to.have.length(MOST_CAUSES + 2);
    expect(causes[0]).to.include({ no: 1, others: true, bankReason: "", column: "", lastRow: 100_001 });
    expect(causes.reduce((sum, { count }) => sum + count, 0)).to.equal(100_001);
    const find = tally.finder();
    const inOthers = rows.filter((row) => find(row).has(1));
    expect(inOthers).to.have.length(causes[0]?.count ?? 0);
    expect([...find(rows[0] as ResultRow)]).to.not.include(1);
  });

  it("are notes where nobody has to lift them: rows that a plan leaves to its run, and that a later row replaces", () => {
    const skipped = (row: number, code: Issue["code"]) => rowWith(row, [issue(code)], { word: "skipped" });
    const tally = tallyOf([
      skipped(2, "not_run"),
      skipped(3, "not_run"),
      skipped(4, "superseded"),
      skipped(5, "stopped"),
    ]);
    expect(tally.causes.map(({ code, count }) => [code, count])).to.deep.equal([["stopped", 1]]);
    expect(tally.notes).to.deep.equal([
      { word: "skipped", code: "not_run", count: 2 },
      { word: "skipped", code: "superseded", count: 1 },
    ]);
  });

  it("say who can fix them and what to do, with a command only where running the rows again can help", () => {
    const commandOf = (word: Word, code: Issue["code"], run: string | null = "run-1") => {
      const [cause] = tallyOf([resultRow(7, { word, issues: [issue(code)] })]).causes;
      return cause && completeCause(cause, run);
    };
    expect(commandOf("failed", "bank_error")).to.include({
      owner: "bank",
      todo: CODES.bank_error.todo,
      command: "tieout rerun run-1 --cause 1",
    });
    expect(commandOf("failed", "bank_error", null)?.command).to.equal(null);
    expect(commandOf("unknown", "bank_error")).to.include({ todo: CODES.outcome_unknown.todo, command: null });
    expect(commandOf("invalid", "id_malformed")?.command).to.equal(null);
    expect(commandOf("held", "guard")?.command).to.equal(null);
    expect(commandOf("held", "lookup_unproven")?.command).to.equal("tieout rerun run-1 --cause 1");
    const near = commandOf("held", "key_near_known");
    expect(near?.command).to.equal('tieout rerun run-1 --cause 1 --accept key_near_known --reason "…"');
    expect(near?.todo).to.equal("Correct the id; or, if they are two accounts, type the command below.");
  });
});
