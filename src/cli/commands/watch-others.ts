/**
 * What other processes leave of a job when they die or are told to stop, for a schedule to go on with.
 */
import { systemClock } from "../../clock.ts";
import { placeOf } from "../../errors/describe-stack.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Job } from "../../job.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { leaseName } from "../../ledger/run.ts";
import { type BrokenOff, DEAD_FOR_MS, findBrokenOff, findLeftBefore } from "../../schedule/find-broken-off.ts";
import { ledgerPlace } from "../ledger-place.ts";
import type { LoadedJob } from "../load-job.ts";
import { openContext } from "../open-context.ts";
import type { Session } from "../session.ts";

const DIED = "another process has died over the job, which is continued here";
const STOPPED = "another process was told to stop before the end of its start, which is made here";
/** How often to look whether another process has died. */
const LOOK_MS = 1_000;

/** Until the schedule stops: whatever another process leaves of the job is given to `act`. A ledger in a file is one host's. */
export async function watchOthers(
  session: Session,
  loaded: LoadedJob,
  signal: AbortSignal,
  act: (brokenOff: BrokenOff) => Promise<void>,
): Promise<void> {
  const { log } = session;
  if (isFile()) return;
  const look = async () => {
    const context = await contextOf(session, loaded, await session.ledger(), signal);
    const isPaused = (await context.ledger.schedules.findPause(context.bankName, loaded.job.name)) !== undefined;
    return isPaused ? undefined : findBrokenOff(context);
  };
  let isSaid = false;
  const sayOnce = (error: unknown) => {
    if (error instanceof FatalError || isSaid) return;
    isSaid = true;
    const about = { job: loaded.job.name, code: "internal", error: placeOf(error) };
    log.error("it cannot be seen whether another process has died over the job", about);
  };
  while (!signal.aborted) {
    // A database that is away is looked at again; the starts themselves report it.
    const brokenOff = await look().catch(sayOnce);
    if (brokenOff && !signal.aborted) {
      log.warn(brokenOff.kind === "stopped" ? STOPPED : DIED, { job: loaded.job.name });
      await act(brokenOff);
    }
    await systemClock.sleep(LOOK_MS, signal);
  }
}

/**
 * As a schedule begins: what earlier processes have left. Over a ledger in a file it waits until nobody holds the job any more, as a process
 * that was killed does for up to a minute. Over a database `watchOthers` does that.
 */
export async function lookBefore(
  session: Session,
  loaded: readonly LoadedJob[],
  { name }: Job,
  signal: AbortSignal,
): Promise<BrokenOff | undefined> {
  const one = loaded.find(({ job }) => job.name === name);
  if (one === undefined) return undefined;
  const look = async () => {
    await using ledger = await session.openLedger();
    const context = await contextOf(session, one, ledger, signal);
    const lease = isFile() ? await ledger.leases.find(leaseName(context.bankName, name)) : undefined;
    const untilMs = lease?.owner ? lease.untilMs + DEAD_FOR_MS : 0;
    return untilMs > Date.now() ? untilMs : await findLeftBefore(context);
  };
  for (;;) {
    // A ledger that is away is reported by the start that comes next.
    const found = await look().catch(() => undefined);
    if (typeof found !== "number") return found;
    await systemClock.sleep(found - Date.now() + 1, signal);
    if (signal.aborted) return undefined;
  }
}

const isFile = () => ledgerPlace(process.env).kind === "file";

function contextOf(session: Session, loaded: LoadedJob, ledger: Ledger, signal: AbortSignal) {
  const { log, progress } = session;
  return openContext({ loaded, ledger, log, progress, signal }, session.workFolder());
}
