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
    flags: [{ flag: "--dry-run", description: "only say what would go, and what would stay and why" }],
    more: PRUNE_HELP,
    atBank: "nothing",
    answers: "in lines",
    exits: [...LOOK_EXITS, EXIT.leaseHeld, EXIT.stopped],
    async act(session, flags: PruneFlags, job?: string) {
      return (await import("../prune-command.ts")).pruneCommand(session, job, flags);
    },
  }),
];
