/**
 * Session: what all commands of one process share: output, log, progress, the ledger once it is needed, and the signal to stop.
 */
import type { Ledger } from "../ledger/ledger.ts";
import { openSqliteLedger } from "../ledger/sqlite-ledger.ts";
import { jsonLine, jsonProgress, type Progress, textProgress } from "../report/progress.ts";
import type { LogFields } from "../run/context.ts";
import { ledgerPath, readLogLevel, workPlace } from "./environment.ts";
import { type OpenLog, openLog } from "./log.ts";
import { openWorkFolder, type WorkFolder } from "./work-folder.ts";

export type Output = "text" | "json";

export interface Session extends AsyncDisposable {
  readonly log: OpenLog;
  /**
   * A line of the log for what did not end well. A terminal that shows standard output has the same there, in more words,
   * and is spared it.
   */
  alert(message: string, fields: LogFields): void;
  readonly progress: Progress;
  /** Aborted by SIGTERM or SIGINT. */
  readonly signal: AbortSignal;
  /** One result on standard output: the object as a JSON line, or the text. */
  say(event: object, text: string): void;
  ledger(): Promise<Ledger>;
  /** For working copies; removed with all that is in it when the session ends. */
  workFolder(): string;
}

/** `leaveNow` is called by a second signal, whatever is under way. */
export function openSession(output: Output, leaveNow: () => void): Session {
  const isTerminal = process.stderr.isTTY === true;
  const level = readLogLevel(process.env, isTerminal ? "warn" : "info");
  const line = isTerminal ? textProgress(process.stderr, () => performance.now()) : null;
  // The progress and the log write to the same terminal, and so may the results.
  const clear = () => line?.end();
  const log = openLog(isTerminal, level, clear);
  const stopper = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    const isSecond = stopper.signal.aborted;
    log.warn(
      isSecond ? "told to stop once more: leaving at once" : "told to stop: what is in flight is finished first",
      {
        signal,
      },
    );
    if (isSecond) leaveNow();
    stopper.abort();
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  let opened: Promise<Ledger> | undefined;
  let work: WorkFolder | undefined;
  return {
    log,
    alert: isTerminal && process.stdout.isTTY ? () => {} : log.error,
    progress:
      output === "json"
        ? jsonProgress(process.stdout, () => performance.now())
        : (line ?? { note: (text) => log.info(text), count() {}, end() {} }),
    signal: stopper.signal,
    say(event, text) {
      clear();
      process.stdout.write(output === "json" ? jsonLine(event) : `${text}\n`);
    },
    ledger: () => {
      opened ??= openSqliteLedger(ledgerPath(process.env));
      return opened;
    },
    workFolder: () => {
      work ??= openWorkFolder(workPlace(ledgerPath(process.env)));
      return work.path;
    },
    async [Symbol.asyncDispose]() {
      clear();
      process.off("SIGTERM", onSignal).off("SIGINT", onSignal);
      await (await opened?.catch(() => undefined))?.[Symbol.asyncDispose]();
      work?.[Symbol.dispose]();
      await log.close();
    },
  };
}
