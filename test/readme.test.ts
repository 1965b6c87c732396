/**
 * README.md against the code: the tables of exit codes, codes, words, settings and columns say what the source says.
 */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parseFaults } from "../src/cli/fault-file.ts";
import type { CodeEntry } from "../src/errors/codes/code.ts";
import { CODES } from "../src/errors/codes/registry.ts";
import { EXIT_MEANINGS } from "../src/errors/exit-codes.ts";
import { WORDS } from "../src/errors/words.ts";
import { defineJob } from "../src/job.ts";
import { COLUMNS } from "../src/read/columns.ts";
import { RESULT_COLUMNS } from "../src/report/result-row.ts";
import { FAULTS } from "../src/sandbox/server/faults.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** The text under a heading, up to the next heading of any level. */
function section(heading: string): string {
  const lines = readme.split("\n");
  const start = lines.indexOf(heading);
  expect(start, heading).to.be.at.least(0);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^#{1,3} /.test(line));
  return rest.slice(0, end === -1 ? undefined : end).join("\n");
}

const tableLines = (text: string) => text.split("\n").filter((line) => line.startsWith("|"));

/** The names in backquotes in the first cells of all tables of a section. */
function firstCellNames(heading: string): string[] {
  return tableLines(section(heading)).flatMap((line) =>
    [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ""),
  );
}

describe("README.md", () => {
  it("lists the exit codes", () => {
    const rows = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `| ${code} | ${meaning} |`);
    expect(tableLines(section("### Exit codes")).slice(2)).to.deep.equal(rows);
  });

  it("lists every code of the registry", () => {
    const rows = Object.entries<CodeEntry>(CODES).map(
      ([code, { meaning, fixedBy, retryHelps, todo, exit }]) =>
        `| \`${code}\` | ${meaning} | ${fixedBy} | ${retryHelps ? "yes" : "no"} | ${todo} |${exit === undefined ? "" : ` ${exit}`} |`,
    );
    expect(tableLines(section("## Codes")).slice(2)).to.deep.equal(rows);
  });

  it("names the eight words, worst first, and the columns of the results", () => {
    expect(firstCellNames("## The results")).to.deep.equal([...RESULT_COLUMNS, ...WORDS]);
  });

  it("names every setting of a job that has a default, and no other", () => {
    const job = defineJob({ name: "a", source: { folder: "in" }, results: { folder: "out" } });
    const ofFile = ["layout", "money", "delimiter", "encoding", "lineEnds", "completeness", "emptyMeans"];
    const optional = ["program", "schedule", ...ofFile];
    expect(firstCellNames("## The job file")).to.have.members([...Object.keys(job), ...optional]);
  });

  it("names every fault that a file may order, and shows a file that may be given", () => {
    const [, file = ""] = /```json\n([^`]*)```/.exec(section("### Faults")) ?? [];
    expect(parseFaults(file, "README.md")).to.have.length(4);
    const [, faults = ""] =
      tableLines(section("### Faults"))
        .find((line) => line.startsWith("| `fault` "))
        ?.split("` |") ?? [];
    expect([...faults.matchAll(/`(\w+)(?=`|$)/g)].map(([, name]) => name)).to.include.members([...FAULTS]);
  });

  it("names every column of the input, by both its names", () => {
    const names = Object.entries(COLUMNS).flatMap(([name, { bankName }]) => (bankName ? [name, bankName] : [name]));
    expect(firstCellNames("## The input")).to.have.members([...names, "metadata.<key>"]);
  });
});
