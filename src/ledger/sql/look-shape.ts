/**
 * What is kept of a schedule, as both ledgers have it in a row.
 */
import type { ExpectedLook, SchedulePause } from "../schedules.ts";

export interface LookShape {
  readonly since: number;
  readonly looked: number;
}

/** `pause` is JSON text. */
export function decodePause(row: { readonly pause: string } | undefined): SchedulePause | undefined {
  return row === undefined ? undefined : (JSON.parse(row.pause) as SchedulePause);
}

export function decodeLook(row: LookShape | undefined): ExpectedLook | undefined {
  return row === undefined ? undefined : { sinceMs: row.since, lastMs: row.looked };
}
