/**
 * The end of a start that was stopped before its last files: the command to type next is the one that was stopped.
 */
import { resolve } from "node:path";
import { expect } from "chai";
import { printEnd } from "../../../src/cli/output/print-end.ts";
import type { RunContext } from "../../../src/run/context.ts";

describe("printEnd", () => {
  const nextAfter = (of: "run" | "plan" | "validate", over: Partial<RunContext> = {}) => {
    const texts: string[] = [];
    const nexts: unknown[] = [];
    const printer = {
      log: { info() {}, warn() {}, error() {} },
      say: (_: object, text: string) => void texts.push(text),
      alert: (_: string, { next }: { next?: unknown }) => void nexts.push(next),
    };
    const context = { job: { name: "nightly" }, jobPath: resolve("jobs/nightly.ts"), ...over } as RunContext;
    printEnd(printer, context, { kind: "left", of, files: 2 });
    const [next] = nexts;
    expect(texts[0]).to.contain(String(next).slice("tieout ".length));
    return next;
  };

  it("names the command that was stopped, so that a plan or a rehearsal never leads to a run", () => {
    expect(nextAfter("run")).to.equal("tieout run nightly");
    expect(nextAfter("plan")).to.equal("tieout plan nightly");
    expect(nextAfter("validate")).to.equal("tieout validate nightly");
    expect(nextAfter("run", { isRehearsal: true })).to.equal("tieout rehearse nightly");
    expect(nextAfter("validate", { jobPath: "" })).to.equal("tieout validate --help");
  });
});
