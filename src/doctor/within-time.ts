/**
 * One check with a limit of time: what it sees goes out, or that it failed or took too long. A check never ends the others.
 */
import { FatalError } from "../errors/fatal-error.ts";
import { bad, badOf, type Remark } from "./finding.ts";

export const LONGEST_CHECK_MS = 20_000;

/** `what` completes "… did not answer within 20 s". A check that is too late goes on unheard; `stop` tells it. */
export async function withinTime(
  what: string,
  check: (stop: AbortSignal) => Promise<readonly Remark[]>,
  limitMs = LONGEST_CHECK_MS,
): Promise<readonly Remark[]> {
  const stopper = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Remark[]>((resolve) => {
    timer = setTimeout(() => {
      stopper.abort();
      resolve([bad(`${what} did not answer within ${limitMs / 1000} s`, "see that it can be reached from this host")]);
    }, limitMs);
  });
  try {
    return await Promise.race([check(stopper.signal), late]);
  } catch (error) {
    if (error instanceof FatalError) return [badOf(error)];
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
