/**
 * The units of deploy/systemd: systemd's own checker finds nothing in them, each exit code has one answer, the timer's time is there
 * every day, and a unit can touch little.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { EXIT } from "../../src/errors/exit-codes.ts";
import { defineJob } from "../../src/job.ts";

const UNITS = fileURLToPath(new URL("../../deploy/systemd", import.meta.url));
const DEFAULTS = defineJob({ name: "a", source: { folder: "in" }, results: { folder: "out" } });
const isThere = spawnSync("systemd-analyze", ["--version"]).status === 0;
if (!isThere)
  console.log("      deploy/systemd: not checked by systemd-analyze, which is not installed (package systemd)");
const itChecked = isThere ? it : it.skip;

const read = (name: string) => readFile(join(UNITS, name), "utf8");
const valuesOf = (text: string, key: string) =>
  [...text.matchAll(new RegExp(`^${key}=(.*)$`, "gm"))].map(([, value = ""]) => value);

describe("deploy/systemd", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-units-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Lays the units out as they are used, with programs that are here, and gives the names of those that can be started. */
  async function layOut(mutate: (text: string) => string = (text) => text): Promise<string[]> {
    const names: string[] = [];
    for (const file of (await readdir(UNITS)).filter((name) => /\.(service|timer)$/.test(name))) {
      const text = (await read(file)).replace(/(?<=^Exec\w+=)\/(opt|etc)\/\S+/gm, "/bin/true");
      const name = file.replace("@.", "@nightly-sync.");
      await writeFile(join(folder, file), mutate(text));
      if (name !== file) await writeFile(join(folder, name), mutate(text));
      names.push(name);
    }
    return names;
  }

  /** All that the checker says, its exit code at the end. */
  function analyze(...args: readonly string[]): string {
    const { stdout, stderr, status } = spawnSync("systemd-analyze", args, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, TZ: "UTC" },
    });
    return `${stdout}${stderr}${status}`;
  }
  /** Of the units here alone: it also looks at what this machine has beside them. */
  function verify(names: readonly string[]): string {
    const flags = ["--man=no", "--recursive-errors=no"];
    const lines = analyze("verify", ...flags, ...names.map((name) => `./${name}`)).split("\n");
    return lines.filter((line) => /tieout|^\d+$/.test(line)).join("\n");
  }

  it("says in its first line what it has not been through", async () => {
    for (const file of await readdir(UNITS)) expect(await read(file), file).to.match(/^# Not run( by systemd)? here/);
  });

  itChecked("has nothing that systemd-analyze verify finds", async () => {
    const names = await layOut();
    expect(names.sort()).to.deep.equal([
      "tieout-failed@nightly-sync.service",
      "tieout-schedule.service",
      "tieout@nightly-sync.service",
      "tieout@nightly-sync.timer",
    ]);
    expect(verify(names)).to.equal("0");
  });

  itChecked("would not pass with a misspelled key or a value that is none", async () => {
    for (const [right, wrong, words] of [
      [/^ProtectSystem=/gm, "ProtectSytem=", "ProtectSytem"],
      [/^RestartForceExitStatus=.*/gm, "RestartForceExitStatus=five", "five"],
      [/^OnCalendar=.*/gm, "OnCalendar=nightly at 3", "nightly at 3"],
      [/^SystemCallFilter=.*/gm, "SystemCallFilter=@sytem-service", "@sytem-service"],
    ] as const)
      expect(verify(await layOut((text) => text.replace(right, wrong)))).to.contain(words);
  });

  itChecked("starts the job once on every day of a year, also as the clock changes", async () => {
    const [calendar = ""] = valuesOf(await read("tieout@.timer"), "OnCalendar");
    const daysFrom = (text: string) => {
      const said = analyze("calendar", "--iterations=366", "--base-time=2026-12-31 12:00:00 UTC", text);
      return [...said.matchAll(/(?:Next elapse|Iter\. #\d+): \w+ (\S+) /g)].map(([, day]) => day);
    };
    const days = daysFrom(calendar);
    expect([days.length, new Set(days).size, days[0], days[364]]).to.deep.equal([366, 366, "2027-01-01", "2027-12-31"]);
    // An hour earlier, one would be missing.
    expect(daysFrom(calendar.replace("03:", "02:"))).not.to.include("2027-03-14");
  });

  itChecked("exposes little: at most 2.0 of 10, as systemd-analyze security counts", async () => {
    await layOut();
    for (const name of ["tieout@nightly-sync.service", "tieout-schedule.service"]) {
      const said = analyze("security", "--offline=true", "--threshold=20", `./${name}`);
      expect(said, said).to.match(/Overall exposure level for \S+: [01]\.\d [^\n]*\n+0$/);
    }
  });

  it("answers each exit code once: what a second start would hide stays failed, what it would mend goes on", async () => {
    const text = await read("tieout@.service");
    const codes = (key: string) => valuesOf(text, key).flatMap((value) => value.split(" ").map(Number));
    expect(codes("RestartForceExitStatus")).to.deep.equal([EXIT.leaseHeld, EXIT.stopped]);
    const answered = [...codes("RestartForceExitStatus"), ...codes("RestartPreventExitStatus")];
    const all = Object.values(EXIT).filter((code) => code !== EXIT.done);
    expect(answered.sort()).to.deep.equal(all.sort());
    // A stop of the unit, or of the host, is no failure; what waits for the morning is one.
    expect(codes("SuccessExitStatus")).to.deep.equal([EXIT.stopped]);
    expect(await read("tieout-failed@.service")).to.contain('case "$MONITOR_EXIT_STATUS" in 3|4|7) exit 1 ;;');
  });

  it("gives Tieout the time to stop on its own, and the same few rights to both services", async () => {
    const texts = await Promise.all(["tieout@.service", "tieout-schedule.service"].map(read));
    for (const text of texts) {
      expect(Number(valuesOf(text, "TimeoutStopSec")[0]) * 1_000).to.be.above(2 * DEFAULTS.shutdownGraceMs);
      expect(valuesOf(text, "User")).to.deep.equal(["tieout"]);
      expect(valuesOf(text, "ExecStart").join()).to.match(/^\/opt\/tieout\/node_modules\/\.bin\/tieout /);
    }
    const [rights, others] = texts.map((text) => text.match(/^StateDirectory=[\s\S]*?SystemCallErrorNumber=.*$/m)?.[0]);
    expect(rights).to.be.a("string").and.to.equal(others);
    expect(Number.parseInt(valuesOf(texts[0] ?? "", "RuntimeMaxSec")[0] ?? "", 10) * 3_600_000).to.be.above(
      DEFAULTS.runTimeoutMs,
    );
  });
});
