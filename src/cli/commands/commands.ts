/**
 * The table of commands, from which the program, its help and the docs' tests are made. What a command starts is loaded
 * once it is typed, so that help and version come at once.
 */
import { EXIT } from "../../errors/exit-codes.ts";
import type { RunKind } from "../../ledger/run.ts";
import type { Session } from "../session.ts";
import type { AuditFlags } from "./audit-command.ts";
import { type CommandEntry, type CommandShape, command } from "./command-entry.ts";
import { FAULTS, FILE, FROM, START } from "./flags.ts";
import type { RehearseFlags } from "./rehearse-command.ts";
import type { RerunFlags } from "./rerun-command.ts";
import { ALL_EXITS, LOOK_EXITS, RUN_HELP, SERVICES } from "./services.ts";
import type { ValidateFlags } from "./validate-command.ts";

interface StartFlags {
  file?: string;
  from?: string;
  limit?: number;
  again?: boolean;
  reason?: string;
  withoutLedger?: boolean;
  detach?: boolean;
}

/** Of a command whose ledger is its own. */
const APART_EXITS = ALL_EXITS.filter((code) => code !== EXIT.leaseHeld);

const start = (kind: RunKind) => async (session: Session, flags: StartFlags, job: string) => {
  const { runCommand } = await import("./run-command.ts");
  const { file = null, from = null, limit = null, reason = "", withoutLedger = false } = flags;
  return runCommand(
    session,
    job,
    { kind, file, from, limit, again: flags.again ? reason : null, withoutLedger },
    flags.detach,
  );
};

/** Commands of several words, by the first; with the description of what they have in common. */
export const GROUPS: Readonly<Record<string, string>> = {
  ledger: "Looks after the ledger itself.",
};

const NAME_BANK_HELP = `
<name> is a client id of the bank, or the program's name that it has by now; <program> is what it is to be called.
The bank is the one at LEAD_API_URL. No job may run there meanwhile. From then on any client id works for the bank
with LEAD_PROGRAM=<program>, or with program in the job.
A client id that was used for a mistyped program is given to the right one: <name> is that client id, and <program> a
program that the ledger has by name.`;

const COPY_HELP = `
<from> and <to> are each a file or a URL like postgres://user@host:5432/database; TIEOUT_LEDGER is not looked at. What
is in the place of <to> must be empty, and no job may run in <from> meanwhile. Afterwards <from> can still be read, and
refuses every write; unfinished runs are resumed in <to>. A password on a command line can be seen by other users of the
host: leave it to PGPASSWORD or ~/.pgpass.`;

/** In the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  command({
    usage: "run <job>",
    description: "Processes the job's new files: compares each row with the bank and makes the calls that are missing.",
    flags: [
      ...START,
      {
        flag: "--without-ledger",
        description:
          "continue although the ledger of earlier runs is lost; accounts are made only after a proven look-up",
      },
      { flag: "--detach", description: "leave it to a worker, and print the id for tieout follow" },
    ],
    atBank: "writes",
    answers: "in lines",
    exits: ALL_EXITS,
    act: start("run"),
  }),
  command({
    usage: "plan <job>",
    description: "Shows what a run would send. Sends nothing.",
    flags: START,
    atBank: "reads",
    answers: "in lines",
    exits: ALL_EXITS,
    act: start("plan"),
  }),
  command({
    usage: "rehearse <job>",
    description: "Runs the job's new files against a stand-in for the bank. The bank itself is only read.",
    flags: [
      FILE,
      FROM,
      { flag: "--limit <rows>", description: "only the first rows", whole: true },
      FAULTS,
      {
        flag: "--results <folder>",
        description: "where the results go, instead of rehearsals/ beside the ledger",
      },
    ],
    atBank: "reads",
    answers: "in lines",
    exits: APART_EXITS,
    async act(session, flags: RehearseFlags, job: string) {
      return (await import("./rehearse-command.ts")).rehearseCommand(session, job, flags);
    },
  }),
  command({
    usage: "validate <job|file>",
    description: "Checks a file on its own: needs no bank and no ledger, and sends nothing.",
    flags: [
      {
        flag: "--file <path>",
        description: "this file, a path or s3://bucket/key, instead of the newest of the job's source",
      },
      FROM,
      { flag: "--results <folder>", description: "where the results go, instead of the job's results place" },
    ],
    atBank: "nothing",
    answers: "in lines",
    exits: APART_EXITS,
    async act(session, flags: ValidateFlags, named: string) {
      return (await import("./validate-command.ts")).validateCommand(session, named, flags);
    },
  }),
  command({
    usage: "resume [run]",
    description: "Continues an unfinished run where it stopped: the run that is named, or else the last one.",
    flags: [{ flag: "--limit <rows>", description: "only the first rows of the file", whole: true }],
    more: RUN_HELP.replace("<run>", "[run]"),
    atBank: "writes",
    answers: "once",
    exits: ALL_EXITS,
    async act(session, { limit = null }: { limit?: number | null }, run?: string) {
      return (await import("./resume-command.ts")).resumeCommand(session, run, limit);
    },
  }),
  command({
    usage: "abandon <run>",
    description: "Gives up the rest of an unfinished run. Nothing more is sent, and doubts are settled first.",
    flags: [{ flag: "--reason <text>", description: "why; it is kept in the results", required: true }],
    more: RUN_HELP,
    atBank: "reads",
    answers: "once",
    exits: ALL_EXITS,
    async act(session, { reason }: { reason: string }, run: string) {
      return (await import("./abandon-command.ts")).abandonCommand(session, run, reason);
    },
  }),
  command({
    usage: "rerun <run>",
    description: "Runs chosen rows of an earlier run again, from the ledger.",
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
      return (await import("./rerun-command.ts")).rerunCommand(session, run, flags);
    },
  }),
  command({
    usage: "report <run>",
    description: "Writes a run's result files again.",
    more: RUN_HELP,
    atBank: "nothing",
    answers: "once",
    exits: ALL_EXITS,
    async act(session, _, run: string) {
      return (await import("./report-command.ts")).reportCommand(session, run);
    },
  }),
  command({
    usage: "move <job>",
    description: "Gives the job's name to this job file, after the file was moved or replaced.",
    atBank: "nothing",
    answers: "once",
    exits: [...LOOK_EXITS, EXIT.leaseHeld, EXIT.stopped],
    async act(session, _, job: string) {
      return (await import("./move-command.ts")).moveCommand(session, job);
    },
  }),
  command({
    usage: "ledger name-bank <name> <program>",
    description:
      "Gives a bank in the ledger its program's name. Links, files, runs and idempotency keys stay as they are.",
    more: NAME_BANK_HELP,
    atBank: "nothing",
    answers: "once",
    exits: [...LOOK_EXITS, EXIT.leaseHeld, EXIT.stopped],
    async act(session, _, name: string, program: string) {
      return (await import("./name-bank-command.ts")).nameBankCommand(session, name, program);
    },
  }),
  command({
    usage: "ledger copy <from> <to>",
    description: "Moves a ledger to another place, such as from a file to PostgreSQL, and compares both.",
    more: COPY_HELP,
    atBank: "nothing",
    answers: "once",
    exits: [...LOOK_EXITS, EXIT.leaseHeld, EXIT.stopped],
    async act(session, _, from: string, to: string) {
      return (await import("./copy-ledger-command.ts")).copyLedgerCommand(session, from, to);
    },
  }),
  command({
    usage: "runs",
    description: "Lists the runs, latest first.",
    flags: [{ flag: "--limit <runs>", description: "list at most N runs", whole: true, default: 20 }],
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, { limit }: { limit: number }) {
      return (await import("./runs-command.ts")).runsCommand(session, limit);
    },
  }),
  command({
    usage: "explain <run>",
    description: "Shows all that the ledger knows about one row.",
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
      return (await import("./explain-command.ts")).explainCommand(session, run, row);
    },
  }),
  command({
    usage: "audit",
    description: "Shows who did what: starts, ends, and whatever a person decided.",
    flags: [
      { flag: "--limit <entries>", description: "show at most N entries, the latest", whole: true, default: 50 },
      { flag: "--run <run>", description: "only those of this run" },
      { flag: "--verify", description: "check that no entry was changed, removed or put in another's place" },
    ],
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, flags: AuditFlags) {
      return (await import("./audit-command.ts")).auditCommand(session, flags);
    },
  }),
  command({
    usage: "codes [code]",
    description: "Lists all codes, or shows one in full.",
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, _, code?: string) {
      return (await import("./codes-command.ts")).codesCommand(session, code);
    },
  }),
  ...SERVICES,
];

/** Shows the others, and needs nothing that a command does: the program itself answers it. */
export const HELP: CommandShape = {
  usage: "help [command...]",
  description: "Shows the commands, or one of them in full.",
  atBank: "nothing",
  answers: "once",
  exits: LOOK_EXITS,
};
