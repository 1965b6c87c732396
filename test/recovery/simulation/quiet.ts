/**
 * The turns of the event loop as the world has them: what the processes put off by setImmediate waits here, and the world
 * goes on only once nothing is left to happen by itself. Nothing in a history may wait for anything real.
 */

/** What Node calls waiting for the file system or another thread in its list of active resources. */
const REAL_WAIT = /^(FSReq|CloseReq|FileHandle|ZLIB)/;
/** So many steps share one turn of the real event loop. */
const STEPS_A_TURN = 64;

const realSetImmediate = globalThis.setImmediate;

/** What happens by itself is in the hands of Node; what else happens, of these. */
export interface Steps {
  /** Does one thing that is due at the present instant; false when there is none. */
  readonly now: () => boolean;
  /** Lets time go on; false when that is over. */
  readonly later: () => boolean;
}

/**
 * Takes steps until time is over. Between any two of them every promise that can settle has settled, as between two
 * events in one turn of Node's loop; what was put off waits for all that is due, and time for all that was put off.
 * Rejects with what a step throws.
 */
export async function goThrough({ now, later }: Steps): Promise<void> {
  const waiting: (() => void)[] = [];
  const putOff = (act: (...given: unknown[]) => void, ...given: unknown[]) => void waiting.push(() => act(...given));
  globalThis.setImmediate = putOff as unknown as typeof setImmediate;
  try {
    await new Promise<void>((resolve, reject) => {
      let left = 0;
      let isOver = false;
      const takeSlot = () => {
        if (isOver) return;
        try {
          if (!now()) {
            const act = waiting.shift();
            if (act !== undefined) act();
            else isOver = !later();
          }
          if (isOver) resolve();
          else if (--left === 0) fillTurn();
        } catch (error) {
          isOver = true;
          reject(error);
        }
      };
      const fillTurn = () => {
        const real = process.getActiveResourcesInfo().filter((name) => REAL_WAIT.test(name));
        if (real.length > 0) throw new Error(`a history waits for something real: ${real.join()}`);
        left = STEPS_A_TURN;
        for (let slot = 0; slot < STEPS_A_TURN; slot++) realSetImmediate(takeSlot);
      };
      fillTurn();
    });
  } finally {
    globalThis.setImmediate = realSetImmediate;
  }
}

/** Resolves once nothing is left to happen by itself. */
export function quiet(): Promise<void> {
  return goThrough({ now: () => false, later: () => false });
}
