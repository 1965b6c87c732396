/**
 * The commands that look at what a file would do, before anything is sent.
 */
import { EXIT } from "../../../errors/exit-codes.ts";
import { type CommandEntry, command } from "../command-entry.ts";
import { FROM, START } from "../flags.ts";
import type { ValidateFlags } from "../validate-command.ts";
import { ALL_EXITS, APART_EXITS, LOOK_EXITS } from "./exits.ts";
import { start } from "./start.ts";

const DOCTOR_HELP = `
Each line is good, poor (a run works) or bad (a run cannot work, exit code 2), with the next step. Without a job's name it looks at every job in
jobs/. Nothing is changed: no ledger is begun, no file is left, and at the bank accounts are read that are not there.`;

export const LOOK: readonly CommandEntry[] = [
  command({
    usage: "doctor [job]",
    description: "Checks all that a run needs: environment, ledger, bank, bucket or folder, schedule. Changes nothing.",
    example: "tieout doctor nightly-sync",
    more: DOCTOR_HELP,
    atBank: "reads",
    answers: "in lines",
    exits: [...LOOK_EXITS, EXIT.stopped],
    async act(session, _, job?: string) {
      return (await import("../doctor-command.ts")).doctorCommand(session, job);
    },
  }),
  command({
    usage: "validate <job|file>",
    description: "Checks a file on its own: needs no bank and no ledger, and sends nothing.",
    example: "tieout validate delivered/accounts.csv",
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
      return (await import("../validate-command.ts")).validateCommand(session, named, flags);
    },
  }),
  command({
    usage: "plan <job>",
    description: "Shows what a run would send. Sends nothing.",
    example: "tieout plan nightly-sync --file delivered/accounts.csv --output markdown",
    flags: START,
    atBank: "reads",
    answers: "in lines",
    forms: ["markdown"],
    exits: ALL_EXITS,
    act: start("plan"),
  }),
];
