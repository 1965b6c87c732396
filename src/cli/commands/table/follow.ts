/**
 * The commands that show how far runs are and who works on them, and the one that steers a run.
 */
import { EXIT } from "../../../errors/exit-codes.ts";
import { type CommandEntry, command } from "../command-entry.ts";
import { RUN_HELP, SINCE } from "../flags.ts";
import type { RunsFlags } from "../runs-command.ts";
import { ALL_EXITS, LOOK_EXITS } from "./exits.ts";

const CTL_HELP = `${RUN_HELP}
<order> is in effect within a second. pause: no call begins until resume, and those in flight end. stop: as Ctrl-C does;
tieout resume <run> continues it. set: requestsPerSecond, reads and writes, never beyond the job's own.`;

export const FOLLOW: readonly CommandEntry[] = [
  command({
    usage: "follow <run>",
    description: "Shows how far a run is, whoever works on it, until it ends or stops; then ends as the run did.",
    example: "tieout follow last",
    more: `${RUN_HELP} SIGTERM and Ctrl-C end only this command, with 6; the run goes on.`,
    atBank: "nothing",
    answers: "in lines",
    exits: ALL_EXITS,
    async act(session, _, run: string) {
      return (await import("../follow-command.ts")).followCommand(session, run);
    },
  }),
  command({
    usage: "ctl <run> <order> [settings...]",
    description: "Steers a run while it works, on whichever host: pause, resume, stop, or set.",
    example: "tieout ctl last set requestsPerSecond=5 writes=4",
    flags: [{ flag: "--reason <text>", description: "why; it is kept in the audit trail" }],
    more: CTL_HELP,
    atBank: "nothing",
    answers: "once",
    exits: [...LOOK_EXITS, EXIT.stopped],
    async act(session, { reason = null }: { reason?: string | null }, ...args) {
      return (await import("../ctl-command.ts")).ctlCommand(session, args, reason);
    },
  }),
  command({
    usage: "runs",
    description: "Lists the runs, latest first.",
    example: "tieout runs --job nightly-sync --since 7d --failed",
    flags: [
      { flag: "--limit <runs>", description: "list at most N runs", whole: true, default: 20 },
      { flag: "--job <name>", description: "only runs of this job" },
      { ...SINCE, description: "only runs that began since a date, or so many days or hours ago, such as 7d or 24h" },
      { flag: "--failed", description: "only runs that have not ended, or ended with another exit code than 0" },
    ],
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, flags: RunsFlags) {
      return (await import("../runs-command.ts")).runsCommand(session, flags);
    },
  }),
  command({
    usage: "workers",
    description: "Shows which processes work for the ledger, and at what.",
    example: "tieout workers",
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session) {
      return (await import("../workers-command.ts")).workersCommand(session);
    },
  }),
];
