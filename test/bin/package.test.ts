/**
 * The package as it is installed into a folder of one's own: packed by npm, it runs jobs there that import "tieout",
 * against the sandbox that comes with it.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { itWhole } from "../support/extent.ts";
import { loadedPackages } from "../support/loaded-packages.ts";
import { findOlderNode } from "../support/older-node.ts";
import { packPackage, unpackPackage } from "../support/package.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SEED = { accounts: [{ id: "account_1" }, { id: "account_2" }] };
const job = (name: string) => `import { defineJob } from "tieout";
export default defineJob({ name: ${JSON.stringify(name)}, source: { folder: "in" }, results: { folder: "out" } });
`;

describe("the installed package", () => {
  let folder: string;
  let tarball: string;
  const at = (...names: string[]) => join(folder, ...names);
  // With the Node that runs the tests before any other, as an operator has it on the host.
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const tieout = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    spawnSync(at("home/node_modules/.bin/tieout"), args, { cwd: at("home"), env: { PATH, ...env }, encoding: "utf8" });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-package-"));
    tarball = await packPackage(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const unpack = () => unpackPackage(tarball, at("home"));

  async function writeHome(type: string | undefined): Promise<void> {
    await writeFile(at("home/package.json"), JSON.stringify({ name: "home", private: true, type }));
    await mkdir(at("home/jobs"), { recursive: true });
    await mkdir(at("home/in"), { recursive: true });
    await writeFile(at("home/jobs/nightly.ts"), job("nightly"));
    await writeFile(at("home/jobs/other.mjs"), job("other"));
    await writeFile(at("home/in/a.csv"), "account_id,product_name\naccount_1,New\naccount_2,New\n");
    await writeFile(at("home/seed.json"), JSON.stringify(SEED));
  }

  type BankVariables = Readonly<Record<string, string>>;
  /** What is the environment of the sandbox's bank. */
  async function withSandbox(act: (bank: BankVariables) => Promise<void>): Promise<void> {
    const args = ["sandbox", "--output", "json", "--seed", "seed.json"];
    const sandbox = spawn(at("home/node_modules/.bin/tieout"), args, { cwd: at("home"), env: { PATH } });
    const ended = once(sandbox, "close");
    try {
      const [line] = (await once(sandbox.stdout, "data")) as [Buffer];
      const { url, clientId } = JSON.parse(String(line)) as { url: string; clientId: string };
      await act({ LEAD_API_URL: url, LEAD_CLIENT_ID: clientId, LEAD_CLIENT_SECRET: "sandbox-secret" });
    } finally {
      sandbox.kill();
      await ended;
    }
  }

  const runJobs = () =>
    withSandbox(async (bank) => {
      const run = tieout(["run", "nightly"], bank);
      expect(run.status, run.stderr).to.equal(0);
      expect(run.stdout).to.contain("2 applied");
      const other = tieout(["run", "other"], bank);
      expect(other.status, other.stderr).to.equal(0);
      expect(other.stdout).to.contain("2 unchanged");
      expect(run.stderr + other.stderr).not.to.match(/Warning/);
    });

  it("has what it needs to run and to be read, and nothing else", async () => {
    await unpack();
    const names = (await readdir(at("home/node_modules/tieout"))).sort();
    expect(names).to.deep.equal([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "bin",
      "deploy",
      "dist",
      "docs",
      "package.json",
    ]);
    expect((await readdir(at("home/node_modules/tieout/bin"))).sort()).to.deep.equal(["node-guard.js", "tieout.js"]);
    const built = await readdir(at("home/node_modules/tieout/dist"), { recursive: true });
    expect(built.filter((name) => /\.ts$/.test(name) && !name.endsWith(".d.ts"))).to.deep.equal([]);
    const version = tieout(["--version"]);
    expect(version.stdout.trim()).to.equal(JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")).version);
  });

  it("says in one line that it was packed without being built, as npm pack by itself does in the clone", async () => {
    const apart = at("apart");
    await mkdir(apart);
    const command = await unpackPackage(await packPackage(apart, ["pack"]), at("unbuilt"));
    const { status, stderr, stdout } = spawnSync(command, ["runs"], {
      cwd: at("unbuilt"),
      env: { PATH },
      encoding: "utf8",
    });
    expect([status, stdout, stderr]).to.deep.equal([
      2,
      "",
      "tieout: this package was packed without being built; in the clone, pack it by: npm run package\n",
    ]);
  });

  it("brings the small packages that it uses within its own files, with their licences", async () => {
    await unpack();
    await writeHome("module");
    const packages = loadedPackages([at("home/node_modules/.bin/tieout"), "validate", "in/a.csv"], at("home"));
    expect(packages).to.deep.equal(["tieout"]);
    const dist = at("home/node_modules/tieout/dist");
    const maps = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith(".map"));
    const sources = (await Promise.all(maps.map((name) => readFile(join(dist, name), "utf8")))).join("\n");
    // The packages of the clone, which the packed copy of it has by a link.
    const inside = new Set(
      [...sources.matchAll(/"[^"]*\/node_modules\/((?:@[^/"]+\/)?[^/"]+)\//g)].map(([, name]) => name),
    );
    expect(inside).to.include.members(["commander", "winston", "zod"]);
    const licences = await readFile(join(dist, "licences.txt"), "utf8");
    for (const name of inside) expect(licences).to.match(new RegExp(`^${name} [0-9.]+\\n\\n`, "m"));
  });

  it("names the place of a bug in the source", async () => {
    await unpack();
    await writeHome("module");
    const bug = 'pattern: Object.defineProperty(/x/, "source", { get() { throw new TypeError("canary"); } })';
    await writeFile(at("home/jobs/bug.ts"), job("bug").replace('folder: "in"', `folder: "in", ${bug}`));
    const { status, stderr } = tieout(["validate", "bug"], { TIEOUT_DEBUG: "1" });
    expect(status, stderr).to.equal(1);
    expect(stderr).to.match(/^ {4}at async startJob \(src\/run\/start\/start-job\.ts:\d+:\d+\)$/m);
    expect(stderr).not.to.contain("/dist/");
    expect(stderr).not.to.contain("canary");
  });

  it("says what to install for a ledger in PostgreSQL, and needs none of that for another", async () => {
    await unpack();
    const { status, stderr } = tieout(["runs"], { TIEOUT_LEDGER: "postgres://us:secret@127.0.0.1:1/tieout" });
    expect([status, stderr]).to.deep.equal([
      2,
      "tieout: the ledger is in PostgreSQL, and the package pg is not installed [ledger_unusable]; type npm install pg pg-boss where Tieout is installed\n",
    ]);
    const other = tieout(["runs"], { TIEOUT_LEDGER: at("none.sqlite") });
    expect(other.stderr).to.contain(`there is no ledger at ${at("none.sqlite")}`);
  });

  itWhole("runs jobs that import it, .ts and .mjs, by their names", async () => {
    await unpack();
    await writeHome("module");
    await runJobs();
  });

  itWhole("tells a command of rows to repair, once in all nights, and once that none is left", async () => {
    await unpack();
    await writeHome("module");
    const settings = `schedule: { cron: "* * * * * *", zone: "UTC" }, notify: [{ command: ["./tell"] }],`;
    await writeFile(at("home/jobs/nightly.ts"), job("nightly").replace("source:", `${settings} source:`));
    await writeFile(at("home/tell"), "#!/bin/sh\ncat >> told; echo >> told\n", { mode: 0o755 });
    const night = (name: string, account: string) =>
      writeFile(at("home/in", name), `account_id,product_name\n${account},${name}\n`);
    await night("a.csv", "account_9");
    await withSandbox(async (bank) => {
      const env = { PATH, TIEOUT_LOG_LEVEL: "info", ...bank };
      const schedule = spawn(at("home/node_modules/.bin/tieout"), ["schedule", "nightly"], { cwd: at("home"), env });
      const ended = once(schedule, "close");
      try {
        let log = "";
        schedule.stderr.on("data", (more: Buffer) => {
          log += more;
        });
        const until = async (text: string) => {
          while (!log.includes(text)) {
            if (schedule.exitCode !== null) throw new Error(log);
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          log = log.slice(log.indexOf(text) + text.length);
        };
        await until("a target was told");
        const listed = tieout(["alarms"], bank).stdout;
        expect(listed).to.match(
          / {2}nightly {2}repair {2}run \S+ of a\.csv ended with 1 row to correct: 0 invalid, 1 refused$/m,
        );
        await night("b.csv", "account_8");
        await until("b.csv");
        await until("no new file");
        await night("c.csv", "account_1");
        await until("a target was told");
        expect(tieout(["alarms"], bank).stdout).to.equal("no alarm is open\n");
      } finally {
        schedule.kill();
        await ended;
      }
      const told = (await readFile(at("home/told"), "utf8"))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(told.map(({ event, kind }) => `${event} ${kind}`)).to.deep.equal(["raised repair", "cleared repair"]);
    });
  });

  itWhole("says what is missing when the package.json there is not of type module", async () => {
    await unpack();
    await writeHome("commonjs");
    const run = tieout(["plan", "nightly"]);
    expect(run.status).to.equal(2);
    expect(run.stderr).to.contain(
      `; add "type": "module" to ${at("home/package.json")}, or name the file nightly.mts\n`,
    );
  });

  const older = findOlderNode();
  (older === undefined ? it.skip : it)("says under an older Node which one it needs", async () => {
    await unpack();
    const command = at("home/node_modules/.bin/tieout");
    const { status, stderr } = spawnSync(command, ["runs"], { env: { PATH: older?.path }, encoding: "utf8" });
    expect(status, stderr).to.equal(2);
    expect(stderr).to.match(/^tieout needs Node 24 or newer, and this is [0-9.]+: [^\n]*\n$/);
  });

  itWhole("is installed by npm itself into an empty folder, and runs there", async () => {
    await rm(at("home"), { recursive: true, force: true });
    await mkdir(at("home"));
    await writeHome("module");
    const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--omit=optional", tarball];
    execFileSync("npm", args, { cwd: at("home"), env: { ...process.env, PATH }, stdio: "pipe" });
    expect((await readdir(at("home/node_modules"))).filter((name) => /^pg/.test(name))).to.deep.equal([]);
    await runJobs();
  });
});
