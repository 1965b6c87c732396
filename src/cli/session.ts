/**
 * Session: what all commands of one process share: output, log, progress, the ledger once it is needed, and the signal to stop.
 */
import type { Ledger } from "../ledger/ledger.ts";
import { openSqliteLedger } from "../ledger/sqlite-ledger.ts";
import { jsonLine, jsonProgress, type Progress, textProgress } from "../report/progress.ts";
import { ledgerPath, workPlace } from "./environment.ts";
import { type OpenLog, openLog } from "./log.ts";
import { openWorkFolder, type WorkFolder } from "./work-folder.ts";

export type Output = "text" | "json";

export interface Session extends AsyncDisposable {
  readonly log: OpenLog;
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
  const stopper = new AbortController();
  const onSignal = () => {
    if (stopper.signal.aborted) leaveNow();
    stopper.abort();
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  const isTerminal = process.stderr.isTTY === true;
  const log = openLog(isTerminal, process.env.TIEOUT_LOG_LEVEL);
  let opened: Promise<Ledger> | undefined;
  let work: WorkFolder | undefined;
  return {
    log,
    progress:
      output === "json"
        ? jsonProgress(process.stdout, () => performance.now())
        : isTerminal
          ? textProgress(process.stderr, () => performance.now())
          : { note: (text) => log.info(text), count() {}, end() {} },
    signal: stopper.signal,
    say: (event, text) => void process.stdout.write(output === "json" ? jsonLine(event) : `${text}\n`),
    ledger: () => {
      opened ??= openSqliteLedger(ledgerPath(process.env));
      return opened;
    },
    workFolder: () => {
      work ??= openWorkFolder(workPlace(ledgerPath(process.env)));
      return work.path;
    },
    async [Symbol.asyncDispose]() {
      process.off("SIGTERM", onSignal).off("SIGINT", onSignal);
      await (await opened?.catch(() => undefined))?.[Symbol.asyncDispose]();
      work?.[Symbol.dispose]();
      await log.close();
    },
  };
}
