/**
 * The commands that try things out without the bank.
 */
import { type CommandEntry, command } from "../command-entry.ts";
import { FAULTS, FILE, FROM } from "../flags.ts";
import type { InitFlags } from "../init-command.ts";
import type { RehearseFlags } from "../rehearse-command.ts";
import type { SandboxFlags } from "../sandbox-command.ts";
import { APART_EXITS, LOOK_EXITS } from "./exits.ts";

export const TRY: readonly CommandEntry[] = [
  command({
    usage: "init [folder]",
    description: "Makes a folder of one's own with a job that runs at the sandbox, and says what to type next.",
    example: "tieout init accounts --bucket account-files",
    flags: [{ flag: "--bucket <name>", description: "a job that reads and writes this bucket, instead of folders" }],
    more: "\nIt overwrites nothing: files that are there are kept as they are.",
    atBank: "nothing",
    answers: "once",
    exits: LOOK_EXITS,
    async act(session, flags: InitFlags, folder?: string) {
      return (await import("../init-command.ts")).initCommand(session, folder, flags);
    },
  }),
  command({
    usage: "rehearse <job>",
    description: "Runs the job's new files against a stand-in for the bank. The bank itself is only read.",
    example: "tieout rehearse nightly-sync --faults samples/faults.json",
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
      return (await import("../rehearse-command.ts")).rehearseCommand(session, job, flags);
    },
  }),
  command({
    usage: "sandbox",
    description: "Serves a stand-in for the bank on loopback, and one for S3.",
    example: "tieout sandbox --seed samples/seed.json --port 4010 --bucket account-files",
    flags: [
      { flag: "--port <port>", description: "the port to listen on; any free port if not given" },
      { flag: "--state <file>", description: "a file that keeps the state between starts" },
      { flag: "--seed <file>", description: "a file of entities, applications and accounts to start with" },
      FAULTS,
      {
        flag: "--bucket <folder>",
        description: "also serve this folder as an S3 bucket of its name, at the next port; made if it is not there",
      },
    ],
    atBank: "nothing",
    answers: "in lines",
    exits: LOOK_EXITS,
    async act(session, flags: SandboxFlags) {
      return (await import("../sandbox-command.ts")).sandboxCommand(session, flags);
    },
  }),
];
