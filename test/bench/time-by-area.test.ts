/** Where a profile's time goes, on profiles of a few functions. */
import { expect } from "chai";
import { type CpuProfile, timeByArea } from "./time-by-area.ts";

const SRC = "file:///home/tieout/src";

/** A chain of callers, each `function url`, the last of which was met for 10 µs. */
function profileOf(...chain: readonly string[]): CpuProfile {
  const frames = ["(root) ", ...chain].map((frame) => frame.split(/ (?=\S*$)/) as [string, string]);
  const nodes = frames.map(([functionName, url], index) => ({
    id: index + 1,
    callFrame: { functionName, url },
    children: index + 1 < frames.length ? [index + 2] : [],
  }));
  return { nodes, samples: [nodes.length], timeDeltas: [10] };
}

const metIn = (...chain: readonly string[]) => [...timeByArea(profileOf(...chain))].filter(([, us]) => us > 0);

describe("the time of a profile", () => {
  it("goes to the area of the function's file, and native code's to its caller", () => {
    const ledger = "the ledger: statements, and what goes in and out";
    expect(metIn(`write ${SRC}/ledger/sqlite/database.ts`)).to.deep.equal([[ledger, 10]]);
    expect(metIn(`write ${SRC}/ledger/sqlite/database.ts`, "run ")).to.deep.equal([[ledger, 10]]);
    expect(metIn(`read ${SRC}/bank/answers.ts`, `parseJson ${SRC}/text/json.ts`)).to.deep.equal([["bank/", 10]]);
    expect(metIn(`key ${SRC}/plan/key.ts`, "update node:internal/crypto/hash")).to.deep.equal([["uuid and plan/", 10]]);
  });

  it("keeps COMMIT, loading, garbage and waiting apart from the rest", () => {
    expect(metIn("benchCommit /test/bench/mark-commits.ts", "act /test/bench/mark-commits.ts")).to.deep.equal([
      ["the ledger: COMMIT", 10],
    ]);
    expect(metIn("run node:internal/modules/esm/module_job", `top ${SRC}/bank/http-bank.ts`)).to.deep.equal([
      ["loading modules", 10],
    ]);
    expect(metIn("(garbage collector) ")).to.deep.equal([["garbage collection", 10]]);
    expect(metIn("(idle) ")).to.deep.equal([["idle: waiting for the bank", 10]]);
    expect(metIn("(program) ")).to.deep.equal([["outside of JavaScript", 10]]);
    expect(metIn("toString ")).to.deep.equal([["other", 10]]);
  });
});
