/**
 * The commands that show what became of rows, and that let the rest of them through.
 */
import { EXIT } from "../../../errors/exit-codes.ts";
import type { ApproveFlags } from "../approve-command.ts";
import type { BundleFlags } from "../bundle-command.ts";
import { type CommandEntry, command } from "../command-entry.ts";
import type { ExplainFlags } from "../explain-command.ts";
import { RUN_HELP, SINCE } from "../flags.ts";
import type { HistoryFlags } from "../history-command.ts";
import type { ReportFlags } from "../report-command.ts";
import type { RerunFlags } from "../rerun-command.ts";
import { ALL_EXITS, LOOK_EXITS } from "./exits.ts";

const DIFF_HELP = `${RUN_HELP.replace("<run> is", "<first> and <second> are each")}
Rows of one file, of a plan and the run that applies it, and of a re-run are compared by their number; those of two files
by account. Whether rows differ or not, the exit code is 0.`;

const HISTORY_HELP = `
<account> is an account_id or a client_account_id. It looks at the bank of LEAD_API_URL, LEAD_PROGRAM and LEAD_CLIENT_ID
as far as they are set, or else at that of the latest run, over all jobs. Credentials are not needed.`;

export const REPAIR: readonly CommandEntry[] = [
  command({
    usage: "explain <run>",
    description: "Shows all that the ledger knows about a row.",
    example: "tieout explain last --row 12",
    flags: [
      { flag: "--row <number>", description: "the row number, as in the column result_row", whole: true },
      { flag: "--account <id>", description: "the rows of the account with this account_id or client_account_id" },
      { flag: "--code <code>", description: "the first rows that have this code, such as bank_refused" },
    ],
    more: `${RUN_HELP} Give one of --row, --account and --code. Of several rows the first three are shown, and how many more there are.`,
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, flags: ExplainFlags, run: string) {
      return (await import("../explain-command.ts")).explainCommand(session, run, flags);
    },
  }),
  command({
    usage: "history <account>",
    description: "Shows what every run did about one account, latest first: differences, calls and words.",
    example: "tieout history account_7 --since 30d",
    flags: [SINCE, { flag: "--limit <rows>", description: "show at most N rows", whole: true, default: 50 }],
    more: HISTORY_HELP,
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, flags: HistoryFlags, account: string) {
      return (await import("../history-command.ts")).historyCommand(session, account, flags);
    },
  }),
  command({
    usage: "causes <run>",
    description: "Shows why rows of a run did not go, as a handful of causes: whose each is, and what to do.",
    example: "tieout causes last",
    more: RUN_HELP,
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, _, run: string) {
      return (await import("../causes-command.ts")).causesCommand(session, run);
    },
  }),
  command({
    usage: "diff <first> <second>",
    description: "Shows the rows of two runs whose word or change differs, after how many are alike.",
    example: "tieout diff 20261129-003650 last --limit 20",
    flags: [{ flag: "--limit <rows>", description: "show at most N rows; all are counted", whole: true, default: 50 }],
    more: DIFF_HELP,
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, { limit }: { limit: number }, ...ids) {
      return (await import("../diff-command.ts")).diffCommand(session, ids, limit);
    },
  }),
  command({
    usage: "bundle <run>",
    description: "Writes a folder for the bank's support desk: calls of one cause, redacted, and what to write.",
    example: "tieout bundle last --cause 3",
    flags: [
      { flag: "--cause <number>", description: "the cause, by its number in the summary", required: true },
      { flag: "--to <folder>", description: "a folder that is not there yet (default: bundle-<run>-cause-<number>)" },
    ],
    more: RUN_HELP,
    atBank: "nothing",
    answers: "once",
    exits: [...LOOK_EXITS, EXIT.fileRejected],
    async act(session, flags: BundleFlags, run: string) {
      return (await import("../bundle-command.ts")).bundleCommand(session, run, flags);
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
      { flag: "--cause <numbers>", description: "only the rows of these causes, by their numbers in the summary" },
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
