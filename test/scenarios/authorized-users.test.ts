/**
 * The bank's Authorized Users file: which users rows add and remove, what becomes of the rows of one account, and what is
 * never touched.
 */
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";
import { fileOfUsers, SEED_OF_USERS, USER_SCENARIOS, usersOf, wordsOf } from "./users-of-a-bank.ts";

describe("rows of the Authorized Users file", () => {
  for (const { name, users, words, after, calls, job = {} } of USER_SCENARIOS) {
    it(name, async () => {
      await using bank = await startSandbox({ seed: SEED_OF_USERS });
      await using desk = await openDesk({ durable: false });
      const plan = await desk.run(bank, fileOfUsers(...users), { job, start: { kind: "plan" } });
      expect(bank.writes, "of a plan").to.have.lengthOf(0);
      const { rows } = await desk.run(bank, fileOfUsers(...users), { job });
      expect(wordsOf(rows)).to.deep.equal(words);
      expect(bank.writes).to.have.lengthOf(calls);
      const planned = plan.rows.map(({ result_operations }) => result_operations?.replaceAll(/=\w+/g, ""));
      expect(planned).to.deep.equal(rows.map(({ result_operations }) => result_operations?.replaceAll(/=\w+/g, "")));
      for (const [no, wanted] of Object.entries(after))
        expect(usersOf(bank, Number(no)), `account ${no}`).to.deep.equal([...wanted].sort());
      const again = await desk.run(bank, fileOfUsers(...users), { job, start: { again: "once more" } });
      const expected = words.map((word) => (word === "applied" ? "unchanged" : word));
      expect(wordsOf(again.rows)).to.deep.equal(expected);
      expect(bank.writes.length - calls, "writes of the second run").to.equal(
        words.includes("refused bank_refused") ? 1 : 0,
      );
    });
  }
});
