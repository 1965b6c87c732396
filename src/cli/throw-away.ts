/**
 * For commands that keep nothing: a temporary ledger in a private folder, and results in a given folder instead of the job's own place.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Ledger } from "../ledger/ledger.ts";
import { openSqliteLedger } from "../ledger/sqlite/open-ledger.ts";
import type { RunContext } from "../run/context.ts";
import type { Session } from "./session.ts";

export interface ThrowAway extends AsyncDisposable {
  readonly ledger: Ledger;
  /** For working copies; removed with all that is in it. */
  readonly folder: string;
}

/** The folder is made beside the real ledger, which is neither opened nor made. */
export async function openThrowAway(session: Session, command: string): Promise<ThrowAway> {
  const folder = await mkdtemp(join(session.workFolder(), `${command}-`));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const ledger = await openSqliteLedger(join(folder, "ledger.sqlite"), { durable: false });
    return {
      ledger,
      folder,
      async [Symbol.asyncDispose]() {
        await ledger[Symbol.asyncDispose]();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Writes nothing to the job's own results place. Results that lie there among the source's files are still recognised. */
export function withResults(context: RunContext, folder: string): RunContext {
  const { job, openStore } = context;
  const results = job.results.kind === "bucket" ? { ...job.results, prefix: "" } : { ...job.results };
  return {
    ...context,
    job: { ...job, results },
    openStore: (place) => openStore(place === results ? { kind: "folder", folder } : place),
  };
}
