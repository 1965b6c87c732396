/**
 * The commands that last until they are stopped, and the one that shows them; the end of the table of commands.
 */
import { EXIT, EXIT_MEANINGS, type ExitCode } from "../../errors/exit-codes.ts";
import { type CommandEntry, command } from "./command-entry.ts";
import { FAULTS } from "./flags.ts";
import type { SandboxFlags } from "./sandbox-command.ts";

/** Of a command that only looks. */
export const LOOK_EXITS = [EXIT.done, EXIT.ourFault, EXIT.cannotWork] as const;

export const ALL_EXITS = Object.keys(EXIT_MEANINGS).map(Number) as ExitCode[];

export const RUN_HELP = "\n<run> is a run's id, the beginning of one, or last.";

export const SERVICES: readonly CommandEntry[] = [
  command({
    usage: "schedule [jobs...]",
    description: "Runs the jobs that have a schedule, until SIGTERM or Ctrl-C.",
    atBank: "writes",
    answers: "in lines",
    exits: [...LOOK_EXITS, EXIT.stopped],
    async act(session, _, ...jobs) {
      return (await import("./schedule-command.ts")).scheduleCommand(session, jobs);
    },
  }),
  command({
    usage: "worker [jobs...]",
    description: "Works on the runs of jobs beside the process that began them, until SIGTERM or Ctrl-C.",
    more: "\nIt needs a ledger in PostgreSQL. Without a job's name it serves every job in jobs/.",
    atBank: "writes",
    answers: "in lines",
    exits: [...LOOK_EXITS, EXIT.stopped],
    async act(session, _, ...jobs) {
      return (await import("./worker-command.ts")).workerCommand(session, jobs);
    },
  }),
  command({
    usage: "follow <run>",
    description: "Shows how far a run is, whoever works on it, until it ends or stops; then ends as the run did.",
    more: `${RUN_HELP} SIGTERM and Ctrl-C end only this command, with 6; the run goes on.`,
    atBank: "nothing",
    answers: "in lines",
    exits: ALL_EXITS,
    async act(session, _, run: string) {
      return (await import("./follow-command.ts")).followCommand(session, run);
    },
  }),
  command({
    usage: "workers",
    description: "Shows which processes work for the ledger, and at what.",
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session) {
      return (await import("./workers-command.ts")).workersCommand(session);
    },
  }),
  command({
    usage: "sandbox",
    description: "Serves a stand-in for the bank on loopback.",
    flags: [
      { flag: "--port <port>", description: "the port to listen on; any free port if not given" },
      { flag: "--state <file>", description: "a file that keeps the state between starts" },
      { flag: "--seed <file>", description: "a file of entities, applications and accounts to start with" },
      FAULTS,
    ],
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, flags: SandboxFlags) {
      return (await import("./sandbox-command.ts")).sandboxCommand(session, flags);
    },
  }),
];
