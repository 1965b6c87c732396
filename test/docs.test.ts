/**
 * The pages of docs/ against the code: the tables of exit codes, codes, words, settings, variables, faults and columns say
 * what the source says.
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { parseFaults } from "../src/cli/fault-file.ts";
import { CODES } from "../src/errors/codes/codes.ts";
import { EXIT_MEANINGS } from "../src/errors/exit-codes.ts";
import { WORDS } from "../src/errors/words.ts";
import { defineJob } from "../src/job.ts";
import { COLUMNS } from "../src/read/columns.ts";
import { DRIFT_COLUMNS, RESULT_COLUMNS } from "../src/report/result-row.ts";
import { FAULTS } from "../src/sandbox/server/faults.ts";
import { firstCells, section, tableLines } from "./support/markdown.ts";
import { renderCodes } from "./support/render-codes.ts";

const ROOT = new URL("../", import.meta.url);
const page = (name: string) => readFileSync(new URL(`docs/${name}`, ROOT), "utf8");
const namesIn = (text: string, heading: string) => firstCells(tableLines(section(text, heading)));

describe("docs/results.md", () => {
  const results = page("results.md");

  it("lists the exit codes", () => {
    const rows = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `| ${code} | ${meaning} |`);
    expect(tableLines(section(results, "## Exit codes")).slice(2)).to.deep.equal(rows);
  });

  it("names the eight words, worst first, and the columns", () => {
    expect(namesIn(results, "## The eight words")).to.deep.equal([...WORDS]);
    expect(namesIn(results, "## Columns")).to.deep.equal([...RESULT_COLUMNS, ...DRIFT_COLUMNS]);
  });
});

describe("docs/codes.md", () => {
  it("is what npm run docs makes of the registry", () => expect(page("codes.md")).to.equal(renderCodes()));

  it("has every code of the registry, in its order", () => {
    expect(firstCells(tableLines(page("codes.md")))).to.deep.equal(Object.keys(CODES));
  });
});

describe("docs/job-file.md", () => {
  it("names every setting of a job, and no other", () => {
    const job = defineJob({ name: "a", source: { folder: "in" }, results: { folder: "out" } });
    const ofFile = ["layout", "money", "delimiter", "encoding", "lineEnds", "completeness", "emptyMeans"];
    const shapes = ["constants", "values", "split", "join", "dates", "numbers", "amounts"];
    const filed = ["archive", "tag", "mode", "scope", "absent", ...shapes];
    const optional = ["program", "expect", "schedule", "rates", "stopAt", "retention", "skipUnchangedFor", ...ofFile];
    const text = page("job-file.md");
    const headings = text.split("\n").filter((line) => /^## /.test(line));
    const settings = headings.filter((heading) => section(text, heading).includes("| setting | default |"));
    expect(settings.flatMap((heading) => namesIn(text, heading))).to.have.members([
      ...Object.keys(job),
      ...optional,
      ...filed,
    ]);
  });
});

describe("docs/operating.md", () => {
  it("names every variable that the source and the jobs read, and no other", () => {
    const sources = ["src/", "jobs/"].flatMap((folder) =>
      readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => readFileSync(new URL(folder + name, ROOT), "utf8")),
    );
    const read = sources.flatMap((text) => [...text.matchAll(/\b(?:LEAD|TIEOUT)_[A-Z_]+\b/g)].map(([name]) => name));
    const named = namesIn(page("operating.md"), "## Environment variables");
    expect(named.filter((name) => !name.endsWith("…"))).to.have.members([...new Set(read)]);
  });
});

describe("docs/faults-and-rehearsal.md", () => {
  it("names every fault that a file may order, and shows a file that may be given", () => {
    const faults = section(page("faults-and-rehearsal.md"), "## Faults");
    const [, file = ""] = /```json\n([^`]*)```/.exec(faults) ?? [];
    expect(parseFaults(file, "docs/faults-and-rehearsal.md")).to.have.length(4);
    const [, names = ""] =
      tableLines(faults)
        .find((line) => line.startsWith("| `fault` "))
        ?.split("` |") ?? [];
    expect([...names.matchAll(/`(\w+)(?=`|$)/g)].map(([, name]) => name)).to.include.members([...FAULTS]);
  });
});

describe("docs/input.md", () => {
  it("names every column of the input, by both its names", () => {
    const names = Object.entries(COLUMNS).flatMap(([name, { bankName }]) => (bankName ? [name, bankName] : [name]));
    expect(namesIn(page("input.md"), "## Columns")).to.have.members([...names, "metadata.<key>"]);
  });
});

describe("CONTRIBUTING.md", () => {
  const answers = tableLines(section(readFileSync(new URL("CONTRIBUTING.md", ROOT), "utf8"), "## Ten questions")).slice(
    2,
  );

  it("answers ten questions, each by a file that has what it names", () => {
    expect(answers).to.have.length(10);
    const wrong = answers.filter((line) => {
      const [, path = "", name = ""] = /\| `([^`]+)` → `([^`]+)` \|$/.exec(line) ?? [];
      return name === "" || !readFileSync(new URL(path, ROOT), "utf8").includes(name);
    });
    expect(wrong).to.deep.equal([]);
  });
});
