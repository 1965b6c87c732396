/**
 * `npm run release -- <version>`: sets the version, dates the changelog, commits and tags. Refuses unless main is clean,
 * there is something to release, and the check is green; pushes nothing. RELEASE_CHECK is another check to run.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const UNRELEASED = "## Unreleased\n";
const CHECK = process.env.RELEASE_CHECK ?? "npm run check";

/** Why there is no release, and what to do about it. */
class Refused extends Error {}

const git = (...args: readonly string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();

/** As [1, 20, 3]; undefined for what is no version. */
function partsOf(version: string): readonly number[] | undefined {
  return /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(version) ? version.split(".").map(Number) : undefined;
}

function isHigher(version: readonly number[], than: readonly number[]): boolean {
  const at = version.findIndex((part, index) => part !== than[index]);
  return (version[at] ?? 0) > (than[at] ?? 0);
}

function versionNow(): string {
  return (JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version;
}

/** What is under the heading of what is not released yet, up to the next version. */
function unreleased(changelog: string): string {
  const [, after = ""] = changelog.split(`\n${UNRELEASED}`);
  return (after.split(/^## /m)[0] ?? "").replace(/^### .*$/gm, "").trim();
}

function checkAll(version: string, before: string): void {
  const [wanted, held] = [partsOf(version), partsOf(before)];
  if (wanted === undefined)
    throw new Refused(`${version || "nothing"} is not a version; type: npm run release -- 1.2.3`);
  if (held === undefined || !isHigher(wanted, held))
    throw new Refused(`${version} is not higher than ${before}, the version in package.json`);
  const branch = git("rev-parse", "--abbrev-ref", "HEAD");
  if (branch !== "main") throw new Refused(`this is the branch ${branch}; type: git switch main`);
  if (git("status", "--porcelain") !== "")
    throw new Refused("there are changes that are not committed; see git status");
  if (git("tag", "--list", `v${version}`) !== "") throw new Refused(`the tag v${version} exists already`);
  if (unreleased(readFileSync("CHANGELOG.md", "utf8")) === "")
    throw new Refused('CHANGELOG.md has nothing under "Unreleased"; write what users will notice');
  if (spawnSync(CHECK, { shell: true, stdio: "inherit" }).status !== 0) throw new Refused(`the check is red: ${CHECK}`);
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

function release(version: string): void {
  const before = versionNow();
  checkAll(version, before);
  const setVersion = (text: string) => text.replace(`"version": "${before}"`, `"version": "${version}"`);
  edit("package.json", setVersion);
  // The lock file has it twice: its own, and that of the package at the root. Both come before any other package's.
  edit("package-lock.json", (text) => setVersion(setVersion(text)));
  const today = new Date().toISOString().slice(0, "2026-01-31".length);
  edit("CHANGELOG.md", (text) => text.replace(UNRELEASED, `${UNRELEASED}\n## ${version} (${today})\n`));
  git("commit", "--quiet", "--message", `release: ${version}`, "package.json", "package-lock.json", "CHANGELOG.md");
  git("tag", "--annotate", "--message", version, `v${version}`);
  console.log(`${version} is committed and tagged as v${version}; nothing is pushed.
next:
  git push origin main v${version}
  npm run package                     # makes tieout-${version}.tgz
to take it back before the push:
  git tag --delete v${version} && git reset --keep HEAD~1`);
}

try {
  release(process.argv[2] ?? "");
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(`no release: ${error.message}`);
  process.exitCode = 1;
}
