/**
 * The commands that send what a file says, and end what was begun.
 */
import type { ApplyFlags } from "../apply-command.ts";
import { type CommandEntry, command } from "../command-entry.ts";
import { CANARY, RUN_HELP, SELECTORS, START, STOP_AT } from "../flags.ts";
import type { ResumeFlags } from "../resume-command.ts";
import { ALL_EXITS } from "./exits.ts";
import { start } from "./start.ts";

const PLAN_HELP = `
<plan> is a plan's id, the beginning of one, or last, if a plan came last. A plan is applied once, within planMaxAgeMs of
the job (12 hours), while nobody has run its file, and under the settings that it was made with, as far as they decide
what is sent. Otherwise nothing is sent, and the exit code is 7. With --rows and the like the plan counts as applied all
the same: tieout resume --whole makes the rest of its calls.`;

export const RUN: readonly CommandEntry[] = [
  command({
    usage: "run <job>",
    description: "Processes the job's new files: compares each row with the bank and makes the calls that are missing.",
    example: "tieout run nightly-sync --limit 100",
    flags: [
      ...START,
      CANARY,
      {
        flag: "--without-ledger",
        description:
          "continue although the ledger of earlier runs is lost; accounts are made only after a proven look-up",
      },
      STOP_AT,
      { flag: "--detach", description: "leave it to a worker, and print the id for tieout follow" },
    ],
    atBank: "writes",
    answers: "in lines",
    exits: ALL_EXITS,
    act: start("run"),
  }),
  command({
    usage: "apply <plan>",
    description: "Makes exactly the calls that a plan has shown, once. A row whose account has changed since is held.",
    example: "tieout apply last --canary 25",
    flags: [...SELECTORS, CANARY, STOP_AT],
    more: PLAN_HELP,
    atBank: "writes",
    answers: "in lines",
    exits: ALL_EXITS,
    async act(session, flags: ApplyFlags, plan: string) {
      return (await import("../apply-command.ts")).applyCommand(session, plan, flags);
    },
  }),
  command({
    usage: "resume [run]",
    description: "Continues an unfinished run where it stopped: the run that is named, or else the last one.",
    example: "tieout resume last",
    flags: [
      { flag: "--limit <rows>", description: "only the first rows of the file", whole: true },
      { flag: "--whole", description: "with the rows that the run has left out (--rows and the like)" },
      STOP_AT,
    ],
    more: RUN_HELP.replace("<run>", "[run]"),
    atBank: "writes",
    answers: "once",
    exits: ALL_EXITS,
    async act(session, flags: ResumeFlags, run?: string) {
      return (await import("../resume-command.ts")).resumeCommand(session, run, flags);
    },
  }),
  command({
    usage: "abandon <run>",
    description: "Gives up the rest of an unfinished run. Nothing more is sent, and doubts are settled first.",
    example: 'tieout abandon last --reason "the file was exported twice"',
    flags: [{ flag: "--reason <text>", description: "why; it is kept in the results", required: true }],
    more: RUN_HELP,
    atBank: "reads",
    answers: "once",
    exits: ALL_EXITS,
    async act(session, { reason }: { reason: string }, run: string) {
      return (await import("../abandon-command.ts")).abandonCommand(session, run, reason);
    },
  }),
];
