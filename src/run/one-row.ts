/**
 * An error of our own code, or a row that kills processes, costs that one row and never the run: the row gets its word, and
 * the others go on.
 */
import { placeOf } from "../errors/describe-stack.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Issue } from "../errors/issue.ts";
import type { RunInHand } from "./run-in-hand.ts";
import type { Stop } from "./stop.ts";
import type { Rest } from "./window.ts";

/** A change on which this many processes were at work when they died is not begun again. */
const MOST_BEGUN = 3;
/** As many as a row may have had that is tried once more. */
export const ONE_DEATH_LEFT = MOST_BEGUN - 1;

interface OneRow {
  readonly change: number;
  /** How often a process has begun on it and died. */
  readonly begun: number;
}

export type SetAside = (issue: Issue) => Promise<void>;

/** The issue of a row on which too many processes have died; null for any other. */
export function poisonOf({ begun }: OneRow): Issue | null {
  if (begun < MOST_BEGUN) return null;
  return { code: "poison", column: "", message: `${begun} processes have died while they worked on this row` };
}

/** Whether the next process to die over the row is the last one. */
export function isOneDeathFromPoison({ begun }: OneRow): boolean {
  return begun === ONE_DEATH_LEFT;
}

/** Sets the row aside when `act` throws. A FatalError ends the run, and is thrown on. */
export async function costsOneRow(
  { log, run }: RunInHand,
  { change }: OneRow,
  act: () => Promise<Stop | null>,
  setAside: SetAside,
): Promise<Stop | null> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof FatalError) throw error;
    const message = `Tieout had an internal error on this row: ${error instanceof Error ? error.name : typeof error}`;
    log.error("internal error on one row; the row is set aside and the run continues", {
      run: run.id,
      row: change,
      error: placeOf(error),
    });
    await setAside({ code: "internal_error", column: "", message });
    return null;
  }
}

/**
 * Changes that were being planned when a process died are planned one at a time, each noted before it begins, so that repeated
 * deaths identify the row that causes them. A plan that was not interrupted notes nothing.
 */
export class Suspects {
  readonly #inHand: RunInHand;
  #left: number;

  /** `count`: how many of the first open changes can have been at work when the process died. */
  constructor(inHand: RunInHand, count: number) {
    this.#inHand = inHand;
    this.#left = count;
  }

  async take(change: OneRow, rest: Rest, act: () => Promise<Stop | null>, setAside: SetAside): Promise<Stop | null> {
    const { ledger, run, suspects } = this.#inHand;
    const guarded = () => costsOneRow(this.#inHand, change, act, setAside);
    this.#left -= 1;
    if (this.#left < 0 && change.begun === 0) return guarded();
    return suspects.take(rest, async () => {
      const poison = poisonOf(change);
      if (poison !== null) {
        await setAside(poison);
        return null;
      }
      await ledger.changes.recordBegun(run, change.change);
      const stop = await guarded();
      // Once it is planned, planning it kills nobody. One that a stop ends says nothing of those who died before.
      await ledger.changes.recordLeft(run, change.change, stop === null ? 0 : change.begun);
      return stop;
    });
  }
}
