/**
 * Session: what the commands share: output, log, progress, the ledger once it is needed, and the signal to stop.
 */
import { systemClock } from "../clock.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { checkFolder } from "../ledger/sqlite/place.ts";
import type { Log } from "../log.ts";
import type { Progress } from "../report/progress.ts";
import { PERSON_STOP } from "../run/stop.ts";
import type { ChunkQueue } from "../workers/chunk-queue.ts";
import { readLogLevel } from "./environment.ts";
import { folderOf, ledgerPlace, openLedgerAt } from "./ledger-place.ts";
import { openQueue } from "./open-queue.ts";
import { jsonLine } from "./output/json-line.ts";
import { jsonProgress } from "./output/json-progress.ts";
import { lineProgress } from "./output/line-progress.ts";
import type { LiveProgress } from "./output/live-progress.ts";
import { type OpenLog, openLog } from "./output/open-log.ts";
import type { Printer } from "./output/print-end.ts";
import { openWorkFolder, type WorkFolder } from "./work-folder.ts";

export type Output = "text" | "json" | "markdown";

/** With `--output json`: exactly one document, or a line for each thing as it comes, progress among them. */
export type Answers = "once" | "in lines";

/** `nothing`: the bank is not asked. `reads`: nothing changes there. `writes`: accounts may be changed. */
export type AtBank = "nothing" | "reads" | "writes";

export interface Session extends AsyncDisposable, Printer {
  readonly log: OpenLog;
  readonly progress: Progress;
  /** Aborted by SIGTERM, or by SIGINT with `PERSON_STOP`. */
  readonly signal: AbortSignal;
  /** The ledger that is there, or, for a command that may begin one, a new one. Closed when the session ends. */
  ledger(mayBegin?: "may begin"): Promise<Ledger>;
  /** Opens the same ledger once more; the caller closes it. */
  openLedger(mayBegin?: "may begin"): Promise<Ledger>;
  /** The queue of a ledger that several processes share, opened once. Rejects with FatalError `ledger_unusable` for a file. */
  queue(): Promise<ChunkQueue>;
  /** Resolves once the ledger has written what it was given. */
  settle(): Promise<void>;
  /** For working copies; removed with all that is in it when the session ends. */
  workFolder(): string;
}

/** What the session is for; see the table of commands. */
interface Use {
  readonly answers: Answers;
  readonly atBank: AtBank;
}

/**
 * `leaveNow` is called by a second signal, whatever is under way, and by one that comes when all is done. What answers once
 * has no progress on standard output.
 */
export async function openSession(output: Output, { answers, atBank }: Use, leaveNow: () => void): Promise<Session> {
  const isTerminal = process.stderr.isTTY === true;
  const level = readLogLevel(process.env, isTerminal ? "warn" : "info");
  const live = isTerminal && !isJsonProgress(output, answers) ? await openLive() : null;
  // The progress and the log write to the same terminal, and so may the results.
  const clear = () => live?.clear();
  const log = openLog(isTerminal, level, clear);
  // Node would print a warning in several lines; the log has one line for each event.
  process.removeAllListeners("warning").on("warning", ({ message }) => log.warn(message));
  const stop = listenForStop(
    log,
    atBank === "nothing" ? "this command ends" : "calls in flight are finished first",
    leaveNow,
  );
  let work: WorkFolder | undefined;
  const progress = isJsonProgress(output, answers)
    ? jsonProgress(process.stdout, systemClock)
    : (live ?? plainProgress(log, isTerminal));
  const openLedger = async (mayBegin?: "may begin") => {
    const place = ledgerPlace(process.env);
    return openLedgerAt(place, mayBegin !== undefined, () => {
      log.info(`new ledger at ${place.name}`);
      if (isTerminal || output === "json") progress.note(`new ledger at ${place.name}`);
    });
  };
  const ledger = openOnce(openLedger);
  const queue = openOnce(() => openQueue(ledgerPlace(process.env), log));
  return {
    log,
    alert: isTerminal && process.stdout.isTTY ? () => {} : log.error,
    progress,
    signal: stop.signal,
    say(event, text, markdown = text) {
      clear();
      process.stdout.write(output === "json" ? jsonLine(event) : `${output === "markdown" ? markdown : text}\n`);
    },
    ledger: ledger.open,
    openLedger,
    queue: queue.open,
    async settle() {
      await (await ledger.opened())?.flush();
    },
    workFolder: () => {
      work ??= openWorkFolder(workPlace());
      return work.path;
    },
    async [Symbol.asyncDispose]() {
      progress.end();
      // A signal from now on leaves with the command's own exit code.
      stop.isOver = true;
      await (await queue.opened())?.[Symbol.asyncDispose]();
      await (await ledger.opened())?.[Symbol.asyncDispose]();
      work?.[Symbol.dispose]();
      await log.close();
    },
  };
}

function isJsonProgress(output: Output, answers: Answers): boolean {
  return output === "json" && answers === "in lines";
}

/** Null for a terminal on which nothing can be drawn over, or that does not say how wide it is. */
async function openLive(): Promise<LiveProgress | null> {
  if (process.env.TERM === "dumb" || !(process.stderr.columns > 0)) return null;
  const { liveProgress, painter } = await import("./output/live-progress.ts");
  const live = liveProgress(process.stderr, painter(process.stderr), systemClock);
  // While it was stopped (Ctrl-Z), the shell has written below the block.
  process.on("SIGCONT", live.leave);
  return live;
}

function plainProgress(log: Log, isTerminal: boolean): Progress {
  if (isTerminal) return lineProgress((line) => process.stderr.write(`${line}\n`), systemClock);
  return lineProgress((line, view) => log.info(line, view && { run: view.run, job: view.job }), systemClock);
}

/** Opens at the first call, and anew at the next one after a failure. `opened` resolves with what is open, if anything is. */
function openOnce<Opened, Args extends unknown[]>(open: (...args: Args) => Promise<Opened>) {
  let opened: Promise<Opened> | undefined;
  return {
    open(...args: Args): Promise<Opened> {
      opened ??= open(...args).catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      return opened;
    },
    opened: async () => opened?.catch(() => undefined),
  };
}

function workPlace(): string {
  const place = ledgerPlace(process.env);
  if (place.kind === "file" && place.isGiven) checkFolder(place.path);
  return folderOf(place);
}

interface StopSignal {
  readonly signal: AbortSignal;
  /** Whether all is done, so that a signal finds nothing more to stop. */
  isOver: boolean;
}

/** The first signal asks for a stop, and the log has what happens `then`; one that comes after it, or when all is done, calls `leaveNow`. */
function listenForStop(log: OpenLog, then: string, leaveNow: () => void): StopSignal {
  const stopper = new AbortController();
  const stop: StopSignal = { signal: stopper.signal, isOver: false };
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.isOver || stopper.signal.aborted) {
      log.warn("second stop signal: leaving at once", { signal });
      leaveNow();
      return;
    }
    log.warn(`stop signal: ${then}`, { signal });
    stopper.abort(signal === "SIGINT" ? PERSON_STOP : undefined);
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  return stop;
}
