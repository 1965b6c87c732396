/**
 * The commands that last, and those that look after jobs and ledgers.
 */
import { ALARM_KINDS, ALARM_MEANINGS } from "../../../errors/alarm-kinds.ts";
import { EXIT } from "../../../errors/exit-codes.ts";
import type { AlarmsFlags } from "../alarms-command.ts";
import type { AuditFlags } from "../audit-command.ts";
import { type CommandEntry, command, type FlagEntry } from "../command-entry.ts";
import type { MostCalls } from "../worker-command.ts";
import { LOOK_EXITS } from "./exits.ts";

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

interface ScheduleFlags {
  list?: boolean;
  count: number;
  listen?: string;
  pause?: boolean;
  resume?: boolean;
  reason?: string;
}

interface ActOnAlarms {
  clear?: number;
  reason?: string;
  try?: boolean;
}

const LISTEN: FlagEntry = {
  flag: "--listen <address>",
  description: "serve /healthz, /readyz and /metrics there, as 127.0.0.1:9464",
};

export const OPERATE: readonly CommandEntry[] = [
  command({
    usage: "schedule [jobs...]",
    description: "Runs the jobs that have a schedule, until SIGTERM or Ctrl-C.",
    example: "tieout schedule nightly-sync",
    flags: [
      { flag: "--list", description: "only show the next starts, and why then" },
      { flag: "--count <n>", description: "so many of each job, with --list", whole: true, default: 5 },
      LISTEN,
      {
        flag: "--pause",
        description: "only pause the schedule of the jobs: no start begins until a person resumes it",
      },
      { flag: "--resume", description: "only resume it" },
      { flag: "--reason <text>", description: "why, with --pause or --resume; it is kept in the audit trail" },
    ],
    atBank: "writes",
    answers: "in lines",
    exits: [...LOOK_EXITS, EXIT.stopped],
    async act(session, { list, count, pause, resume, reason, listen }: ScheduleFlags, ...jobs) {
      if (pause || resume) {
        const { holdScheduleCommand } = await import("../hold-schedule-command.ts");
        return holdScheduleCommand(session, jobs, pause ? "pause" : "resume", reason);
      }
      if (list) return (await import("../list-starts-command.ts")).listStartsCommand(session, jobs, count);
      return (await import("../schedule-command.ts")).scheduleCommand(session, jobs, listen);
    },
  }),
  command({
    usage: "worker [jobs...]",
    description: "Works on the runs of jobs beside the process that began them, until SIGTERM or Ctrl-C.",
    example: "tieout worker nightly-sync",
    flags: [
      {
        flag: "--reads <n>",
        description: "at most so many reads in flight, and no more than the job says",
        whole: true,
      },
      { flag: "--writes <n>", description: "the same for writes", whole: true },
      LISTEN,
    ],
    more: "\nIt needs a ledger in PostgreSQL, and waits for one that is not there yet. Without a job's name it serves every job in jobs/.",
    atBank: "writes",
    answers: "in lines",
    exits: [...LOOK_EXITS, EXIT.stopped],
    async act(session, { listen, ...most }: MostCalls & { listen?: string }, ...jobs) {
      return (await import("../worker-command.ts")).workerCommand(session, jobs, most, listen);
    },
  }),
  command({
    usage: "alarms [job]",
    description: "Lists the alarms that are open, of one job or of all: states that need a person, and what to do.",
    example: "tieout alarms --since 7d",
    flags: [
      { flag: "--all", description: "also those that are cleared" },
      { flag: "--since <when>", description: "all that were open since a date, or for as long as 7d or 24h" },
      { flag: "--clear <no>", description: "clear the alarm of that number, which no event may end", whole: true },
      { flag: "--reason <text>", description: "why, with --clear; it is kept in the audit trail" },
      { flag: "--try", description: "only tell whom the job names that this is a trial, and say who was reached" },
    ],
    more: `\nKinds:\n${ALARM_KINDS.map((kind) => `  ${kind.padEnd(13)} ${ALARM_MEANINGS[kind]}`).join("\n")}`,
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, { clear, try: isTrial, reason = "", ...flags }: AlarmsFlags & ActOnAlarms, job?: string) {
      if (isTrial) return (await import("../try-targets-command.ts")).tryTargetsCommand(session, job);
      if (clear !== undefined)
        return (await import("../clear-alarm-command.ts")).clearAlarmCommand(session, job, clear, reason);
      return (await import("../alarms-command.ts")).alarmsCommand(session, job, flags);
    },
  }),
  command({
    usage: "move <job>",
    description: "Gives the job's name to this job file, after the file was moved or replaced.",
    example: "tieout move nightly-sync",
    atBank: "nothing",
    answers: "once",
    exits: [...LOOK_EXITS, EXIT.leaseHeld, EXIT.stopped],
    async act(session, _, job: string) {
      return (await import("../move-command.ts")).moveCommand(session, job);
    },
  }),
  command({
    usage: "ledger name-bank <name> <program>",
    description:
      "Gives a bank in the ledger its program's name. Links, files, runs and idempotency keys stay as they are.",
    example: "tieout ledger name-bank client_9f2 prepaid-cards",
    more: NAME_BANK_HELP,
    atBank: "nothing",
    answers: "once",
    exits: [...LOOK_EXITS, EXIT.leaseHeld, EXIT.stopped],
    async act(session, _, name: string, program: string) {
      return (await import("../name-bank-command.ts")).nameBankCommand(session, name, program);
    },
  }),
  command({
    usage: "ledger copy <from> <to>",
    description: "Moves a ledger to another place, such as from a file to PostgreSQL, and compares both.",
    example: "tieout ledger copy tieout.sqlite postgres://tieout@db:5432/tieout",
    more: COPY_HELP,
    atBank: "nothing",
    answers: "once",
    exits: [...LOOK_EXITS, EXIT.leaseHeld, EXIT.stopped],
    async act(session, _, from: string, to: string) {
      return (await import("../copy-ledger-command.ts")).copyLedgerCommand(session, from, to);
    },
  }),
  command({
    usage: "audit",
    description: "Shows who did what: starts, ends, and whatever a person decided.",
    example: "tieout audit --verify",
    flags: [
      { flag: "--limit <entries>", description: "show at most N entries, the latest", whole: true, default: 50 },
      { flag: "--run <run>", description: "only those of this run" },
      { flag: "--verify", description: "check that no entry was changed, removed or put in another's place" },
    ],
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, flags: AuditFlags) {
      return (await import("../audit-command.ts")).auditCommand(session, flags);
    },
  }),
];
