/**
 * `tieout rehearse`: opens what a rehearsal needs, and prints its result. The rehearsal's ledger is temporary.
 */
import { join } from "node:path";
import { EXIT, type ExitCode, worstExit } from "../../errors/exit-codes.ts";
import type { Job } from "../../job.ts";
import { describeEffects } from "../../rehearse/count-effects.ts";
import { rehearse } from "../../rehearse/rehearse.ts";
import { exitOf } from "../../run/start/start-job.ts";
import { type Environment, readEnvironment } from "../environment.ts";
import { describeStruck, readFaultFile } from "../fault-file.ts";
import { folderOf, ledgerPlace } from "../ledger-place.ts";
import { loadJob } from "../load-job.ts";
import { openContextAt } from "../open-context.ts";
import { printEnd } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { openThrowAway, withResults } from "../throw-away.ts";
import { fileExpected } from "./run-command.ts";

export interface RehearseFlags {
  readonly file?: string;
  readonly from?: string;
  readonly limit?: number;
  readonly faults?: string;
  /** A folder, instead of `rehearsals` beside the ledger. */
  readonly results?: string;
}

export async function rehearseCommand(session: Session, name: string, flags: RehearseFlags): Promise<ExitCode> {
  const loaded = await loadJob(name);
  const environment = readEnvironment(process.env);
  const faults = await readFaultFile(flags.faults);
  await using away = await openThrowAway(session, "rehearse");

  const { log, progress, signal } = session;
  const openAt = async (bank: Environment, job: Job, results: string) => {
    const parts = { loaded: { ...loaded, job }, ledger: away.ledger, log, progress, signal };
    return withResults(await openContextAt(bank, parts, away.folder), results);
  };
  const results = flags.results ?? join(folderOf(ledgerPlace(process.env)), "rehearsals");
  const { file = null, from = null, limit = null } = flags;
  const rehearsal = await rehearse({
    job: loaded.job,
    options: { file, from, limit, again: null },
    faults,
    progress,
    signal,
    openAtBank: (job) => openAt(environment, job, join(away.folder, "plan")),
    openAtStandIn: (job, { url: apiUrl, clientId, clientSecret }) =>
      openAt({ apiUrl, clientId, clientSecret }, job, results),
    onEnd: (context, end) => printEnd(session, context, end),
  });
  if (rehearsal === null) {
    session.say({ event: "none", job: loaded.job.name }, `job ${loaded.job.name}: no file`);
    if (loaded.job.expect !== undefined) throw fileExpected({ job: loaded.job, jobPath: loaded.path });
    return EXIT.done;
  }
  const { ends, count, struck } = rehearsal;
  const lines = [...(faults.length === 0 ? [] : [describeStruck(struck)]), describeEffects(count)];
  session.say({ event: "rehearsal", struck, ...count }, lines.join("\n"));
  const isOnce = count.duplicates + count.missing === 0;
  return worstExit([
    ...ends.map(exitOf),
    ...(isOnce ? [] : [EXIT.ourFault]),
    ...(signal.aborted ? [EXIT.stopped] : []),
  ]);
}
