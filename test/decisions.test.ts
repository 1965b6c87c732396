/**
 * docs/decisions/: every decision is in the index and has its three sections.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = "docs/decisions";

const textOf = (file: string) => readFileSync(join(ROOT, file), "utf8");
const decisions = readdirSync(join(ROOT, FOLDER))
  .filter((name) => name !== "README.md")
  .sort();

describe("the decisions", () => {
  it("are numbered from 0001 without a gap", () => {
    const numbers = decisions.map((name) => name.slice(0, "0000-".length));
    expect(decisions).to.not.have.lengthOf(0);
    expect(numbers).to.deep.equal(decisions.map((_, index) => `${String(index + 1).padStart(4, "0")}-`));
  });

  it("each have a title, a date, a stage of the index, and context, choice and cost", () => {
    const stages = [...textOf(`${FOLDER}/README.md`).matchAll(/^## (\w+)/gm)].map(([, stage = ""]) =>
      stage.toLowerCase(),
    );
    const head = new RegExp(`^# .+\\n\\n\\d{4}-\\d\\d-\\d\\d · (${stages.join("|")})\\n\\n$`);
    const wrong = decisions.filter((name) => {
      const [first = "", ...sections] = textOf(`${FOLDER}/${name}`).split(/^## /m);
      const titles = sections.filter((one) => /\n\n\S/.test(one)).map((one) => one.split("\n")[0]);
      return !head.test(first) || titles.join(" ") !== "Context Choice Cost";
    });
    expect(wrong).to.deep.equal([]);
  });

  it("are all in the index, by their titles and under their stages, and nothing else is", () => {
    const listed = textOf(`${FOLDER}/README.md`)
      .split("\n## ")
      .slice(1)
      .flatMap((part) => {
        const stage = /^\w+/.exec(part)?.[0].toLowerCase();
        return [...part.matchAll(/^- \[(\d{4})\]\((.+)\) (.+)$/gm)].map((found) =>
          [...found.slice(1), stage].join(" | "),
        );
      });
    const held = decisions.map((name) => {
      const [, title, stage] = /^# (.+)\n\n[\d-]+ · (\w+)/.exec(textOf(`${FOLDER}/${name}`)) ?? [];
      return [name.slice(0, 4), name, title, stage].join(" | ");
    });
    expect(listed.sort()).to.deep.equal(held);
  });
});
