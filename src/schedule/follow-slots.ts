/**
 * Follows the slots of a job as time passes. The clock on the wall decides: it is looked at every minute, since a machine may be suspended,
 * and its clock set.
 */
import type { Clock } from "../clock.ts";
import { MADE_UP_FOR_MS, type Slot, type Slots } from "./slots.ts";

export interface SlotActs {
  /** A start is due. Of several that are due at once, only the last. */
  readonly onSlot: (slot: Slot) => void;
  /** A slot of which there is no start. */
  readonly onNone: (slot: Slot) => void;
  /** It is too late for a start that was due. */
  readonly onMissed: (slot: Slot) => void;
}

export interface Following {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How often to look at the clock on the wall, at least. */
  readonly lookMs?: number;
}

const LOOK_MS = 60_000;

/** Whether the clock was set back since: whatever was to come may come sooner. A slot that was begun is known, and not begun again. */
export function isSetBack(seenMs: number, nowMs: number): boolean {
  return nowMs < seenMs - LOOK_MS;
}

/** From now on, until the signal aborts. */
export async function followSlots(slots: Slots, acts: SlotActs, following: Following): Promise<void> {
  const { clock, signal, lookMs = LOOK_MS } = following;
  let seenMs = clock.nowMs();
  let ahead = slots.after(seenMs);
  let next = ahead.next();
  while (!next.done && !signal.aborted) {
    const nowMs = clock.nowMs();
    if (isSetBack(seenMs, nowMs)) {
      ahead = slots.after(nowMs);
      next = ahead.next();
    }
    seenMs = nowMs;
    if (next.done) break;
    const waitMs = next.value.atMs - nowMs;
    if (waitMs > 0) {
      await clock.sleep(Math.min(waitMs, lookMs), signal);
      continue;
    }
    let due: Slot | undefined;
    for (; !next.done && next.value.atMs <= clock.nowMs(); next = ahead.next()) {
      if (next.value.kind === "start") due = next.value;
      else acts.onNone(next.value);
    }
    if (due === undefined) continue;
    if (clock.nowMs() - due.atMs > MADE_UP_FOR_MS) acts.onMissed(due);
    else acts.onSlot(due);
  }
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
