/**
 * Runs that cells name: a whole id is one, the beginning of an id is none, and a ledger that fails is no answer.
 */
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { Run } from "../../src/ledger/run.ts";
import { findNamedRun } from "../../src/run/find-named-run.ts";

const RUN = { id: "20261129-021500-a1b2c3" } as Run;
const answering = (find: () => Promise<Run | undefined>) => ({ runs: { find } }) as unknown as Ledger;

describe("the run that a cell names", () => {
  it("is the one of that whole id", async () => {
    const ledger = answering(async () => RUN);
    expect(await findNamedRun(ledger, RUN.id)).to.equal(RUN);
    expect(await findNamedRun(ledger, RUN.id.slice(0, 8))).to.equal(undefined);
  });

  it("is none where two ids begin so, and an error where the ledger cannot be read", async () => {
    const failing = (code: "run_not_found" | "ledger_unusable") =>
      answering(() => Promise.reject(new FatalError(code, "no", { hint: "" })));
    expect(await findNamedRun(failing("run_not_found"), "2026")).to.equal(undefined);
    const error = await findNamedRun(failing("ledger_unusable"), RUN.id).catch((thrown: unknown) => thrown);
    expect(error).to.have.property("code", "ledger_unusable");
  });
});
