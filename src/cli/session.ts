/**
 * Session: what all commands of one process share: output, log, progress, the ledger once it is needed, and the signal to stop.
 */
import type { Logger } from "winston";
import type { Ledger } from "../ledger/ledger.ts";
import { openSqliteLedger } from "../ledger/sqlite-ledger.ts";
import { jsonProgress, type Progress, textProgress } from "../report/progress.ts";
import { ledgerPath } from "./environment.ts";
import { openLog } from "./log.ts";

export type Output = "text" | "json";

export interface Session extends AsyncDisposable {
  readonly log: Logger;
  readonly progress: Progress;
  /** Aborted by SIGTERM or SIGINT. */
  readonly signal: AbortSignal;
  /** One result on standard output: the object as a JSON line, or the text. */
  say(event: object, text: string): void;
  ledger(): Promise<Ledger>;
}

export function openSession(output: Output): Session {
  const stopper = new AbortController();
  const onSignal = () => {
    if (stopper.signal.aborted) process.exit(6);
    stopper.abort();
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  const log = openLog(process.stderr.isTTY === true, process.env.TIEOUT_LOG_LEVEL);
  let opened: Promise<Ledger> | undefined;
  return {
    log,
    progress:
      output === "json"
        ? jsonProgress(process.stdout, () => performance.now())
        : textProgress(process.stderr, process.stderr.isTTY === true, () => performance.now()),
    signal: stopper.signal,
    say: (event, text) => void process.stdout.write(`${output === "json" ? JSON.stringify(event) : text}\n`),
    ledger: () => {
      opened ??= openSqliteLedger(ledgerPath(process.env));
      return opened;
    },
    async [Symbol.asyncDispose]() {
      process.off("SIGTERM", onSignal).off("SIGINT", onSignal);
      await (await opened?.catch(() => undefined))?.[Symbol.asyncDispose]();
      const flushed = new Promise((resolve) => log.once("finish", resolve));
      log.end();
      await flushed;
    },
  };
}
