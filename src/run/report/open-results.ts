/**
 * Writes a run's first object at its results place, before the first call, so that a place which cannot be written to is
 * found before the bank is changed. The object stays, so that nothing has to be deleted. It also shows that there was a run,
 * if that run never came to its end.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Run } from "../../ledger/run.ts";
import type { RunContext } from "../context.ts";
import { openWorkFolder, writing } from "./open-work-folder.ts";
import { resultsPrefix } from "./report-phase.ts";

/** Number 0 comes before the first publication, which is 1. What is below `<run>/<number>/` is never read as a source's file. */
export const STARTED = "0/started.json";

/**
 * Each start of a run tries to write it, so that a resumed run checks the place as well; an object that is there stays as it
 * is. Throws FatalError `results_unwritable`; the run can be resumed.
 */
export async function openResults({ job, openStore, workFolder, isRehearsal }: RunContext, run: Run): Promise<void> {
  const { id, kind, bank, file, rerunOf, startedAtMs } = run;
  const { place, key, size, sha256 } = file;
  const started = {
    run: id,
    job: run.job,
    kind,
    ...(isRehearsal && { rehearsal: true }),
    bank,
    file: { place, key, size, sha256 },
    rerunOf,
    startedAt: new Date(startedAtMs).toISOString(),
  };
  await using folder = await openWorkFolder(workFolder);
  const path = join(folder.path, "started.json");
  await writing(folder.path, () => writeFile(path, `${JSON.stringify(started, null, 2)}\n`, { mode: 0o600 }));
  try {
    const store = await openStore(job.results);
    await store.write(`${resultsPrefix(job)}${id}/${STARTED}`, path, { mayExist: true });
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    const { code, message, exit } = error;
    const again = kind === "run" ? `type: tieout resume ${id}` : "start the command again";
    const hint = `check the results place and its permissions, then ${again}`;
    throw new FatalError(code, message, { hint, exit, cause: error });
  }
}
