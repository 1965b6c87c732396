/**
 * The command line: flags in, exit code out. The only place that catches FatalError, and the only one that exits.
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EXIT, EXIT_MEANINGS, type ExitCode } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { describeStack, placeOf } from "../errors/frames.ts";
import type { RunKind } from "../ledger/run.ts";
import { toOutputLine } from "./output-line.ts";
import type { RehearseFlags } from "./rehearse-command.ts";
import type { SandboxFlags } from "./sandbox-command.ts";
import type { Output, Session } from "./session.ts";
import type { ValidateFlags } from "./validate-command.ts";

interface StartFlags {
  file?: string;
  from?: string;
  limit?: number;
  again?: boolean;
  reason?: string;
  withoutLedger?: boolean;
}

const exits = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `  ${code}  ${meaning}`);

function buildProgram(open: (form: Output) => Promise<Session>, done: (code: ExitCode) => void): Command {
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
    new Option("--output <form>", "what standard output carries").choices(["text", "json"]).default("text");
  const add = (usage: string, description: string) =>
    program
      .command(usage)
      .description(description)
      .addOption(output())
      .addHelpText("after", `\nExit codes:\n${exits.join("\n")}`);
  const act = async (form: Output, work: (session: Session) => Promise<ExitCode>) => {
    await using session = await open(form);
    done(await work(session));
  };

  for (const kind of ["run", "plan"] as const satisfies readonly RunKind[]) {
    const what = kind === "run" ? "Ties the job's new files out." : "Shows what a run would send, and sends nothing.";
    const command = add(`${kind} <job>`, what)
      .option("--file <path>", "this file, a path or s3://bucket/key, instead of the job's source")
      .option("--from <key>", "the source's files from this key on")
      .option("--limit <rows>", "only the first rows; the rest is left to be resumed", positive)
      .option("--again", "run a file that has been run before")
      .option("--reason <text>", "why --again")
      .action(async (job: string, flags: StartFlags & { output: Output }) =>
        act(flags.output, async (session) => {
          const { startCommand } = await import("./run-commands.ts");
          const again = flags.again ? (flags.reason ?? "") : null;
          return startCommand(session, job, {
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
      command.option("--without-ledger", "go on though the ledger of earlier runs is lost; creates need a look-up");
  }
  add(
    "rehearse <job>",
    "Runs the job's new files against a stand-in that holds what the bank holds; the bank is only read.",
  )
    .option("--file <path>", "this file, a path or s3://bucket/key, instead of the job's source")
    .option("--from <key>", "the source's files from this key on")
    .option("--limit <rows>", "only the first rows", positive)
    .option("--faults <file>", "which faults strike which requests, as samples/faults.json")
    .option("--results <folder>", "where the results go, instead of rehearsals/ beside the ledger")
    .action(async (job: string, { output: form, ...flags }: RehearseFlags & { output: Output }) =>
      act(form, async (session) => (await import("./rehearse-command.ts")).rehearseCommand(session, job, flags)),
    );
  add("validate <job|file>", "Judges a file by itself: asks no bank, keeps no ledger, sends nothing.")
    .option("--file <path>", "this file, a path or s3://bucket/key, instead of the newest of the job's source")
    .option("--from <key>", "the source's files from this key on")
    .option("--results <folder>", "where the results go, instead of the job's results place")
    .action(async (named: string, { output: form, ...flags }: ValidateFlags & { output: Output }) =>
      act(form, async (session) => (await import("./validate-command.ts")).validateCommand(session, named, flags)),
    );
  add("resume [run]", "Takes an unfinished run up where it stopped; the last one when none is named.")
    .option("--limit <rows>", "only the first rows of the file", positive)
    .action(async (run: string | undefined, flags: { limit?: number; output: Output }) =>
      act(flags.output, async (session) =>
        (await import("./run-commands.ts")).resumeCommand(session, run, flags.limit ?? null),
      ),
    );
  add("rerun <run>", "Runs chosen rows of an earlier run again, from the ledger.")
    .option("--only <words>", "which rows, by word, separated by commas (default: invalid,refused,failed)")
    .action(async (run: string, flags: { only?: string; output: Output }) =>
      act(flags.output, async (session) => (await import("./run-commands.ts")).rerunCommand(session, run, flags.only)),
    );
  add("report <run>", "Makes a run's result files again.").action(async (run: string, flags: { output: Output }) =>
    act(flags.output, async (session) => (await import("./run-commands.ts")).reportCommand(session, run)),
  );
  add("runs", "Lists the runs, latest first.")
    .option("--limit <runs>", "how many", positive, 20)
    .action(async (flags: { limit: number; output: Output }) =>
      act(flags.output, async (session) => (await import("./inspect-commands.ts")).runsCommand(session, flags.limit)),
    );
  add("explain <run>", "Tells all that the ledger knows of one row.")
    .requiredOption("--row <number>", "as result_row has it", positive)
    .action(async (run: string, flags: { row: number; output: Output }) =>
      act(flags.output, async (session) =>
        (await import("./inspect-commands.ts")).explainCommand(session, run, flags.row),
      ),
    );
  add("codes [code]", "Lists every code, or tells all of one.").action(
    async (code: string | undefined, flags: { output: Output }) =>
      act(flags.output, async (session) => (await import("./inspect-commands.ts")).codesCommand(session, code)),
  );
  add("schedule [jobs...]", "Runs the jobs that have a schedule, until it is told to stop.").action(
    async (jobs: string[], flags: { output: Output }) =>
      act(flags.output, async (session) => (await import("./schedule-command.ts")).scheduleCommand(session, jobs)),
  );
  add("sandbox", "Serves a stand-in for the bank on loopback.")
    .option("--port <port>", "any free one when not given")
    .option("--state <file>", "kept between starts")
    .option("--seed <file>", "entities, applications and accounts to start with")
    .option("--faults <file>", "which faults strike which requests, as samples/faults.json")
    .action(async (flags: SandboxFlags & { output: Output }) =>
      act(flags.output, async (session) => (await import("./sandbox-command.ts")).sandboxCommand(session, flags)),
    );
  return program;
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("give a whole number from 1.");
}

/** One line for what ended the command: what and where, then the next step. Of a bug no message, which may quote a cell. */
function complain(error: unknown): ExitCode {
  const say = (text: string) => process.stderr.write(`${toOutputLine(`tieout: ${text}`)}\n`);
  if (error instanceof FatalError) {
    say(`${error.message} [${error.code}]; ${error.hint}`);
    return error.exit;
  }
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    const message = error.message.replace(/^error: /, "").replaceAll("\n", " ");
    say(`${message} [usage]; see tieout --help`);
    return EXIT.cannotWork;
  }
  say(`a bug: ${placeOf(error)} [internal]; send this line to Tieout's makers`);
  if (process.env.TIEOUT_DEBUG) process.stderr.write(`${describeStack(error).join("\n")}\n`);
  return EXIT.ourFault;
}

/** The only way out: what is still to be written is written first, and sockets kept alive for a next call hold nobody up. */
async function leave(code?: ExitCode): Promise<void> {
  await opened?.log.close();
  if (isOutputLost && !(code ?? process.exitCode)) process.exitCode = EXIT.cannotWork;
  for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write("", resolve));
  process.exit(code || process.exitCode);
}

let opened: Session | undefined;
let isOutputLost = false;

// Whoever reads the output may leave, as head does; a run goes on all the same. Of standard error there is nobody to tell.
process.stderr.on("error", () => {});
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  if (code === "EPIPE" || isOutputLost) return;
  isOutputLost = true;
  const hint = "make room where it goes; what is under way goes on, and results and ledger are whole";
  complain(new FatalError("output_unwritable", `standard output cannot be written (${code})`, { hint }));
});
process.on("uncaughtException", (error) => void leave(complain(error)));

const open = async (form: Output) => {
  // Loaded once a command is to be carried out, so that help and version come at once.
  const { openSession } = await import("./session.ts");
  opened = openSession(form, () => void leave(EXIT.stopped));
  return opened;
};
try {
  await buildProgram(open, (code) => {
    process.exitCode = code;
  }).parseAsync();
} catch (error) {
  process.exitCode = complain(error);
}
await leave();
