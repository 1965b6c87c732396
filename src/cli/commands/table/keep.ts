/**
 * The commands that look after what ledgers keep.
 */
import { EXIT } from "../../../errors/exit-codes.ts";
import { type CommandEntry, command } from "../command-entry.ts";
import type { PruneFlags } from "../prune-command.ts";
import { LOOK_EXITS } from "./exits.ts";

const PRUNE_HELP = `
Only a job whose file has retention: { cells: "400d" } is pruned; without a name, all such jobs in jobs/. Of runs that
ended longer ago, the values go: cells, bodies of calls, accounts as they were seen. Words, codes, calls, summaries and
the audit trail stay, and so does all of a row that is open or of an account on legal hold. It goes on where it was stopped.`;

export const KEEP: readonly CommandEntry[] = [
  command({
    usage: "prune [job]",
    description: "Takes the values of old runs out of the ledger, as the job says.",
    example: "tieout prune nightly-sync --dry-run",
    flags: [
      { flag: "--dry-run", description: "only say what would go, and what would stay and why" },
      { flag: "--reason <text>", description: "why the clock is right, where the ledger's runs speak against it" },
    ],
    more: PRUNE_HELP,
    atBank: "nothing",
    answers: "in lines",
    exits: [...LOOK_EXITS, EXIT.leaseHeld, EXIT.stopped],
    async act(session, flags: PruneFlags, job?: string) {
      return (await import("../prune-command.ts")).pruneCommand(session, job, flags);
    },
  }),
  command({
    usage: "ledger backup <file>",
    description: "Writes a copy of the ledger to a new file, while runs go on, and checks it.",
    example: "tieout ledger backup /backup/ledger-2026-11-29.sqlite",
    more: "\nThe copy is of one moment, readable by its owner alone, and takes the place of no file. For a ledger in PostgreSQL it names what pg_dump is to be given.",
    atBank: "nothing",
    answers: "once",
    exits: [...LOOK_EXITS, EXIT.stopped],
    async act(session, _, file: string) {
      return (await import("../backup-ledger-command.ts")).backupLedgerCommand(session, file);
    },
  }),
  command({
    usage: "ledger check",
    description: "Checks the ledger: its database, the counts of every run, and the audit trail. Reads all of it.",
    example: "tieout ledger check",
    more: "\nIt ends with 0 when all is well, and with 1 when not; each line says what is wrong and where.",
    atBank: "nothing",
    answers: "in lines",
    exits: [...LOOK_EXITS, EXIT.stopped],
    async act(session) {
      return (await import("../check-ledger-command.ts")).checkLedgerCommand(session);
    },
  }),
  command({
    usage: "ledger vacuum",
    description: "Gives back the room of what is gone from the ledger.",
    example: "tieout ledger vacuum",
    more: "\nNo run may be in progress or unfinished. A ledger in a file needs room for two more copies of it meanwhile.",
    atBank: "nothing",
    answers: "once",
    exits: [...LOOK_EXITS, EXIT.leaseHeld, EXIT.stopped],
    async act(session) {
      return (await import("../vacuum-ledger-command.ts")).vacuumLedgerCommand(session);
    },
  }),
];
