/**
 * `npm run release` in a repository of its own, with real git: what it refuses, and what a release leaves. The check that
 * it runs is a stand-in, since the real one is these tests.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CHANGELOG = "# Changelog\n\n## Unreleased\n\n### Added\n\n- A thing.\n\n## 0.1.0\n\n- The first.\n";

describe("a release", () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  const read = (name: string) => readFileSync(at(name), "utf8");
  const env = {
    PATH: process.env.PATH,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    ...Object.fromEntries(
      ["AUTHOR", "COMMITTER"].flatMap((who) => [
        [`GIT_${who}_NAME`, "a"],
        [`GIT_${who}_EMAIL`, "a@b"],
      ]),
    ),
  };
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: folder, env, encoding: "utf8" }).trim();
  const commit = () => git("commit", "--quiet", "--all", "--message", "a change");
  const release = (version: string, check = "touch .git/checked") =>
    spawnSync(process.execPath, [join(ROOT, "bin/release.ts"), version], {
      cwd: folder,
      env: { ...env, RELEASE_CHECK: check },
      encoding: "utf8",
    });
  const refuses = (version: string, why: string, check?: string) => {
    const [head, text] = [git("rev-parse", "HEAD"), read("package.json")];
    const { status, stderr } = release(version, check);
    expect(stderr).to.contain(`no release: ${why}`);
    expect(status).to.equal(1);
    expect([git("rev-parse", "HEAD"), git("tag"), read("package.json")]).to.deep.equal([head, "", text]);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tieout-release-"));
    git("init", "--quiet", "--initial-branch", "main");
    for (const name of ["package.json", "package-lock.json"]) {
      cpSync(join(ROOT, name), at(name));
      const text = read(name).replace(/"version": ".*"/g, (one, place) => (place < 500 ? '"version": "0.1.0"' : one));
      writeFileSync(at(name), text);
    }
    writeFileSync(at("CHANGELOG.md"), CHANGELOG);
    git("add", ".");
    commit();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("sets the version everywhere, dates the changelog, commits and tags, and prints what comes next", () => {
    const dependencies = JSON.parse(read("package-lock.json")).packages;
    const { status, stdout, stderr } = release("0.2.0");
    expect(status, stderr).to.equal(0);
    expect(existsSync(at(".git/checked"))).to.equal(true);
    expect(JSON.parse(read("package.json")).version).to.equal("0.2.0");
    const lock = JSON.parse(read("package-lock.json"));
    expect([lock.version, lock.packages[""].version]).to.deep.equal(["0.2.0", "0.2.0"]);
    expect({ ...lock.packages, "": 0 }).to.deep.equal({ ...dependencies, "": 0 });
    const today = new Date().toISOString().slice(0, 10);
    expect(read("CHANGELOG.md")).to.equal(
      CHANGELOG.replace("## Unreleased\n", `## Unreleased\n\n## 0.2.0 (${today})\n`),
    );
    expect(git("status", "--porcelain")).to.equal("");
    expect(git("log", "-1", "--format=%s")).to.equal("release: 0.2.0");
    expect(git("rev-parse", "v0.2.0^{commit}")).to.equal(git("rev-parse", "HEAD"));
    expect(stdout).to.contain("nothing is pushed").and.to.contain("git push origin main v0.2.0");
    const again = release("0.3.0");
    expect(again.stderr).to.contain('CHANGELOG.md has nothing under "Unreleased"');
  });

  it("is refused for a version that is none, or is not higher", () => {
    refuses("", "nothing is not a version");
    refuses("v0.2.0", "v0.2.0 is not a version");
    refuses("0.1.0", "0.1.0 is not higher than 0.1.0");
    refuses("0.0.9", "0.0.9 is not higher than 0.1.0");
  });

  it("is refused beside main, and on a tree with changes", () => {
    git("switch", "--quiet", "--create", "other");
    refuses("0.2.0", "this is the branch other");
    git("switch", "--quiet", "main");
    writeFileSync(at("new.txt"), "");
    refuses("0.2.0", "there are changes that are not committed");
  });

  it("is refused without anything under Unreleased, headings apart", () => {
    writeFileSync(at("CHANGELOG.md"), CHANGELOG.replace("- A thing.\n", ""));
    commit();
    refuses("0.2.0", 'CHANGELOG.md has nothing under "Unreleased"');
  });

  it("is refused when the check is red, and changes nothing then", () => {
    refuses("0.2.0", "the check is red", "false");
  });
});
