/**
 * README.md: short enough for ten minutes, its commands those of the program; and every link in it and in the other pages
 * leads to a file and a heading that are there, as does every path.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { COMMANDS, HELP } from "../src/cli/commands/commands.ts";
import { firstCells, tableLines } from "./support/markdown.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MAX_BYTES = 12_288;
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** Paths from the root. */
const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...["deploy", "docs", "test"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name)),
  ),
];

const withoutCode = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, "");

/** As GitHub makes them of a page's headings. */
function anchorsOf(page: string): string[] {
  return [...withoutCode(read(page)).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** The links of a page that lead to nothing; those to other hosts are not followed. */
function brokenLinks(page: string): string[] {
  const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : join(dirname(page), path);
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
}

/** The paths of the repository that a page names, in backquotes, and that are not there. */
function missingPaths(page: string): string[] {
  const paths = [...read(page).matchAll(/`((?:src|test|bin|jobs|samples|docs|deploy)\/[\w./-]*)(?::\d+)?`/g)];
  return paths.map(([, path = ""]) => path).filter((path) => !existsSync(join(ROOT, path)));
}

describe("docs/architecture.md", () => {
  it("has at most 120 lines", () => {
    expect(read("docs/architecture.md").trimEnd().split("\n").length).to.be.at.most(120);
  });
});

describe("README.md", () => {
  it(`has at most ${MAX_BYTES} bytes`, () => {
    expect(statSync(join(ROOT, "README.md")).size).to.be.at.most(MAX_BYTES);
  });

  it("names every command with its flags, and no other", () => {
    const commands = [...COMMANDS, HELP].map(({ usage, flags = [] }) =>
      [`tieout ${usage.replace(/ [<[].*/, "")}`, ...flags.map(({ flag }) => flag.replace(/ .*/, "")).sort()].join(" "),
    );
    const named = tableLines(read("README.md"))
      .filter((line) => firstCells([line])[0]?.startsWith("tieout "))
      .map((line) => {
        const [usage = ""] = firstCells([line]);
        const flags = [...line.matchAll(/--[a-z-]+/g)].map(([flag]) => flag);
        return [usage.replace(/ [<[].*/, ""), ...flags.sort()].join(" ");
      });
    expect(named).to.have.members(commands);
  });
});

describe("the links and paths of the pages", () => {
  for (const page of PAGES) it(`in ${page} lead somewhere`, () => expect(brokenLinks(page)).to.deep.equal([]));

  // The changelog speaks of what was there at the time.
  for (const page of PAGES.filter((name) => name !== "CHANGELOG.md"))
    it(`and the paths in ${page} are those of files`, () => expect(missingPaths(page)).to.deep.equal([]));
});
