/**
 * Draws what is watched at once, and then again and again until the end, never more often than once in a given time.
 */
import type { Clock } from "../../clock.ts";
import type { Progress, RunView } from "../../report/progress.ts";

/** Where text is written: standard output or standard error. */
export interface TextStream {
  write(text: string): unknown;
}

export interface Ticking extends Pick<Progress, "watch" | "steer" | "end"> {
  /** Draws now, out of turn, if anything is watched. */
  draw(): void;
}

export type Ticks = Pick<Clock, "monotonicMs" | "sleep">;

/** `show` also gets what a person has asked of the run, null for nothing. `firstAfterMs` is how long it waits before the first drawing. */
export function ticking(
  clock: Ticks,
  everyMs: number,
  show: (view: RunView, steering: string | null) => void,
  firstAfterMs = 0,
): Ticking {
  let steering: string | null = null;
  let isStill = false;
  let look: (() => RunView) | null = null;
  let ended = new AbortController();
  let dueMs = Number.NEGATIVE_INFINITY;
  const draw = () => {
    if (look === null) return;
    dueMs = clock.monotonicMs() + everyMs;
    const view = look();
    show(isStill ? { ...view, forecast: null, deadlineMs: null } : view, steering);
  };
  const drawUntil = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      const waitMs = dueMs - clock.monotonicMs();
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      else draw();
    }
  };
  return {
    draw,
    watch(next) {
      const isFirst = look === null;
      look = next;
      if (!isFirst) return;
      ended = new AbortController();
      dueMs = Math.max(dueMs, clock.monotonicMs() + firstAfterMs);
      void drawUntil(ended.signal);
    },
    steer(text, standsStill = false) {
      [steering, isStill] = [text, standsStill];
    },
    end() {
      [steering, isStill] = [null, false];
      look = null;
      ended.abort();
    },
  };
}
