/**
 * The command line's grammar: the program that commander makes of the table of commands. Parsing a line that cannot be
 * meant throws before anything is opened.
 */
import { Command, type CommanderError, Option } from "commander";
import { EXIT, EXIT_MEANINGS, type ExitCode } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { checkCommandLine, countFlags, seeHelp, whole } from "./check-command-line.ts";
import type { CommandShape, FlagEntry } from "./commands/command-entry.ts";
import { FAMILIES, GROUPS, HELP, HELP_HEADING } from "./commands/commands.ts";
import { describeCommands } from "./commands/describe-commands.ts";
import { outputOf } from "./commands/flags.ts";
import { asTyped } from "./output/as-typed.ts";
import { jsonLine } from "./output/json-line.ts";
import type { Output, Session } from "./session.ts";
import { tieoutVersion } from "./tieout-version.ts";

type OpenSession = (form: Output, command: CommandShape) => Promise<Session>;

const AT_BANK: Readonly<Record<CommandShape["atBank"], string>> = {
  nothing: "The bank is not asked.",
  reads: "The bank is read, and nothing is changed there.",
  writes: "The bank is read, and accounts may be changed there.",
};

/** `open` is called once a line is understood, and `done` with the exit code of its command. */
export function buildProgram(open: OpenSession, done: (code: ExitCode) => void): Command {
  const version = tieoutVersion();
  const program = new Command("tieout")
    .description("Makes the accounts held at Lead Bank agree with the CSV files of a core banking system, row by row.")
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .addHelpText("after", describeExits(Object.keys(EXIT_MEANINGS).map(Number) as ExitCode[]));
  for (const { heading, commands } of GROUPS) {
    for (const entry of commands) {
      const command = add(program, heading, entry);
      command.action(async () => {
        const { output, ...flags } = command.opts<{ output: Output }>();
        await using session = await open(output, entry);
        done(await entry.act(session, flags as never, ...command.args));
      });
    }
  }
  const help = add(program, HELP_HEADING, HELP);
  help.action(() => {
    const meant = findCommand(program, help.args);
    if (help.opts<{ output: Output }>().output === "text") meant.outputHelp();
    else process.stdout.write(jsonLine(describeCommands(version, help.args)));
    done(EXIT.done);
  });
  return program;
}

/** Defines a command under that heading of the program's help, in its family if it is of one. */
function add(program: Command, heading: string, shape: CommandShape): Command {
  const { usage, description, example, flags = [], more, atBank, exits } = shape;
  const [first = "", ...rest] = usage.split(" ");
  const family = FAMILIES[first];
  const parent =
    family === undefined
      ? program
      : (program.commands.find((one) => one.name() === first) ??
        program.command(first).description(family).helpGroup(heading).helpCommand(false));
  const command = parent.command(family === undefined ? usage : rest.join(" ")).description(description);
  if (family === undefined) command.helpGroup(heading);
  for (const flag of [outputOf(shape), ...flags]) command.addOption(optionOf(flag));
  command.addHelpText("after", `\nExample:\n  ${asTyped(example)}`);
  command.addHelpText("after", `\n${AT_BANK[atBank]}\n${describeExits(exits)}`);
  if (more !== undefined) command.addHelpText("after", more);
  const counts = countFlags(command);
  return command.hook("preAction", () => checkCommandLine(command, counts));
}

function optionOf({ flag, description, required = false, whole: isWhole, choices, default: value }: FlagEntry): Option {
  const option = new Option(flag, description).makeOptionMandatory(required);
  if (choices !== undefined) option.choices(choices);
  if (isWhole) option.argParser(whole(option.long ?? flag));
  return value === undefined ? option : option.default(value);
}

function describeExits(exits: readonly ExitCode[]): string {
  return `\nExit codes:\n${exits.map((code) => `  ${code}  ${EXIT_MEANINGS[code]}`).join("\n")}`;
}

/** The command or family that is named word by word; the program itself for no word. */
function findCommand(program: Command, names: readonly string[]): Command {
  let meant = program;
  for (const name of names) {
    const next = meant.commands.find((one) => one.name() === name);
    if (next === undefined)
      throw new FatalError("usage", `there is no command ${names.join(" ")}`, { hint: seeHelp(meant) });
    meant = next;
  }
  return meant;
}

/**
 * What commander found, as the error that ends the command. `args` are those behind the program's own name. Its word for a
 * command that is missing is the help, which is shown by then.
 */
export function usageError({ code, message }: CommanderError, program: Command, args: readonly string[]): FatalError {
  const first = program.commands.find((command) => command.name() === args[0]) ?? program;
  const named = first.commands.find((command) => first !== program && command.name() === args[1]) ?? first;
  const said = message
    .replace(/^error: /, "")
    .replace(/\.?\n?$/, "")
    .replaceAll("\n", " ");
  return new FatalError("usage", code === "commander.help" ? "no command is given" : said, { hint: seeHelp(named) });
}
