/**
 * Which slots of a job have had their start, as a schedule sees it that begins: what it may have to make up for comes after them.
 */
import { isSameBank, leaseName, type Run } from "../ledger/run.ts";
import type { RunContext } from "../run/context.ts";
import { findBegunSlotMs } from "./claim-slot.ts";
import type { Slot, Slots } from "./slots.ts";

/** The job's latest runs since its last slot. */
const MOST_RUNS = 1_000;

export interface LastStart {
  /** The last slot that was begun; none before the first one. */
  readonly slotMs?: number;
  /** When the job was started last with all its files, by its schedule or by hand. */
  readonly sinceMs: number;
}

/** Undefined for a job that was never started. Work on a run, as by `resume` or a worker, is no start: it takes no file. */
export async function findLastStart(context: RunContext): Promise<LastStart | undefined> {
  const { ledger, bankName, job } = context;
  const slotMs = await findBegunSlotMs(context);
  if (slotMs === undefined) return await ledger.leases.find(leaseName(bankName, job.name));
  const isWhole = ({ kind, bank, byName, rerunOf, planOf }: Run) =>
    kind === "run" && !byName && rerunOf === null && planOf === null && isSameBank(bank, bankName);
  const last = (await ledger.runs.list(MOST_RUNS, { job: job.name, sinceMs: slotMs })).find(isWhole);
  return { slotMs, sinceMs: Math.max(slotMs, last?.startedAtMs ?? slotMs) };
}

/** The slot to make up for, if there is one; `isLost`: there was one, and it is too late for that. */
export function findMissed(slots: Slots, last: LastStart | undefined, nowMs: number): { slot?: Slot; isLost: boolean } {
  if (last === undefined) return { isLost: false };
  const isAfter = ({ slotMs }: Slot) => last.slotMs === undefined || slotMs > last.slotMs;
  const slot = slots.findLast(last.sinceMs, nowMs);
  if (slot !== undefined && isAfter(slot)) return { slot, isLost: false };
  const first = slots.after(last.sinceMs).find((one) => one.kind === "start" && isAfter(one));
  return { isLost: first !== undefined && first.atMs <= nowMs };
}
