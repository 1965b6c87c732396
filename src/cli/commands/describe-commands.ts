/**
 * The table of commands for machines: what `tieout help --output json` prints. Pure.
 */
import { EXIT_MEANINGS } from "../../errors/exit-codes.ts";
import type { CommandShape, FlagEntry } from "./command-entry.ts";
import { COMMANDS, HELP } from "./commands.ts";
import { OUTPUT } from "./flags.ts";

/** Of the command or group that `names` says word by word; of all for no word. */
export function describeCommands(release: string, names: readonly string[]): object {
  const commands = [...COMMANDS, HELP].map(describeCommand);
  const meant = names.join(" ");
  return {
    event: "help",
    release,
    exitCodes: EXIT_MEANINGS,
    commands: commands.filter(({ name }) => meant === "" || `${name} `.startsWith(`${meant} `)),
  };
}

function describeCommand({ usage, description, flags = [], atBank, answers, exits }: CommandShape) {
  const name = usage.replace(/ [<[].*/, "");
  return { name, usage, description, flags: [OUTPUT, ...flags].map(describeFlag), atBank, answers, exits };
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
