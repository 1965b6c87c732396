/**
 * The commands that show what became of rows, and that let the rest of them through.
 */
import { EXIT } from "../../../errors/exit-codes.ts";
import type { ApproveFlags } from "../approve-command.ts";
import { type CommandEntry, command } from "../command-entry.ts";
import { RUN_HELP } from "../flags.ts";
import type { ReportFlags } from "../report-command.ts";
import type { RerunFlags } from "../rerun-command.ts";
import { ALL_EXITS, LOOK_EXITS } from "./exits.ts";

export const REPAIR: readonly CommandEntry[] = [
  command({
    usage: "explain <run>",
    description: "Shows all that the ledger knows about one row.",
    example: "tieout explain last --row 12",
    flags: [
      {
        flag: "--row <number>",
        description: "the row number, as in the column result_row",
        required: true,
        whole: true,
      },
    ],
    more: RUN_HELP,
    atBank: "nothing",
    answers: "once",
    exits: LOOK_EXITS,
    async act(session, { row }: { row: number }, run: string) {
      return (await import("../explain-command.ts")).explainCommand(session, run, row);
    },
  }),
  command({
    usage: "codes [code]",
    description: "Lists all codes, or shows one in full.",
    example: "tieout codes guard",
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, _, code?: string) {
      return (await import("../codes-command.ts")).codesCommand(session, code);
    },
  }),
  command({
    usage: "approve <run>",
    description: "Releases the rows that a guard holds, once. Sends nothing: tieout resume does.",
    example: 'tieout approve last --guard close --max 120 --reason "branch 12 is closing"',
    flags: [
      { flag: "--guard <name>", description: "the guard, as the rows and the summary name it", required: true },
      {
        flag: "--max <figure>",
        description: "the most that is approved; nothing is released when the guard's figure is above it",
        required: true,
        whole: true,
      },
      { flag: "--reason <text>", description: "why; it is kept with the run", required: true },
    ],
    more: RUN_HELP,
    atBank: "nothing",
    answers: "once",
    exits: [...LOOK_EXITS, EXIT.rowsHeld, EXIT.leaseHeld, EXIT.stopped],
    async act(session, flags: ApproveFlags, run: string) {
      return (await import("../approve-command.ts")).approveCommand(session, run, flags);
    },
  }),
  command({
    usage: "rerun <run>",
    description: "Runs chosen rows of an earlier run again, from the ledger.",
    example: "tieout rerun last --only refused,failed",
    flags: [
      {
        flag: "--only <words>",
        description: "the words of the rows to run, separated by commas (default: invalid,refused,failed)",
      },
      { flag: "--accept <codes>", description: "release rows that are held for these codes, separated by commas" },
      { flag: "--reason <text>", description: "why the rows are released" },
    ],
    more: RUN_HELP,
    atBank: "writes",
    answers: "once",
    exits: ALL_EXITS,
    async act(session, flags: RerunFlags, run: string) {
      return (await import("../rerun-command.ts")).rerunCommand(session, run, flags);
    },
  }),
  command({
    usage: "report <run>",
    description: "Writes a run's result files again, a page to read in a browser among them.",
    example: "tieout report last --open",
    flags: [{ flag: "--open", description: "open the page, report.html, in a browser if there is one here" }],
    more: RUN_HELP,
    atBank: "nothing",
    answers: "once",
    forms: ["markdown"],
    exits: ALL_EXITS,
    async act(session, flags: ReportFlags, run: string) {
      return (await import("../report-command.ts")).reportCommand(session, run, flags);
    },
  }),
];
