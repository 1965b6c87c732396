/**
 * Targets are told of alarms: signed, once, in order, again when they fail, and never beyond a bound. Real receivers, real programs.
 */
import { createHmac } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type DeliveringOutside, deliverAtEnd, deliverNotices } from "../../src/alarm/deliver-notices.ts";
import { clearAlarms, type RaisedAlarm, raiseAlarm } from "../../src/alarm/raise-alarm.ts";
import { fetchByProxy } from "../../src/cli/fetch-by-proxy.ts";
import { pipeToCommand } from "../../src/cli/pipe-to-command.ts";
import type { JobInput } from "../../src/job.ts";
import type { RunContext } from "../../src/run/context.ts";
import { type Desk, openDesk } from "../support/scenario.ts";
import { Receiver } from "./receiver.ts";

const BANK = { url: "http://bank.test", clientId: "client", clientSecret: "secret" };
const SECRET = "Canary-secret-of-the-webhook";
const HELD: RaisedAlarm = {
  kind: "held",
  code: "guard",
  message: "run r holds 22 rows <for> a person's decision",
  run: "r",
  counts: { rows: 48, held: 22 },
  causes: { "held guard": 22 },
  next: "tieout approve r",
};

describe("targets of alarms", () => {
  let desk: Desk;
  let receiver: Receiver;
  let said: { level: string; message: string; fields: Record<string, unknown> }[];
  beforeEach(async () => {
    [desk, receiver, said] = [await openDesk({ durable: false }), await Receiver.open(), []];
  });
  afterEach(async () => {
    await receiver[Symbol.asyncDispose]();
    await desk[Symbol.asyncDispose]();
  });

  const context = (notify: JobInput["notify"]): RunContext => {
    const say =
      (level: string) =>
      (message: string, fields: object = {}) =>
        void said.push({ level, message, fields: { ...fields } });
    // Sockets live in real time.
    const clock = { ...desk.context(BANK).clock, nowMs: () => nowMs, sleep: () => Promise.resolve() };
    return {
      ...desk.context(BANK, { notify }),
      clock,
      random: () => 1,
      log: { info: say("info"), warn: say("warn"), error: say("error") },
    };
  };
  let nowMs = Date.UTC(2026, 10, 29, 2);
  const outside = (): DeliveringOutside => ({
    variables: { HOOK: `${receiver.url}/hook?key=Canary-key`, CHAT: `${receiver.url}/chat`, SECRET },
    pipeTo: pipeToCommand,
    fetch: fetchByProxy,
    typed: (command) => `npx ${command}`,
  });
  const never = new AbortController().signal;
  const deliver = (at: RunContext) => deliverNotices(at, outside(), never);
  const reasons = () => said.map(({ level, fields }) => [level, fields.reason].filter(Boolean).join(": "));
  const HOOK = { webhook: "HOOK", secret: "SECRET" };

  it("get it signed, with counts, causes and what to type, once when it is raised and once when it is cleared", async () => {
    const at = context([HOOK, { slack: "CHAT" }, { slack: "OTHER", kinds: ["failed"] }]);
    await raiseAlarm(at, HELD);
    await raiseAlarm(at, HELD);
    expect(await deliver(at)).to.equal(null);
    expect(await deliver(at)).to.equal(null);
    const [hook, chat] = receiver.received.toSorted((one, other) => other.path.localeCompare(one.path));
    expect(receiver.received).to.have.length(2);
    const told = JSON.parse(hook?.body ?? "") as Record<string, unknown>;
    const { id, ...rest } = told;
    expect(rest).to.deep.equal({
      format: 1,
      event: "raised",
      job: "desk",
      bank: { apiUrl: BANK.url, program: "client" },
      kind: "held",
      means: "rows wait for a person's decision",
      code: "guard",
      message: HELD.message,
      since: "2026-11-29T02:00:00.000Z",
      cleared: null,
      run: "r",
      counts: HELD.counts,
      causes: HELD.causes,
      next: "npx tieout approve r",
    });
    expect(id)
      .to.match(/^[0-9a-f]{32}$/)
      .and.equal(hook?.headers["tieout-event-id"]);
    const [, t = "", v1 = ""] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(hook?.headers["tieout-signature"])) ?? [];
    expect(v1).to.equal(createHmac("sha256", SECRET).update(`${t}.${hook?.body}`).digest("hex"));
    expect(Number(t)).to.equal(nowMs / 1_000);
    expect(JSON.parse(chat?.body ?? "")).to.deep.equal({
      text: "desk: held. run r holds 22 rows &lt;for&gt; a person's decision\nnext: npx tieout approve r",
    });
    expect(chat?.headers).to.not.have.property("tieout-signature");
    nowMs += 60_000;
    await clearAlarms(at, ["held"]);
    await deliver(at);
    const cleared = receiver.json().find(({ event }) => event === "cleared");
    expect(cleared).to.include({ since: "2026-11-29T02:00:00.000Z", cleared: new Date(nowMs).toISOString() });
    expect(cleared?.id).to.not.equal(id);
    expect(receiver.received).to.have.length(4);
  });

  const FAILS = [
    ["answers 500", (answer) => answer.writeHead(500).end("Canary of the receiver"), "it answers 500"],
    [
      "sends elsewhere",
      (answer) => answer.writeHead(302, { Location: "/other" }).end(),
      "it answers with another address (302), which is not followed",
    ],
    ["hangs up", (answer) => answer.destroy(), /^it cannot be reached \(\w+\)$/],
  ] as const satisfies readonly (readonly [string, (typeof Receiver.prototype.answers)[number], string | RegExp])[];
  for (const [what, answer, reason] of FAILS)
    it(`are tried again, later each time, when one ${what}; and nothing secret is said`, async () => {
      const at = context([HOOK]);
      await raiseAlarm(at, HELD);
      receiver.answers.push(answer, answer);
      const first = await deliver(at);
      expect(first).to.equal(nowMs + 15_000);
      nowMs += 14_999;
      await deliver(at);
      expect(receiver.received, "not before").to.have.length(1);
      nowMs += 1;
      expect(await deliver(at)).to.equal(nowMs + 30_000);
      nowMs += 30_000;
      expect(await deliver(at)).to.equal(null);
      expect(new Set(receiver.json().map(({ id }) => id)).size, "the same event").to.equal(1);
      expect(receiver.received.map(({ path }) => path)).to.deep.equal(Array(3).fill("/hook?key=Canary-key"));
      const tries = said.filter(({ message }) => message.includes("could not be told"));
      expect(tries).to.have.length(2);
      for (const { level, fields } of tries) {
        expect(level).to.equal("warn");
        expect(fields.reason).to.match(
          typeof reason === "string" ? new RegExp(`^${reason.replace(/[()]/g, "\\$&")}$`) : reason,
        );
      }
      expect(JSON.stringify(said)).not.to.contain("Canary");
    });

  it("are given up after a day, with an error", async () => {
    const at = context([HOOK]);
    await raiseAlarm(at, HELD);
    for (let tries = 0; tries < 2; tries += 1) {
      receiver.answers.push((answer) => answer.writeHead(503).end());
      await deliver(at);
      nowMs += 24 * 3_600_000 + 1;
    }
    expect(await deliver(at)).to.equal(null);
    expect(said.at(-1)).to.deep.include({
      level: "error",
      message: "a target could not be told for a day, and is told no more",
    });
    expect(receiver.received).to.have.length(2);
  });

  it("that hang are let go of after ten seconds, whatever else is to be told, and the command ends", async function () {
    this.timeout(30_000);
    const at = context([HOOK, { slack: "CHAT" }, { command: ["sleep", "600"] }]);
    await raiseAlarm(at, HELD);
    receiver.answers.push(
      () => {},
      () => {},
    );
    const beganMs = performance.now();
    await deliverAtEnd(at, outside());
    expect(performance.now() - beganMs).to.be.within(9_000, 14_000);
    expect(
      reasons()
        .filter((reason) => reason.startsWith("warn: "))
        .sort(),
    ).to.deep.equal([
      "warn: it has not answered in time",
      "warn: it has not answered in time",
      "warn: it has not ended in time",
    ]);
  });

  it("need a variable that is set, and that has an address", async () => {
    const at = context([{ webhook: "HOOK", secret: "NO_SECRET" }, { slack: "NO_CHAT" }, { slack: "SECRET" }]);
    await raiseAlarm(at, HELD);
    await deliver(at);
    expect(
      reasons()
        .filter((reason) => reason.startsWith("warn: "))
        .sort(),
    ).to.deep.equal([
      "warn: NO_CHAT is not set",
      "warn: NO_SECRET is not set",
      "warn: SECRET is no address that begins with https:// or http://",
    ]);
    expect(receiver.received).to.deep.equal([]);
  });

  it("may be programs: the JSON on standard input, no shell, and no variable but those named", async () => {
    const out = join(desk.folder, "out.txt");
    const script = join(desk.folder, "page.sh");
    await writeFile(
      script,
      `#!/bin/sh\n{ cat; echo; env; echo "$1"; } > ${out}\nyes | head -c 10000000\nyes | head -c 10000000 >&2\n`,
    );
    await chmod(script, 0o755);
    process.env.PAGER_TOKEN = "for-the-pager";
    process.env.LEAD_CLIENT_SECRET = "Canary-of-the-bank";
    try {
      const at = context([{ command: [script, "$HOME; touch x"], env: ["PAGER_TOKEN"] }]);
      await raiseAlarm(at, HELD);
      expect(await deliver(at)).to.equal(null);
    } finally {
      delete process.env.PAGER_TOKEN;
      delete process.env.LEAD_CLIENT_SECRET;
    }
    const [json = "", ...rest] = (await readFile(out, "utf8")).split("\n");
    expect(JSON.parse(json)).to.include({ event: "raised", kind: "held", next: "npx tieout approve r" });
    expect(rest).to.include.members(["PAGER_TOKEN=for-the-pager", "$HOME; touch x"]);
    expect(rest.join("\n")).not.to.contain("Canary");
  });

  for (const [what, command, reason] of [
    ["is not there", ["/nowhere/page"], "it cannot be started (ENOENT)"],
    ["fails", ["false"], "it ended with 1"],
    ["does not read", ["true"], undefined],
  ] as const)
    it(`may be a program that ${what}`, async () => {
      const at = context([{ command: [...command] }]);
      await raiseAlarm(at, { ...HELD, message: "x".repeat(1_000_000) });
      await deliver(at);
      expect(reasons().filter((text) => text.startsWith("warn: "))).to.deep.equal(
        reason === undefined ? [] : [`warn: ${reason}`],
      );
    });

  it("are told by one process, where several have the same outbox, and by the next one when that has died", async () => {
    const at = context([HOOK]);
    await raiseAlarm(at, HELD);
    await Promise.all([deliver(at), deliver(at), deliver(at)]);
    expect(receiver.received).to.have.length(1);
    await clearAlarms(at, ["held"]);
    const { ledger, bankName } = at;
    // Whoever has taken it does not come back.
    await ledger.alarms.takeNotices(bankName, "desk", { nowMs, untilMs: nowMs + 60_000, limit: 9 });
    expect(await deliver(at)).to.equal(nowMs + 60_000);
    nowMs += 60_000;
    await deliver(at);
    expect(receiver.json().map(({ event }) => event)).to.deep.equal(["raised", "cleared"]);
  });

  it("that the job no longer names are forgotten", async () => {
    await raiseAlarm(context([HOOK]), HELD);
    expect(await deliver(context([{ slack: "CHAT" }]))).to.equal(null);
    expect(receiver.received).to.deep.equal([]);
  });
});
