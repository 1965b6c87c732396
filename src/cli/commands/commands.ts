/**
 * The table of commands, from which the program, its help and the docs' tests are made; each group of it has a file in table/.
 * What a command starts is loaded once it is typed, so that help and version come at once.
 */
import type { CommandEntry, CommandShape } from "./command-entry.ts";
import { LOOK_EXITS } from "./table/exits.ts";
import { FOLLOW } from "./table/follow.ts";
import { KEEP } from "./table/keep.ts";
import { LOOK } from "./table/look.ts";
import { OPEN } from "./table/open.ts";
import { OPERATE } from "./table/operate.ts";
import { REPAIR } from "./table/repair.ts";
import { RUN } from "./table/run.ts";
import { TRY } from "./table/try.ts";
import { UNDO } from "./table/undo.ts";

interface CommandGroup {
  readonly name: string;
  /** What its commands are for, as a heading in the help. */
  readonly heading: string;
  readonly commands: readonly CommandEntry[];
}

/** In the order of the help. */
export const GROUPS: readonly CommandGroup[] = [
  { name: "look", heading: "Look: what a file would do, before anything is sent", commands: LOOK },
  { name: "run", heading: "Run: send what a file says", commands: RUN },
  { name: "follow", heading: "Follow: how far the runs are", commands: FOLLOW },
  {
    name: "repair",
    heading: "Repair: what became of rows, and how the rest gets through",
    commands: [...REPAIR, ...OPEN, ...UNDO],
  },
  {
    name: "operate",
    heading: "Operate: what lasts, and what looks after jobs and ledgers",
    commands: [...OPERATE, ...KEEP],
  },
  { name: "try", heading: "Try: without the bank", commands: TRY },
];

export const COMMANDS: readonly CommandEntry[] = GROUPS.flatMap(({ commands }) => commands);

/** Commands of several words, by the first; with the description of what they have in common. */
export const FAMILIES: Readonly<Record<string, string>> = {
  ledger: "Looks after the ledger itself.",
};

/** Shows the others, and needs nothing that a command does: the program itself answers it. */
export const HELP: CommandShape = {
  usage: "help [command...]",
  description: "Shows the commands, or one of them in full.",
  example: "tieout help run",
  atBank: "nothing",
  answers: "once",
  exits: LOOK_EXITS,
};

export const HELP_HEADING = "Help";
