/**
 * The command that writes the file with which a run is taken back.
 */
import { type CommandEntry, command } from "../command-entry.ts";
import { RUN_HELP } from "../flags.ts";
import type { UndoFlags } from "../undo-command.ts";
import { ALL_EXITS } from "./exits.ts";

const UNDO_HELP = `${RUN_HELP}
The folder gets undo.csv, with what the bank held before of each account that is still as the run left it, and undo-not.csv,
with what that does not take back, and why. undo.csv is run like any file: tieout plan, then tieout run, with --file.`;

export const UNDO: readonly CommandEntry[] = [
  command({
    usage: "undo <run>",
    description: "Writes a file that takes a run back, and a list of what cannot be taken back. Sends nothing.",
    example: "tieout undo last --rows 1-20 --to undo-of-tuesday",
    flags: [
      {
        flag: "--rows <ranges>",
        description: "only these rows of the run, such as 7,100-200; numbers as in result_row",
      },
      { flag: "--to <folder>", description: "the new folder for both files, instead of undo-<run> here" },
    ],
    more: UNDO_HELP,
    atBank: "reads",
    answers: "once",
    exits: ALL_EXITS,
    async act(session, flags: UndoFlags, run: string) {
      return (await import("../undo-command.ts")).undoCommand(session, run, flags);
    },
  }),
];
