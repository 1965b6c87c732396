/**
 * A scheduler as an on-call engineer watches it: a scrape, a receiver of alarms, and a SIGTERM in the middle. Real processes, on each ledger.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { METRICS } from "../../src/monitor/metrics.ts";
import { Receiver } from "../alarm/receiver.ts";
import { describeOnPostgres } from "../ledger/postgres/use-postgres.ts";
import { tableLines } from "../support/markdown.ts";
import { SlowJob, type Watched } from "../support/slow-job.ts";
import { runTieout } from "../support/tieout.ts";

const KEY = "Canary-key-of-the-webhook";
const CRON = 'schedule: { cron: "*/2 * * * * *", zone: "UTC" }';
const SETTINGS = `concurrency: { reads: 1, writes: 1 }, firstStart: "all", ${CRON}, notify: [{ webhook: "HOOK", secret: "KEY" }]`;

const REJECTED = "acount_id\naccount_0\n";
const PAGE = new URL("../../docs/monitoring.md", import.meta.url);

/** Throws when the process has ended before. */
async function until(watched: Watched, isSo: () => boolean): Promise<void> {
  for (const endMs = performance.now() + 45_000; !isSo(); ) {
    if (performance.now() > endMs) throw new Error(watched.log);
    if (watched.child.exitCode !== null) throw new Error(watched.log);
    await sleep(20);
  }
}

const isThere = (program: string) => spawnSync(program, ["--version"]).status === 0;

async function startSchedule(job: SlowJob, receiver: Receiver): Promise<{ process: Watched; url: string }> {
  const more = { HOOK: `${receiver.url}/hook?token=Canary-token`, KEY };
  const process = job.start(["schedule", "./job.ts", "--listen", "127.0.0.1:0"], more);
  await until(process, () => process.log.includes("the schedule has started"));
  const [, url = ""] = /health and metrics are at (http:\/\/[\d.:]+)/.exec(process.log) ?? [];
  return { process, url };
}

const get = async (url: string) => {
  const answer = await fetch(url);
  return { status: answer.status, text: await answer.text() };
};

/** As `name{labels}` → figure. */
function figures(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.replace(/ \S+$/, ""), Number(line.split(" ").at(-1))]));
}

async function watchNight(ledger: "file" | "postgres"): Promise<void> {
  await using receiver = await Receiver.open();
  await using job = await SlowJob.open({ name: "watched", accounts: 12, latencyMs: 150, ledger, settings: SETTINGS });
  const first = await startSchedule(job, receiver);
  expect(await get(`${first.url}/healthz`)).to.deep.equal({ status: 200, text: "alive\n" });
  await writeFile(join(job.folder, "in/1.csv"), REJECTED);
  await until(first.process, () => receiver.received.length > 0);
  expect(receiver.json()[0]).to.include({ event: "raised", job: "watched", kind: "rejected" });
  expect(await get(`${first.url}/readyz`)).to.deep.equal({ status: 200, text: "ready\n" });

  await job.put(job.rows, "in/2.csv");
  await until(first.process, () => job.bank.effects.length > 3);
  const scraped = await get(`${first.url}/metrics`);
  const now = figures(scraped.text);
  expect(now.get('tieout_alarms_open{job="watched",kind="rejected"}'), scraped.text).to.equal(1);
  expect(now.get("tieout_calls_in_flight")).to.be.within(0, 1);
  expect(now.get("tieout_pace_per_second")).to.equal(50);
  expect(now.get('tieout_calls_total{kind="write",code="200"}')).to.be.above(2);
  expect(scraped.text).not.to.match(/account_\d|Canary/);

  first.process.child.kill("SIGTERM");
  let stopping = "";
  while (first.process.child.exitCode === null) {
    stopping += await get(`${first.url}/readyz`).then(
      ({ status, text }) => (status === 503 ? text : ""),
      () => "",
    );
    await sleep(10);
  }
  expect(stopping).to.contain("it is stopping");
  expect((await first.process.ended).code).to.equal(0);
  const before = job.bank.effects.length;
  expect(before).to.be.below(job.rows.length);

  const second = await startSchedule(job, receiver);
  await until(second.process, () => receiver.json().some(({ event }) => event === "cleared"));
  expect(job.bank.effects).to.have.length(job.rows.length);
  expect(receiver.json().map(({ event, kind }) => `${event} ${kind}`)).to.deep.equal([
    "raised rejected",
    "cleared rejected",
  ]);
  for (const { headers, body } of receiver.received) {
    const [, t, v1] = /^t=(\d+),v1=(\w+)$/.exec(String(headers["tieout-signature"])) ?? [];
    expect(v1).to.equal(createHmac("sha256", KEY).update(`${t}.${body}`).digest("hex"));
    expect(body).not.to.match(/account_\d|Canary/);
  }
  const after = await get(`${second.url}/metrics`);
  expect(figures(after.text).get('tieout_rows_total{job="watched",word="applied"}')).to.equal(job.rows.length);
  second.process.child.kill("SIGTERM");
  expect((await second.process.ended).code).to.equal(0);
  expect(first.process.log + second.process.log).not.to.contain("Canary");
}

describe("a schedule that is watched", function () {
  this.timeout(120_000);

  it("shows an alarm, a stop in the middle of a run, and that all came right", () => watchNight("file"));
  describeOnPostgres("on PostgreSQL", () => {
    it("shows an alarm, a stop in the middle of a run, and that all came right", () => watchNight("postgres"));

    it("may have a worker beside it, which is not ready before there is a ledger, and then counts its own calls", async () => {
      await using job = await SlowJob.open({ name: "watched", accounts: 4, latencyMs: 50, ledger: "postgres" });
      const worker = job.start(["worker", "./job.ts", "--listen", "127.0.0.1:0"]);
      await until(worker, () => worker.log.includes("health and metrics are at"));
      const [, url = ""] = /health and metrics are at (http:\/\/[\d.:]+)/.exec(worker.log) ?? [];
      expect(await get(`${url}/readyz`)).to.deep.equal({ status: 503, text: "it has not begun yet\n" });
      await job.put();
      expect((await job.tieout("run", "./job.ts")).code).to.equal(0);
      await until(worker, () => worker.log.includes("the worker has started"));
      const { text } = await get(`${url}/metrics`);
      expect(figures(text).get('tieout_last_run_exit{job="watched"}'), text).to.equal(0);
      expect(await get(`${url}/readyz`)).to.deep.equal({ status: 200, text: "ready\n" });
      worker.child.kill("SIGTERM");
      expect((await worker.ended).code).to.equal(0);
    });
  });

  it("has each metric in docs/monitoring.md, with its type, labels and meaning", async () => {
    const page = tableLines(await readFile(PAGE, "utf8")).filter((line) => line.startsWith("| `tieout_"));
    const documented = page.map((line) => line.split("|").map((cell) => cell.replaceAll("`", "").trim()));
    expect(documented.map(([, name, type, labels, help]) => [name, type, labels, help])).to.deep.equal(
      Object.entries(METRICS).map(([name, { type, labels, help }]) => [name, type, labels.join(", "), help]),
    );
  });

  it("has every metric that is documented, and no other, as promtool takes them", async () => {
    await using receiver = await Receiver.open();
    await using job = await SlowJob.open({
      name: "watched",
      accounts: 3,
      latencyMs: 300,
      ledger: "file",
      settings: SETTINGS,
    });
    const { process, url } = await startSchedule(job, receiver);
    await job.put([...job.rows, "account_99,New"]);
    await until(process, () => job.bank.effects.length > 0);
    const { text } = await get(`${url}/metrics`);
    const pace = text.match(/^tieout_pace_per_second \d+$/m);
    const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    expect(types).to.have.members(Object.entries(METRICS).map(([name, { type }]) => `${name} ${type}`));
    expect(pace, "while a run works").to.not.equal(null);
    for (const path of ["/", "/metrics/", "/healthz?x"])
      expect((await get(url + path)).status, path).to.equal(path === "/healthz?x" ? 200 : 404);
    expect((await fetch(`${url}/metrics`, { method: "POST", body: "x" })).status).to.equal(405);
    const port = new URL(url).port;
    const other = await runTieout(
      ["schedule", "./job.ts", "--listen", port],
      {
        LEAD_API_URL: job.bank.url,
        LEAD_CLIENT_ID: job.bank.clientId,
        LEAD_CLIENT_SECRET: job.bank.clientSecret,
        TIEOUT_LEDGER: job.ledger,
      },
      job.folder,
    );
    expect(other.code).to.equal(2);
    expect(other.err).to.contain(`tieout: --listen: port ${port} of 127.0.0.1 is in use [usage]; `);
    if (!isThere("promtool")) {
      console.error("      promtool is not installed: the scrape is not checked by it (Debian: prometheus)");
      return;
    }
    expect(execFileSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" })).to.equal("");
  });

  it("raises an alarm for a start that no process was there for within six hours, and the next start clears it", async () => {
    const hour = new Date(Date.now() - 10 * 3_600_000).getUTCHours();
    const settings = `schedule: { cron: "0 ${hour} * * *", zone: "UTC" }`;
    await using job = await SlowJob.open({ name: "watched", accounts: 1, latencyMs: 0, ledger: "file", settings });
    await job.put();
    expect((await job.tieout("run", "./job.ts")).code).to.equal(0);
    {
      using database = new DatabaseSync(join(job.folder, "ledger.sqlite"));
      database.exec("UPDATE leases SET since = since - 3 * 86400000");
    }
    const schedule = job.start(["schedule", "./job.ts"]);
    await until(schedule, () => schedule.log.includes("an alarm is raised"));
    schedule.child.kill("SIGTERM");
    await schedule.ended;
    expect((await job.tieout("alarms")).out).to.match(
      /watched {2}missed_start {2}no process was there .*\n {2}next: npx tieout run /,
    );
    expect((await job.tieout("run", "./job.ts")).code).to.equal(0);
    expect((await job.tieout("alarms")).out).to.equal("no alarm is open\n");
  });

  it("is followed by a start that tells what its process had not, when that was killed in between", async () => {
    await using receiver = await Receiver.open();
    await using job = await SlowJob.open({
      name: "watched",
      accounts: 1,
      latencyMs: 0,
      ledger: "file",
      settings: SETTINGS,
    });
    await writeFile(join(job.folder, "in/1.csv"), REJECTED);
    receiver.answers.push(() => {});
    const more = { HOOK: receiver.url, KEY };
    const struck = job.start(["run", "./job.ts"], more);
    await until(struck, () => receiver.received.length > 0);
    struck.child.kill("SIGKILL");
    await struck.ended;
    {
      // As if a minute had passed, after which it is known to be dead.
      using database = new DatabaseSync(join(job.folder, "ledger.sqlite"));
      database.exec("UPDATE notices SET due = 0");
    }
    const next = job.start(["run", "./job.ts"], more);
    expect((await next.ended).code).to.equal(0);
    expect(receiver.json().map(({ event }) => event)).to.deep.equal(["raised", "raised"]);
    expect(new Set(receiver.json().map(({ id }) => id)).size).to.equal(1);
  });
});
