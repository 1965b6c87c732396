/**
 * While `tieout schedule` runs: the files that a job expects are looked at when they are due, also when no start is.
 */
import { OF_START } from "../../alarm/alarms-of-end.ts";
import { clearAlarms } from "../../alarm/raise-alarm.ts";
import { settleError } from "../../alarm/settle-alarms.ts";
import { systemClock } from "../../clock.ts";
import { placeOf } from "../../errors/describe-stack.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { RunContext } from "../../run/context.ts";
import { followExpected } from "../../schedule/follow-expected.ts";
import { lookAtExpected } from "../../schedule/look-at-expected.ts";
import type { LoadedJob } from "../load-job.ts";
import { openContext } from "../open-context.ts";
import type { Session } from "../session.ts";

const AGAIN_MS = 5 * 60_000;
const TROUBLE = "the files that the job expects cannot be looked at now";

/** Until the signal aborts; no error of it ends the schedule. `onAlarm` is called when alarms were raised or cleared. Between two looks no ledger is open. */
export async function watchExpected(
  session: Session,
  loaded: LoadedJob,
  signal: AbortSignal,
  onAlarm: () => void,
): Promise<void> {
  if (loaded.job.expect === undefined) return;
  const { log, progress } = session;
  const looking = openLooking();
  const look = async () => {
    try {
      await using ledger = await session.openLedger();
      return await looking(await openContext({ loaded, ledger, log, progress, signal, onAlarm }, session.workFolder()));
    } catch (error) {
      const about = { job: loaded.job.name };
      if (error instanceof FatalError) log.warn(TROUBLE, { ...about, code: error.code });
      else log.error(TROUBLE, { ...about, code: "internal", error: placeOf(error) });
      return systemClock.nowMs() + AGAIN_MS;
    }
  };
  await followExpected(look, { clock: systemClock, signal });
}

/** Looks, and raises an alarm when nothing can be seen: a file that is late would be nobody's news. It is over once something is seen. */
export function openLooking(): (context: RunContext) => Promise<number> {
  let isRaised = false;
  return async (context) => {
    let isSeen = true;
    const nextMs = await lookAtExpected(context, async (error) => {
      isSeen = false;
      if (context.signal.aborted) return;
      isRaised = (await settleError(context, error, { isTriedAgain: true })) || isRaised;
    });
    if (isSeen && isRaised) {
      await clearAlarms(context, ["failed", "rejected"], OF_START);
      isRaised = false;
    }
    return nextMs;
  };
}
