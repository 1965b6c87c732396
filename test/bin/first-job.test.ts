/**
 * A stranger's first own job, from the package as it is installed: `tieout init`, and then each step that it prints, typed into a shell.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect } from "chai";
import { itWhole } from "../support/extent.ts";
import { freePorts } from "../support/free-ports.ts";
import { packPackage, unpackPackage } from "../support/package.ts";

const isOurs = (name: string) => /^(LEAD|AWS|TIEOUT)_/.test(name);
/** As the tests are started, with their Node before any other, and no command of this clone. */
const ENV: Record<string, string | undefined> = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name))),
  PATH: [
    dirname(process.execPath),
    ...(process.env.PATH ?? "").split(delimiter).filter((one) => !one.includes("node_modules")),
  ].join(delimiter),
  npm_config_omit: "optional",
  npm_config_prefer_offline: "true",
  npm_config_audit: "false",
  npm_config_fund: "false",
};

const type = (commands: readonly string[], cwd: string) =>
  execFileSync("bash", ["-e", "-c", commands.join("\n")], {
    cwd,
    env: ENV,
    encoding: "utf8",
    timeout: 120_000,
    stdio: ["ignore", "pipe", "pipe"],
  });

/** The same files with ports that nothing else on this machine has. */
async function movePorts(folder: string): Promise<void> {
  const [bank, bucket] = await freePorts(2);
  for (const name of ["package.json", ".env.example"]) {
    const text = await readFile(join(folder, name), "utf8");
    expect(text).to.contain("4010");
    await writeFile(join(folder, name), text.replaceAll("4010", String(bank)).replaceAll("4011", String(bucket)));
  }
}

/** Types the steps; gives what those after the sandbox have printed. */
async function typeSteps(steps: readonly string[], cwd: string, folder: string): Promise<string> {
  const at = steps.findIndex((step) => step.startsWith("npm run sandbox"));
  expect(at, "the step that starts the sandbox").to.be.above(0);
  await movePorts(folder);
  type(steps.slice(0, at), cwd);
  const sandbox = spawn("bash", ["-c", steps[at] ?? ""], {
    cwd: folder,
    env: ENV,
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = once(sandbox, "close");
  try {
    let printed = "";
    for await (const chunk of sandbox.stdout) {
      printed += chunk;
      if (printed.includes("LEAD_CLIENT_SECRET=")) break;
    }
    return type(steps.slice(at + 1), folder);
  } finally {
    process.kill(-(sandbox.pid ?? 0), "SIGTERM");
    await ended;
    // npm may end before what it has started, which still writes its state.
    while (isThere(-(sandbox.pid ?? 0))) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isThere(group: number): boolean {
  try {
    return process.kill(group, 0);
  } catch {
    return false;
  }
}

function stepsIn(printed: string): string[] {
  const [, steps = ""] = printed.split("\nnext:\n");
  return steps
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
}

describe("a first own job, from the installed package", function () {
  this.timeout(300_000);
  let folder: string;
  let tarball: string;
  const home = () => join(folder, "home");

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-first-job-"));
    tarball = await packPackage(folder);
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it("runs beside the package, with folders, as each printed step is typed", async () => {
    await unpackPackage(tarball, home());
    const steps = stepsIn(type(["npx tieout init"], home()));
    const said = await typeSteps(steps, home(), home());
    expect(said)
      .to.match(/ 0 bad\n/)
      .and.contain("3 applied");
    expect(await readdir(join(home(), "out"))).to.have.lengthOf(2);
  });

  itWhole("runs in a folder of its own that npm installs it into, with a bucket", async () => {
    const from = join(folder, "from");
    await mkdir(from);
    type(["npm init -y >/dev/null", `npm install ${tarball}`], from);
    const steps = stepsIn(type(["npx tieout init ../own --bucket account-files"], from));
    const own = join(folder, "own");
    const said = await typeSteps(steps, from, own);
    expect(said)
      .to.match(/ 0 bad\n/)
      .and.contain("3 applied");
    expect(await readdir(join(own, "account-files/results"))).to.have.lengthOf(2);
    expect((await readdir(own)).sort()).to.include.members([".env", ".tieout", "node_modules", "sandbox.json"]);
  });
});
