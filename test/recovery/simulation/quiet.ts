/**
 * Waits until nothing is left to happen by itself in this thread: promises, immediates, and requests to the file system.
 */

/** What Node calls them in its list of active resources. */
const UNDER_WAY = /^(Immediate|FSReq|CloseReq|FileHandle)/;

/** Resolves once only timers of the world could make anything happen. */
export async function wholeTurn(): Promise<void> {
  do await new Promise<void>((resolve) => setImmediate(resolve));
  while (process.getActiveResourcesInfo().some((name) => UNDER_WAY.test(name)));
}
