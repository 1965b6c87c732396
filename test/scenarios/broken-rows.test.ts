/**
 * Every broken row goes through a whole run, and ends with its one code before anything was sent; the same mistake goes
 * straight to the sandbox, which refuses it too. The sound rows beside them are applied, or the table would prove nothing.
 */
import { expect } from "chai";
import { PLAN_CODES } from "../../src/errors/codes/plan.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { cellsShownBy } from "../rules/shown-cells.ts";
import { openCaller } from "../sandbox/caller.ts";
import { openDesk } from "../support/scenario.ts";
import { THEMES } from "./broken-rows.ts";
import { fileOf, idOf, rowsOf, seedOf } from "./broken-rows-files.ts";
import type { Theme } from "./broken-rows-seed.ts";

const bankOf = (theme: Theme, count: number) => startSandbox({ seed: seedOf(theme, count) });

describe("rows that break one rule each", () => {
  it("are two hundred and more, and most have a request that says the same", () => {
    const broken = THEMES.flatMap((theme) => theme.broken);
    const names = THEMES.flatMap(({ name, broken: rows }) => rows.map(([row]) => `${name}: ${row}`));
    expect(broken.length).to.be.at.least(200);
    expect(broken.filter(([, , , request]) => request !== undefined).length).to.be.at.least(150);
    expect(new Set(names).size, "each has a name of its own").to.equal(names.length);
  });

  for (const theme of THEMES) {
    const { name, broken, sound, job = {} } = theme;

    describe(name, () => {
      it(`${broken.length} broken rows end with their code, and nothing is sent`, async () => {
        await using bank = await bankOf(theme, broken.length);
        await using desk = await openDesk();
        const given = rowsOf(
          theme,
          broken.map(([, , cells]) => cells),
        );
        const { rows } = await desk.run(bank, fileOf(given), { job: { precheck: true, ...job } });
        const ends = rows.map(
          ({ result = "", result_code }, index) => `${broken[index]?.[0]}: ${result} ${result_code}`,
        );
        const wanted = broken.map(([row, code], index) => `${row}: ${judgeOf(rows[index]?.result)} ${code}`);
        expect(ends).to.deep.equal(wanted);
        for (const [index, { result_code = "", result_message = "" }] of rows.entries()) {
          expect(result_message).to.match(/^[^\n\r]{15,}$/);
          const shown = cellsShownBy(result_message, Object.values(given[index] ?? {}), result_code in PLAN_CODES);
          expect(shown, result_message).to.deep.equal([]);
        }
        expect(bank.writes).to.deep.equal([]);
      });

      it("the bank refuses the same mistakes", async () => {
        await using bank = await bankOf(theme, broken.length);
        const call = await openCaller(bank);
        const answers: string[] = [];
        const wanted: string[] = [];
        for (const [index, [row, , , request]] of broken.entries()) {
          if (request === undefined) continue;
          const { status, text } = await call(request.call.replace(":id", idOf(index)), { body: request.body });
          answers.push(`${row}: ${status}${status === 200 ? ` ${text}` : ""}`);
          wanted.push(`${row}: ${request.status}`);
        }
        expect(answers).to.deep.equal(wanted);
        expect(bank.effects).to.deep.equal([]);
      });

      it("the sound rows beside them are applied", async () => {
        await using bank = await bankOf(theme, sound.length);
        await using desk = await openDesk();
        const { rows } = await desk.run(bank, fileOf(rowsOf(theme, sound)), { job: { precheck: true, ...job } });
        const ends = rows.map(({ result, result_code, result_message }) => [result, result_code, result_message]);
        expect(
          ends.map(([word]) => word),
          JSON.stringify(ends),
        ).to.deep.equal(sound.map(() => "applied"));
      });
    });
  }
});

/** Either of the two words that a broken rule may end a row with. */
function judgeOf(word: string | undefined): string {
  return word === "invalid" || word === "refused" ? word : "invalid or refused";
}
