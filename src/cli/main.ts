/**
 * The command line: flags in, exit code out. The only place that catches FatalError, and the only one that exits.
 */
import { CommanderError } from "commander";
import { describeStack, placeOf } from "../errors/describe-stack.ts";
import { EXIT, type ExitCode } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { CommandShape } from "./commands/command-entry.ts";
import { asTyped } from "./output/as-typed.ts";
import { toOutputLine } from "./output/output-line.ts";
import { buildProgram, usageError } from "./program.ts";
import type { Output, Session } from "./session.ts";

/**
 * Prints one line about the error that ended the command: what, where and the next step. A bug's message is left out: it may quote a cell.
 */
function complain(error: unknown): ExitCode {
  opened?.progress.end();
  const say = (text: string) => process.stderr.write(`${toOutputLine(`tieout: ${text}`)}\n`);
  if (error instanceof FatalError) {
    say(`${error.message} [${error.code}]; ${asTyped(error.hint)}`);
    return error.exit;
  }
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT.done : complain(usageError(error, program, process.argv.slice(2)));
  }
  say(`internal error: ${placeOf(error)} [internal]; send this line to the Tieout maintainers`);
  if (process.env.TIEOUT_DEBUG) process.stderr.write(`${describeStack(error).join("\n")}\n`);
  return EXIT.ourFault;
}

/** The only way out. Pending output is written first; open sockets do not delay the exit. */
async function leave(code?: ExitCode): Promise<void> {
  await flush();
  if (isOutputLost && !(code ?? process.exitCode)) process.exitCode = EXIT.cannotWork;
  process.exit(code || process.exitCode);
}

async function flush(): Promise<void> {
  // What fails here has ended the session, and is reported.
  await opened?.log.close().catch(() => {});
  for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write("", resolve));
}

/** How long pending output may take when a signal asks to leave at once. */
const LAST_WORDS_MS = 10_000;
/** Resources that an exit waits for, and that may never finish: such as calls to a network disk that is gone. */
const MAY_HANG = /^(FS|FileHandle|GetAddrInfo|GetNameInfo)/;

/** Exits with the command's code if it has one, else as stopped. Replacing the process (execve) waits for no pending call. */
async function leaveAtOnce(): Promise<void> {
  // The first signal may still be writing to the ledger that a person has stopped the run.
  const lastWords = Promise.all([flush(), opened?.settle()]);
  await Promise.race([lastWords, new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS))]);
  opened?.progress.end();
  const code = process.exitCode ?? EXIT.stopped;
  if (process.execve === undefined || !process.getActiveResourcesInfo().some((name) => MAY_HANG.test(name)))
    process.exit(code);
  process.execve(process.execPath, [process.execPath, "--eval", `process.exit(${code})`], {});
}

let opened: Session | undefined;
let isOutputLost = false;

// Of a stack that somebody wants to see, also where the command began.
if (process.env.TIEOUT_DEBUG) Error.stackTraceLimit = 50;

// The reader of the output may leave, as head does; the run continues. An error of standard error cannot be reported anywhere.
process.stderr.on("error", () => {});
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  if (code === "EPIPE" || isOutputLost) return;
  isOutputLost = true;
  const hint =
    "free space on the disk that it is written to; the command continues, and results and ledger are complete";
  complain(new FatalError("output_unwritable", `standard output cannot be written (${code})`, { hint }));
});
process.on("uncaughtException", (error) => void leave(complain(error)));

const open = async (form: Output, command: CommandShape) => {
  // Loaded only when a command runs, so that help and version are fast.
  const { openSession } = await import("./session.ts");
  opened = await openSession(form, command, () => void leaveAtOnce());
  return opened;
};
const program = buildProgram(open, (code) => {
  process.exitCode = code;
});
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = complain(error);
}
await leave();
