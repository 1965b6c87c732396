/** `tieout init`: what it makes, what it keeps, and what it says to type; that those steps work is in test/bin/first-job.test.ts. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { ownPackage } from "../../src/cli/own-package.ts";
import { tieoutVersion } from "../../src/cli/tieout-version.ts";
import { runTieout } from "../support/tieout.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ALL = [
  ".env.example",
  ".gitignore",
  "README.md",
  "in/first.csv",
  "jobs/accounts.ts",
  "package.json",
  "sandbox-seed.json",
];

interface Initialized {
  readonly folder: string;
  readonly made: readonly string[];
  readonly kept: readonly string[];
  readonly next: readonly string[];
}

describe("tieout init", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tieout-init-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const init = async (...args: readonly string[]) => {
    const { code, out, err } = await runTieout(["init", ...args, "--output", "json"], {}, folder);
    expect(code, err).to.equal(0);
    return JSON.parse(out) as Initialized;
  };
  const filesIn = (path: string) =>
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
      .sort();

  it("makes a folder with a job for folders, and says each step", async () => {
    const { made, kept, next } = await init("own jobs");
    expect([...made].sort()).to.deep.equal(ALL);
    expect(kept).to.deep.equal([]);
    expect(filesIn(join(folder, "own jobs"))).to.deep.equal(ALL);
    expect(next.slice(next.indexOf("cd 'own jobs'"))).to.deep.equal([
      "cd 'own jobs'",
      "npm install",
      "cp .env.example .env",
      "npm run sandbox # leave it running, and go on in a second shell in this folder",
      "set -a; . ./.env; set +a",
      ...["doctor", "plan", "run"].map((command) => `npx tieout ${command} accounts`),
    ]);
    expect(readFileSync(join(folder, "own jobs/.gitignore"), "utf8").split("\n")).to.include.members([
      ".env",
      ".tieout/",
      "out/",
    ]);
  });

  it("makes a job for a bucket that the sandbox serves, with what it needs in .env.example", async () => {
    const { made } = await init(".", "--bucket", "my-files");
    expect(made).to.include.members(["my-files/outgoing/first.csv"]);
    const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      scripts: { sandbox: string };
    };
    expect(scripts.sandbox).to.match(/ --bucket my-files$/);
    const variables = execFileSync("bash", ["--norc", "-c", "set -a; . ./.env.example; set +a; env"], {
      cwd: folder,
      env: {},
      encoding: "utf8",
    });
    expect(variables)
      .to.match(/^TIEOUT_BUCKET=my-files$/m)
      .and.match(/^AWS_ENDPOINT_URL_S3=http:\/\/127\.0\.0\.1:4011$/m);
  });

  it("overwrites nothing, and says what it has kept and what is still to do", async () => {
    writeFileSync(join(folder, "package.json"), '{ "name": "mine" }');
    mkdirSync(join(folder, "jobs"));
    writeFileSync(join(folder, "jobs/accounts.ts"), "// mine\n");
    symlinkSync("nowhere", join(folder, ".gitignore"));
    writeFileSync(join(folder, ".env"), "LEAD_CLIENT_SECRET=mine\n");
    const first = await init();
    expect([...first.kept].sort()).to.deep.equal([".gitignore", "jobs/accounts.ts", "package.json"]);
    expect(readFileSync(join(folder, "package.json"), "utf8")).to.equal('{ "name": "mine" }');
    expect(readFileSync(join(folder, "jobs/accounts.ts"), "utf8")).to.equal("// mine\n");
    expect(existsSync(join(folder, "nowhere"))).to.equal(false);
    expect(first.next).to.include("npm pkg set type=module").and.not.include("cp .env.example .env");
    expect(first.next.find((step) => step.includes("sandbox"))).to.match(/^npx tieout sandbox --port 4010 /);
    const again = await init();
    expect(again.made).to.deep.equal([]);
    const { out } = await runTieout(["init"], {}, folder);
    expect(out).to.match(/^nothing was made in .*\nkept as they are: .*\nnext:\n {2}/);
  });

  it("says in one line what cannot be made", async () => {
    writeFileSync(join(folder, "file"), "");
    const inFile = await runTieout(["init", "file"], {}, folder);
    expect(inFile.code).to.equal(2);
    expect(inFile.err).to.match(
      /^tieout: .*\/file\/package\.json cannot be made \((EEXIST|ENOTDIR)\) \[usage\]; name a folder/,
    );
    const noBucket = await runTieout(["init", "own", "--bucket", "No_Bucket"], {}, folder);
    expect(noBucket.code).to.equal(2);
    expect(noBucket.err).to.match(/^tieout: --bucket No_Bucket is no name for a bucket \[usage\]/);
    expect(readdirSync(folder)).to.deep.equal(["file"]);
  });

  it("names the package that runs: in a clone the one to be packed, beside others as it was installed", () => {
    const version = tieoutVersion();
    expect(ownPackage()).to.deep.equal({
      spec: `file:${join(ROOT, `tieout-${version}.tgz`)}`,
      toPack: ["npm", "--prefix", ROOT.replace(/\/$/, ""), "run", "package"],
    });
    const home = join(folder, "home");
    const root = join(home, "node_modules/tieout/");
    expect(ownPackage(root)).to.deep.equal({ spec: version });
    mkdirSync(home);
    const specs = { "file:../a.tgz": `file:${join(folder, "a.tgz")}`, "^0.1.0": "^0.1.0" };
    for (const [spec, wanted] of Object.entries(specs)) {
      writeFileSync(join(home, "package.json"), JSON.stringify({ dependencies: { tieout: spec } }));
      expect(ownPackage(root)).to.deep.equal({ spec: wanted });
    }
  });
});
