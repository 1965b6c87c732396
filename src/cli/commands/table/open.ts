/**
 * The commands about rows that are still open.
 */
import { EXIT } from "../../../errors/exit-codes.ts";
import type { AcceptFlags } from "../accept-command.ts";
import { type CommandEntry, command } from "../command-entry.ts";
import type { EvidenceFlags } from "../evidence-command.ts";
import { RUN_HELP } from "../flags.ts";
import type { OpenFlags } from "../open-command.ts";
import type { ResultsFlags } from "../results-command.ts";
import type { VerifyFlags } from "../verify-command.ts";
import { LOOK_EXITS } from "./exits.ts";

const OPEN_HELP = `
A row is open that ended as anything but applied or unchanged, and has not come right since: by a re-run, by a repaired
file, or since a later run has a row for the same account, which then takes its place. Age counts from the first run.`;

export const OPEN: readonly CommandEntry[] = [
  command({
    usage: "open",
    description: "Lists the rows that are still short of agreement, over all runs, the oldest first.",
    example: "tieout open --job nightly-sync",
    flags: [
      { flag: "--job <name>", description: "only those of this job" },
      { flag: "--limit <rows>", description: "list at most N rows; the sums are of all", whole: true, default: 50 },
    ],
    more: OPEN_HELP,
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, flags: OpenFlags) {
      return (await import("../open-command.ts")).openCommand(session, flags);
    },
  }),
  command({
    usage: "accept <run>",
    description: "Takes open rows off the list until a day has passed. Sends nothing, and changes no row.",
    example: 'tieout accept last --row 7,12-19 --until 2027-01-31 --reason "the bank merges these in January"',
    flags: [
      { flag: "--row <ranges>", description: "the row numbers, as in the column result_row", required: true },
      { flag: "--until <day>", description: "the last day, as 2027-01-31; it ends at midnight UTC", required: true },
      { flag: "--reason <text>", description: "why; it is kept in the audit trail", required: true },
    ],
    more: RUN_HELP,
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, flags: AcceptFlags, run: string) {
      return (await import("../accept-command.ts")).acceptCommand(session, run, flags);
    },
  }),
  command({
    usage: "results <run>",
    description: "Writes one line for each row of a run with its last word, over all re-runs and repaired files.",
    example: "tieout results last --final --to results",
    flags: [
      { flag: "--final", description: "what the last attempts of the rows came to" },
      { flag: "--to <folder>", description: "where <run>-final.csv goes (default: here)" },
    ],
    more: `${RUN_HELP} Of a re-run or a repaired file, the results are those of the run that its rows came from.`,
    atBank: "nothing",
    answers: "once",
    exits: [...LOOK_EXITS, EXIT.rowsToRepair, EXIT.rowsHeld, EXIT.leaseHeld, EXIT.stopped],
    async act(session, flags: ResultsFlags, run: string) {
      return (await import("../results-command.ts")).resultsCommand(session, run, flags);
    },
  }),
  command({
    usage: "verify <run>",
    description: "Reads the accounts of a run's rows again, and says which are no longer as the run left them.",
    example: "tieout verify last",
    flags: [{ flag: "--to <folder>", description: "where <run>-verified.csv goes (default: here)" }],
    more: RUN_HELP,
    atBank: "reads",
    answers: "once",
    exits: [...LOOK_EXITS, EXIT.rowsToRepair, EXIT.stopped],
    async act(session, flags: VerifyFlags, run: string) {
      return (await import("../verify-command.ts")).verifyCommand(session, run, flags);
    },
  }),
  command({
    usage: "evidence <folder>",
    description: "Gathers what the ledger can show of a period into a new folder that is read without Tieout.",
    example: "tieout evidence november --from 2026-11-01 --to 2026-11-30",
    flags: [
      { flag: "--from <day>", description: "the first day, as 2026-11-01, in UTC", required: true },
      { flag: "--to <day>", description: "the last day, which is included", required: true },
    ],
    more: "\nSchedules are those of the job files in jobs/, as they are today. No value of a row goes into the folder.",
    atBank: "nothing",
    answers: "once",
    exits: LOOK_EXITS,
    async act(session, flags: EvidenceFlags, folder: string) {
      return (await import("../evidence-command.ts")).evidenceCommand(session, folder, flags);
    },
  }),
];
