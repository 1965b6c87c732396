/** The table of commands: what the program, its help and `tieout help --output json` make of it. */
import { expect } from "chai";
import type { Command } from "commander";
import { COMMANDS, GROUPS, HELP, HELP_HEADING } from "../../src/cli/commands/commands.ts";
import { asTyped } from "../../src/cli/output/as-typed.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { EXIT_MEANINGS } from "../../src/errors/exit-codes.ts";
import { runTieout } from "../support/tieout.ts";

interface Described {
  readonly name: string;
  readonly flags: readonly { readonly flag: string; readonly required: boolean }[];
  readonly atBank: string;
  readonly exits: readonly number[];
}

const ALL = [...COMMANDS, HELP];
const nameOf = (usage: string) => usage.replace(/ [<[].*/, "");

describe("the table of commands", () => {
  const program = buildProgram(
    () => Promise.reject(new Error("opened")),
    () => {},
  );
  const find = (name: string) =>
    name
      .split(" ")
      .filter((word) => word !== "")
      .reduce<Command | undefined>((one, word) => one?.commands.find((sub) => sub.name() === word), program);
  /** All of `--help`, what is added behind it too. */
  const helpOf = (name: string) => {
    let text = "";
    find(name)
      ?.configureOutput({
        writeOut: (part) => {
          text += part;
        },
      })
      .outputHelp();
    return text;
  };

  for (const { usage, exits, flags = [] } of ALL)
    it(`shows of ${nameOf(usage)} its flags and just the exit codes that it may end with`, () => {
      const text = helpOf(nameOf(usage));
      const shown = [...text.matchAll(/^ {2}(\d) {2}(.+)$/gm)].map(([, code, meaning]) => `${code} ${meaning}`);
      expect(shown).to.deep.equal(exits.map((code) => `${code} ${EXIT_MEANINGS[code]}`));
      for (const { flag } of flags) expect(text).to.contain(`\n  ${flag}  `);
    });

  for (const { usage, example } of ALL)
    it(`shows of ${nameOf(usage)} an example that can be typed`, async () => {
      expect(`${example} `.startsWith(`tieout ${nameOf(usage)} `), example).to.equal(true);
      expect(helpOf(nameOf(usage))).to.contain(`\nExample:\n  ${asTyped(example)}\n`);
      const opened: string[] = [];
      const typed = buildProgram(
        (form) => {
          opened.push(form);
          return Promise.reject(new Error("opened"));
        },
        () => opened.push("help"),
      );
      for (const command of typed.commands) command.configureOutput({ writeOut: () => {} });
      const words = (example.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', "")).slice(1);
      await typed.parseAsync(words, { from: "user" }).catch((error: Error) => expect(error.message).to.equal("opened"));
      expect(opened).to.have.length(1);
    });

  it("are the contents of tieout --help, in groups", () => {
    const text = helpOf("");
    const headings = [...GROUPS.map(({ heading }) => heading), HELP_HEADING];
    const places = headings.map((heading) => text.indexOf(`\n${heading}\n`));
    expect(places.every((place) => place > 0)).to.equal(true);
    expect(places).to.deep.equal([...places].sort((one, other) => one - other));
    for (const [at, { commands }] of GROUPS.entries())
      for (const { usage } of commands)
        expect(text.slice(places[at], places[at + 1])).to.contain(`\n  ${usage.split(" ")[0]} `);
    expect(text).not.to.contain("\nCommands:\n");
  });

  it("is what tieout help --output json prints, for all commands and for one", async () => {
    const { code, out, err } = await runTieout(["help", "--output", "json"], {});
    expect([code, err]).to.deep.equal([0, ""]);
    const { commands, exitCodes } = JSON.parse(out) as { commands: readonly Described[]; exitCodes: object };
    expect(commands.map(({ name }) => name)).to.deep.equal(ALL.map(({ usage }) => nameOf(usage)));
    expect(exitCodes).to.deep.equal(EXIT_MEANINGS);
    const sends = commands.filter(({ atBank }) => atBank === "writes").map(({ name }) => name);
    expect(sends).to.deep.equal(["run", "apply", "resume", "rerun", "schedule", "worker"]);
    const one = JSON.parse((await runTieout(["help", "abandon", "--output", "json"], {})).out) as {
      commands: readonly Described[];
    };
    expect(one.commands.map(({ name }) => name)).to.deep.equal(["abandon"]);
    expect(one.commands[0]?.flags.map(({ flag, required }) => `${flag} ${required}`)).to.deep.equal([
      "--output false",
      "--reason true",
    ]);
  });

  it("answers help with the words of --help, for a command of a group too", async () => {
    const [help, flag] = await Promise.all(
      [
        ["help", "ledger", "name-bank"],
        ["ledger", "name-bank", "--help"],
      ].map((args) => runTieout(args, {})),
    );
    expect(help?.out).to.contain("LEAD_PROGRAM=<program>").and.to.equal(flag?.out);
    expect([help?.code, help?.err]).to.deep.equal([0, ""]);
  });
});
