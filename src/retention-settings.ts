/**
 * What a job may say of how long the ledger keeps what. Values only.
 */
import { z } from "zod";
import { durationMs } from "./duration-ms.ts";
import { accountIds } from "./plan/guard-settings.ts";

/** Repaired files still come back within these, and calls may be settled. */
const LEAST_DAYS = 30;
const FORM = /^\d{1,4}[dwy]$/;

const duration = z
  .string()
  .regex(FORM, 'give days, weeks or years, such as "400d" or "7y"')
  .refine((text) => !FORM.test(text) || durationMs(text) >= durationMs(`${LEAST_DAYS}d`), {
    error: `give at least ${LEAST_DAYS} days`,
  });

export const retentionSettings = z
  .strictObject({
    /** How long values of accounts stay: cells, bodies of calls, accounts as they were seen. */
    cells: duration,
    /** How long the rows themselves stay, with their words, calls and summary. */
    evidence: z
      .union([z.literal("never"), duration], { error: 'give "never", or a time such as "7y"' })
      .default("never"),
    /** Accounts of which all stays. */
    legalHold: accountIds.default([]),
    /** Who prunes: `tieout prune` alone, or `tieout schedule` too, once a day after a start of the job. */
    at: z.enum(["command", "schedule"]).default("command"),
  })
  .refine(({ cells, evidence }) => evidence === "never" || !isLonger(cells, evidence), {
    error: "evidence must not be shorter than cells",
    path: ["evidence"],
  });
export type RetentionSettings = z.output<typeof retentionSettings>;

const isLonger = (one: string, other: string) => durationMs(one) > durationMs(other);

/** What ended before this instant is older; null for "never". */
export function endedBeforeMs(time: string, nowMs: number): number | null {
  return time === "never" ? null : nowMs - durationMs(time);
}
