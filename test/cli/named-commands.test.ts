/** Every command that a text of the source, README.md or docs/ names is one, and so is each of its flags. */
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { buildProgram } from "../../src/cli/program.ts";

const ROOT = new URL("../../", import.meta.url);
const NAMED = /\btieout ([a-z]+)((?: (?!tieout)[^\s`;|,)]+)*)/g;
/** What follows the program or the layout of that name in a sentence. */
const NO_COMMANDS = ["process", "layout"];

function filesIn(folder: string, ending: string): string[] {
  const names = readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(ending)).map((name) => folder + name);
}

function* namedCommands(): Generator<{ place: string; name: string; rest: string }> {
  for (const file of [...filesIn("src/", ".ts"), ...filesIn("docs/", ".md"), "README.md"]) {
    for (const [text, name = "", rest = ""] of readFileSync(new URL(file, ROOT), "utf8").matchAll(NAMED))
      if (!NO_COMMANDS.includes(name)) yield { place: `${file}: ${text}`, name, rest };
  }
}

describe("the commands that texts name", () => {
  const program = buildProgram(
    () => Promise.reject(new Error("opened")),
    () => {},
  );
  const all = [...namedCommands()];

  it("are many, or the rest of this file would prove nothing", () => expect(all).to.have.length.above(40));

  it("are there, with their flags", () => {
    const wrong = all.filter(({ name, rest }) => {
      const command = program.commands.find((one) => one.name() === name);
      if (command === undefined) return true;
      const flags = [...rest.matchAll(/(?<=\s)--[a-z-]+/g)].map(([flag]) => flag);
      return flags.some((flag) => flag !== "--help" && !command.options.some(({ long }) => long === flag));
    });
    expect(wrong.map(({ place }) => place)).to.deep.equal([]);
  });
});
