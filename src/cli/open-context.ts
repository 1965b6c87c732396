/**
 * Builds the RunContext of a job from the real world: ledger, bank, stores, clock, ids. The one place where they meet.
 */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Logger } from "winston";
import { openBank } from "../bank/open-bank.ts";
import { systemClock } from "../clock.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { openFolderStore } from "../read/folder-store.ts";
import { openS3Store } from "../read/s3-store.ts";
import type { Progress } from "../report/progress.ts";
import { bankSettings } from "../run/bank-settings.ts";
import type { RunContext } from "../run/context.ts";
import { ledgerPath, readEnvironment, workFolder } from "./environment.ts";
import type { LoadedJob } from "./load-job.ts";

export interface ContextParts {
  readonly loaded: LoadedJob;
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export function openContext({ loaded, ledger, log, progress, signal }: ContextParts): RunContext {
  const environment = readEnvironment(process.env);
  const { job, path } = loaded;
  const { apiUrl, clientId } = environment;
  return {
    job,
    jobPath: path,
    bankName: { apiUrl, clientId },
    ledger,
    clock: systemClock,
    random: Math.random,
    newRunId: () => newRunId(systemClock.nowMs()),
    log,
    progress,
    workFolder: workFolder(ledgerPath(process.env)),
    openBank: (kind) =>
      openBank(bankSettings(job, environment, kind), {
        clock: systemClock,
        random: Math.random,
        onRateChange: (change) => log.warn("the pace has changed", { ...change }),
      }),
    openStore: (place) =>
      "bucket" in place ? openS3Store({ bucket: place.bucket }) : Promise.resolve(openFolderStore(place)),
    owner: `${hostname()} pid ${process.pid}`,
    signal,
  };
}

/** Sorts by time, is short enough to type, and no two starts meet. */
function newRunId(nowMs: number): string {
  const time = new Date(nowMs).toISOString().replace(/[-:]/g, "").slice(0, 15).toLowerCase().replace("t", "-");
  return `${time}-${randomBytes(3).toString("hex")}`;
}
