/** What a job may say of who is told: names of variables, never an address or a secret. */
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { defineJob, type JobInput } from "../../src/job.ts";
import { targetName, targetsOf } from "../../src/notify-settings.ts";

const define = (notify: unknown) =>
  defineJob({ name: "a", source: { folder: "in" }, results: { folder: "out" }, notify: notify as JobInput["notify"] })
    .notify;

describe("notify in a job", () => {
  it("names targets, each for the kinds that it is told of", () => {
    const targets = define([
      { webhook: "HOOK", secret: "KEY" },
      { slack: "CHAT", kinds: ["failed"] },
      { command: ["/bin/page", "--token=abc"] },
    ]);
    expect(targets.map(targetName)).to.deep.equal(["webhook HOOK", "slack CHAT", "command /bin/page"]);
    expect(targetsOf(targets, "held")).to.deep.equal(["webhook HOOK", "command /bin/page"]);
    expect(targetsOf(targets, "failed")).to.have.length(3);
    expect(define(undefined)).to.deep.equal([]);
  });

  for (const [what, notify, message] of [
    ["an address", [{ slack: "https://hooks.example/T0/Canary" }], /name of the environment variable/],
    ["a webhook without a secret", [{ webhook: "HOOK" }], /notify\.0: .*webhook, secret/],
    ["an unknown kind", [{ slack: "CHAT", kinds: ["sad"] }], /notify\.0/],
    ["a target twice", [{ slack: "CHAT" }, { slack: "CHAT", kinds: ["held"] }], /notify: name each target once/],
  ] as const)
    it(`refuses ${what}, in words without it`, () => {
      expect(() => define(notify))
        .to.throw(FatalError, message)
        .with.property("message")
        .that.does.not.contain("Canary");
    });
});
