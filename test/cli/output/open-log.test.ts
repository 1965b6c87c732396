/** The log: one line an event whatever the values hold, nothing but the listed fields, and no line lost on the way out. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { describeStack, placeOf } from "../../../src/errors/describe-stack.ts";
import { itWhole } from "../../support/extent.ts";

const PROCESS = fileURLToPath(new URL("log-process.ts", import.meta.url));
const NASTY = 'a\nb\r\u2028c\u0085d \u001b[2J\u009b1m\u202e "quoted" %s %d {} \ud800 end';

function startLogging(events: readonly unknown[], many = 0, env: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, [PROCESS, JSON.stringify(events), String(many)], {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
}

describe("the log", () => {
  it("is one JSON line an event, whatever message and fields hold, and carries the listed fields only", async () => {
    const fields = {
      run: NASTY,
      row: 7,
      next: NASTY,
      words: { applied: 2, cell: "canary", failed: "canary" },
      job: { secret: "canary" },
      cell: "canary",
      message: "canary",
      stack: "canary",
      level: "canary",
      rows: "canary",
    };
    const written = await text(startLogging([[NASTY, fields]]).stderr);
    expect(written)
      .to.match(/^[^\p{Cc}\p{Zl}\p{Zp}\p{Cf}]+\n$/u)
      .and.not.contain("canary");
    const { timestamp, message, run, next, ...rest } = JSON.parse(written) as Record<string, unknown>;
    expect(Date.parse(String(timestamp))).to.be.a("number").and.not.NaN;
    expect(rest).to.deep.equal({ level: "error", row: 7, words: { applied: 2 } });
    expect(new Set([message, run, next]).size).to.equal(1);
    expect(message).to.match(/^a b c d \[2J .*"quoted" %s %d \{\} .* end$/);
  });

  it("is one line an event on a terminal too, and no line is longer than paths and keys need", async () => {
    const long = "x".repeat(20_000);
    const events = [
      [NASTY, { run: NASTY }],
      [long, { next: long }],
    ];
    const written = await text(startLogging(events, 0, { AS_TERMINAL: "1" }).stderr);
    const lines = written.split("\n");
    expect(lines).to.have.length(3);
    for (const line of lines) expect(line.length).to.be.below(4_100);
    expect(written)
      .to.match(/^error: a b c d/)
      .and.not.match(/[\p{Zl}\p{Cf}]|(?!\n)\p{Cc}/u);
  });

  itWhole("loses no line when the process leaves, however slowly it is read", async () => {
    const many = 20_000;
    const child = startLogging([], many);
    const ended = once(child, "close");
    let last = 0;
    let rest = "";
    for await (const chunk of child.stderr.setEncoding("utf8")) {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const { row } = JSON.parse(line) as { row: number };
        expect(row).to.equal(last + 1);
        last = row;
      }
      // The pipe is full long before all is written.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([last, rest]).to.deep.equal([many, ""]);
    expect((await ended)[0]).to.equal(0);
  });

  itWhole("ends in good order when its reader has left", async () => {
    const child = startLogging([], 20_000);
    child.stderr.destroy();
    expect((await once(child, "close"))[0]).to.equal(0);
  });
});

describe("the place of a bug", () => {
  it("tells kind and frames, and nothing of any message", () => {
    const cause = new RangeError("canary\n    at canary (file:///canary:1:1)");
    const error = Object.assign(new TypeError("canary\n  canary", { cause }), { code: "ERR_CANARY_FREE" });
    expect(placeOf(error)).to.match(/^TypeError ERR_CANARY_FREE at .*log\.test\.ts:\d+:\d+\)?$/);
    const lines = describeStack(error);
    expect(lines.join("\n"))
      .to.match(/\n {2}caused by RangeError\n {4}at /)
      .and.not.contain("canary");
    expect(placeOf("canary")).to.equal("string at a place unknown");
  });
});
