/**
 * The command line's grammar: every command with its flags and help, and what each starts. Parsing a line that cannot be
 * meant throws before anything is opened.
 */
import { readFileSync } from "node:fs";
import { Command, type CommanderError, Option } from "commander";
import { EXIT_MEANINGS, type ExitCode } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { RunKind } from "../ledger/run.ts";
import { checkCommandLine, countFlags, seeHelp, whole } from "./check-command-line.ts";
import type { RehearseFlags } from "./commands/rehearse-command.ts";
import type { RerunFlags } from "./commands/rerun-command.ts";
import type { SandboxFlags } from "./commands/sandbox-command.ts";
import type { ValidateFlags } from "./commands/validate-command.ts";
import type { Output, Session } from "./session.ts";

interface StartFlags {
  file?: string;
  from?: string;
  limit?: number;
  again?: boolean;
  reason?: string;
  withoutLedger?: boolean;
}

const exits = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `  ${code}  ${meaning}`);

const NAME_BANK_HELP = `
<name> is a client id of the bank, or the program's name that it has by now; <program> is what it is to be called.
The bank is the one at LEAD_API_URL. No job may run there meanwhile. From then on any client id works for the bank
with LEAD_PROGRAM=<program>, or with program in the job.
A client id that was used for a mistyped program is given to the right one: <name> is that client id, and <program> a
program that the ledger has by name.`;

/** `open` is called once a line is understood, and `done` with the exit code of its command. */
export function buildProgram(open: (form: Output) => Promise<Session>, done: (code: ExitCode) => void): Command {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  const program = new Command("tieout")
    .description("Makes the accounts held at Lead Bank agree with the CSV files of a core banking system, row by row.")
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .addHelpText("after", `\nExit codes:\n${exits.join("\n")}`);
  const output = () =>
    new Option("--output <form>", "the form of standard output").choices(["text", "json"]).default("text");
  const add = (usage: string, description: string, parent = program) =>
    parent
      .command(usage)
      .description(description)
      .addOption(output())
      .addHelpText("after", `\nExit codes:\n${exits.join("\n")}`);
  const act = async (form: Output, work: (session: Session) => Promise<ExitCode>) => {
    await using session = await open(form);
    done(await work(session));
  };

  for (const kind of ["run", "plan"] as const satisfies readonly RunKind[]) {
    const what =
      kind === "run"
        ? "Processes the job's new files: compares each row with the bank and makes the calls that are missing."
        : "Shows what a run would send. Sends nothing.";
    const command = add(`${kind} <job>`, what)
      .option("--file <path>", "this file, a path or s3://bucket/key, instead of the job's source")
      .option("--from <key>", "the source's files from this key on")
      .option("--limit <rows>", "only the first rows; resume continues with the rest", whole("--limit"))
      .option("--again", "run a file that was run before")
      .option("--reason <text>", "why --again")
      .action(async (job: string, flags: StartFlags & { output: Output }) =>
        act(flags.output, async (session) => {
          const { runCommand } = await import("./commands/run-command.ts");
          const again = flags.again ? (flags.reason ?? "") : null;
          return runCommand(session, job, {
            kind,
            file: flags.file ?? null,
            from: flags.from ?? null,
            limit: flags.limit ?? null,
            again,
            withoutLedger: flags.withoutLedger ?? false,
          });
        }),
      );
    if (kind === "run")
      command.option(
        "--without-ledger",
        "continue although the ledger of earlier runs is lost; accounts are made only after a proven look-up",
      );
  }
  add("rehearse <job>", "Runs the job's new files against a stand-in for the bank. The bank itself is only read.")
    .option("--file <path>", "this file, a path or s3://bucket/key, instead of the job's source")
    .option("--from <key>", "the source's files from this key on")
    .option("--limit <rows>", "only the first rows", whole("--limit"))
    .option("--faults <file>", "a file of faults to inject, like samples/faults.json")
    .option("--results <folder>", "where the results go, instead of rehearsals/ beside the ledger")
    .action(async (job: string, { output: form, ...flags }: RehearseFlags & { output: Output }) =>
      act(form, async (session) =>
        (await import("./commands/rehearse-command.ts")).rehearseCommand(session, job, flags),
      ),
    );
  add("validate <job|file>", "Checks a file on its own: needs no bank and no ledger, and sends nothing.")
    .option("--file <path>", "this file, a path or s3://bucket/key, instead of the newest of the job's source")
    .option("--from <key>", "the source's files from this key on")
    .option("--results <folder>", "where the results go, instead of the job's results place")
    .action(async (named: string, { output: form, ...flags }: ValidateFlags & { output: Output }) =>
      act(form, async (session) =>
        (await import("./commands/validate-command.ts")).validateCommand(session, named, flags),
      ),
    );
  add("resume [run]", "Continues an unfinished run where it stopped: the run that is named, or else the last one.")
    .option("--limit <rows>", "only the first rows of the file", whole("--limit"))
    .action(async (run: string | undefined, flags: { limit?: number; output: Output }) =>
      act(flags.output, async (session) =>
        (await import("./commands/resume-command.ts")).resumeCommand(session, run, flags.limit ?? null),
      ),
    );
  add("abandon <run>", "Gives up the rest of an unfinished run. Nothing more is sent, and doubts are settled first.")
    .requiredOption("--reason <text>", "why; it is kept in the results")
    .action(async (run: string, flags: { reason: string; output: Output }) =>
      act(flags.output, async (session) =>
        (await import("./commands/abandon-command.ts")).abandonCommand(session, run, flags.reason),
      ),
    );
  add("rerun <run>", "Runs chosen rows of an earlier run again, from the ledger.")
    .option("--only <words>", "the words of the rows to run, separated by commas (default: invalid,refused,failed)")
    .option("--accept <codes>", "release rows that are held for these codes, separated by commas")
    .option("--reason <text>", "why the rows are released")
    .action(async (run: string, { output: form, ...flags }: RerunFlags & { output: Output }) =>
      act(form, async (session) => (await import("./commands/rerun-command.ts")).rerunCommand(session, run, flags)),
    );
  add("report <run>", "Writes a run's result files again.").action(async (run: string, flags: { output: Output }) =>
    act(flags.output, async (session) => (await import("./commands/report-command.ts")).reportCommand(session, run)),
  );
  add("move <job>", "Gives the job's name to this job file, after the file was moved or replaced.").action(
    async (job: string, flags: { output: Output }) =>
      act(flags.output, async (session) => (await import("./commands/move-command.ts")).moveCommand(session, job)),
  );
  const ledger = program
    .command("ledger")
    .description("Looks after the ledger itself; see its one command, name-bank.");
  add(
    "name-bank <name> <program>",
    "Gives a bank in the ledger its program's name. Links, files, runs and idempotency keys stay as they are.",
    ledger,
  )
    .addHelpText("after", NAME_BANK_HELP)
    .action(async (name: string, of: string, flags: { output: Output }) =>
      act(flags.output, async (session) =>
        (await import("./commands/name-bank-command.ts")).nameBankCommand(session, name, of),
      ),
    );
  add("runs", "Lists the runs, latest first.")
    .option("--limit <runs>", "list at most N runs", whole("--limit"), 20)
    .action(async (flags: { limit: number; output: Output }) =>
      act(flags.output, async (session) =>
        (await import("./commands/runs-command.ts")).runsCommand(session, flags.limit),
      ),
    );
  add("explain <run>", "Shows all that the ledger knows about one row.")
    .requiredOption("--row <number>", "the row number, as in the column result_row", whole("--row"))
    .action(async (run: string, flags: { row: number; output: Output }) =>
      act(flags.output, async (session) =>
        (await import("./commands/explain-command.ts")).explainCommand(session, run, flags.row),
      ),
    );
  add("codes [code]", "Lists all codes, or shows one in full.").action(
    async (code: string | undefined, flags: { output: Output }) =>
      act(flags.output, async (session) => (await import("./commands/codes-command.ts")).codesCommand(session, code)),
  );
  add("schedule [jobs...]", "Runs the jobs that have a schedule, until SIGTERM or Ctrl-C.").action(
    async (jobs: string[], flags: { output: Output }) =>
      act(flags.output, async (session) =>
        (await import("./commands/schedule-command.ts")).scheduleCommand(session, jobs),
      ),
  );
  add("sandbox", "Serves a stand-in for the bank on loopback.")
    .option("--port <port>", "the port to listen on; any free port if not given")
    .option("--state <file>", "a file that keeps the state between starts")
    .option("--seed <file>", "a file of entities, applications and accounts to start with")
    .option("--faults <file>", "a file of faults to inject, like samples/faults.json")
    .action(async (flags: SandboxFlags & { output: Output }) =>
      act(flags.output, async (session) =>
        (await import("./commands/sandbox-command.ts")).sandboxCommand(session, flags),
      ),
    );
  for (const command of program.commands.flatMap((one) => (one.commands.length > 0 ? one.commands : [one]))) {
    const counts = countFlags(command);
    command.hook("preAction", () => checkCommandLine(command, counts));
  }
  return program;
}

/**
 * What commander found, as the error that ends the command. `args` are those behind the program's own name. Its word for a
 * command that is missing is the help, which is shown by then.
 */
export function usageError({ code, message }: CommanderError, program: Command, args: readonly string[]): FatalError {
  const group = program.commands.find((command) => command.name() === args[0]) ?? program;
  const named = group.commands.find((command) => group !== program && command.name() === args[1]) ?? group;
  const said = message
    .replace(/^error: /, "")
    .replace(/\.?\n?$/, "")
    .replaceAll("\n", " ");
  const missing = args[0] === "help" ? `there is no command ${args[1]}` : "no command is given";
  return new FatalError("usage", code === "commander.help" ? missing : said, { hint: seeHelp(named) });
}
