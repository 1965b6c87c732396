/**
 * Several processes that apply one plan over a ledger in PostgreSQL: they come to what a run comes to, also when the process that began dies.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { describeOnPostgres } from "../ledger/postgres/use-postgres.ts";
import { expectEnd, Several, SOME_EFFECTS, TIMEOUT_MS } from "./several.ts";

describeOnPostgres("workers that apply a plan", function () {
  this.timeout(2 * TIMEOUT_MS);

  it("finish it when the process that began it is killed, each call once", async () => {
    await using several = await Several.open();
    const { scene } = several;
    const { code, out, err } = await several.start({ args: ["plan", scene.job] }).ended;
    expect(code, err).to.equal(3);
    const [, plan = ""] = /^plan (\S+)/.exec(out) ?? [];
    expect(scene.bank.effects, "a plan sends nothing").to.have.length(0);
    // Only the results of the run are looked at.
    await rm(join(scene.folder, "out"), { recursive: true });
    const apply = several.start({ args: ["apply", plan] });
    const workers = [several.startWorker(), several.startWorker()];
    await several.untilEffects(SOME_EFFECTS, apply);
    apply.child.kill("SIGKILL");
    await several.untilOver();
    for (const { child } of workers) child.kill("SIGTERM");
    for (const worker of workers) expect(await expectEnd(worker, 0)).to.contain("works on a run");
    expect(await several.wrongs("a plan")).to.deep.equal([]);
    const again = await several.start({ args: ["apply", plan] }).ended;
    expect(again.code, again.err).to.equal(7);
  });
});
