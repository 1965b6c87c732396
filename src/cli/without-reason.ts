/**
 * A stop that is meant for a service, and not for the runs that it has in hand.
 */

/** Aborts with the other, without its reason: a run is then not stopped by a person, and the next start continues it. */
export function withoutReason(signal: AbortSignal): AbortSignal {
  const stopper = new AbortController();
  if (signal.aborted) stopper.abort();
  signal.addEventListener("abort", () => stopper.abort(), { once: true });
  return stopper.signal;
}
