/** Commands that are printed, as they can be typed where the process was started. */
import { expect } from "chai";
import { asTyped, programWord } from "../../../src/cli/output/as-typed.ts";

describe("the program's name in what it prints", () => {
  for (const [how, script, env, word] of [
    ["npx in a clone", "/app/bin/tieout.js", { npm_command: "exec", PATH: "/usr/bin" }, "npx tieout"],
    [
      "npx beside an installed package",
      "/app/node_modules/.bin/tieout",
      { npm_command: "exec", PATH: "/app/node_modules/.bin" },
      "npx tieout",
    ],
    [
      "an npm script",
      "/app/node_modules/.bin/tieout",
      { npm_lifecycle_event: "nightly", PATH: "/app/node_modules/.bin" },
      "npx tieout",
    ],
    ["a command that the shell finds", "/usr/local/bin/tieout", { PATH: "/usr/bin:/usr/local/bin/" }, "tieout"],
    ["a path to the command", "/app/node_modules/.bin/tieout", { PATH: "/usr/bin" }, "/app/node_modules/.bin/tieout"],
    ["a path to the program", "/our app/bin/tieout.js", { PATH: "/usr/bin" }, "'/our app/bin/tieout.js'"],
  ] as const)
    it(`is ${word} for ${how}`, () => expect(programWord(script, env)).to.equal(word));

  it("is put before every command of a text, and nowhere else", () => {
    const program = programWord(process.argv[1] ?? "", process.env);
    expect(asTyped("see tieout runs, or type: tieout resume r1; see tieout --help")).to.equal(
      `see ${program} runs, or type: ${program} resume r1; see ${program} --help`,
    );
    expect(asTyped("/var/tieout out/tieout.sqlite of tieout")).to.equal("/var/tieout out/tieout.sqlite of tieout");
  });
});
