/** The watch over expected files meets an internal error: it is said, without its message, and the schedule goes on. */
import { expect } from "chai";
import { watchExpected } from "../../src/cli/commands/watch-expected.ts";
import type { Session } from "../../src/cli/session.ts";
import { defineJob } from "../../src/job.ts";

it("a watch over expected files that meets an internal error says so and goes on", async () => {
  const stop = new AbortController();
  const said: unknown[] = [];
  const log = {
    error(message: string, fields: object) {
      said.push([message, fields]);
      setImmediate(() => stop.abort());
    },
  };
  const openLedger = async () => {
    throw new TypeError("Canary");
  };
  const job = defineJob({
    name: "nightly",
    source: { folder: "in" },
    results: { folder: "out" },
    expect: { by: "02:30", zone: "UTC", days: "every-day" },
  });
  const session = { log, openLedger, workFolder: () => "" } as unknown as Session;
  await watchExpected(session, { job, path: "job.ts", mark: "" }, stop.signal, () => {});
  expect(said).to.have.length(1);
  expect(said[0]).to.have.nested.property("[1].code", "internal");
  expect(JSON.stringify(said)).not.to.contain("Canary");
});
