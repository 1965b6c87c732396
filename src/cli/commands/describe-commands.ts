/**
 * The table of commands for machines: what `tieout help --output json` prints. Pure.
 */
import { EXIT_MEANINGS } from "../../errors/exit-codes.ts";
import type { CommandShape, FlagEntry } from "./command-entry.ts";
import { GROUPS, HELP } from "./commands.ts";
import { outputOf } from "./flags.ts";

/** Of the command or family that `names` says word by word; of all for no word. */
export function describeCommands(release: string, names: readonly string[]): object {
  const all = GROUPS.flatMap(({ name, commands }) => commands.map((one) => describeCommand(one, name)));
  const meant = names.join(" ");
  return {
    event: "help",
    release,
    exitCodes: EXIT_MEANINGS,
    commands: [...all, describeCommand(HELP, "help")].filter(
      ({ name }) => meant === "" || `${name} `.startsWith(`${meant} `),
    ),
  };
}

function describeCommand(shape: CommandShape, group: string) {
  const { usage, description, example, flags = [], atBank, answers, exits } = shape;
  const name = usage.replace(/ [<[].*/, "");
  const allFlags = [outputOf(shape), ...flags].map(describeFlag);
  return { name, group, usage, description, example, flags: allFlags, atBank, answers, exits };
}

function describeFlag({ flag, description, required = false, choices, ...rest }: FlagEntry) {
  const [name, takes = null] = flag.split(" ");
  return {
    flag: name,
    takes,
    description,
    required,
    default: rest.default ?? null,
    ...(choices !== undefined && { choices }),
  };
}
