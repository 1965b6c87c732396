/**
 * Every code Tieout can print, in one place: meaning, who fixes it, whether a retry helps, what to do.
 */
import { BANK_CODES } from "./bank.ts";
import type { CodeEntry } from "./code-entry.ts";
import { COMMAND_CODES } from "./command.ts";
import { EXPECTED_CODES } from "./expected.ts";
import { FILE_CODES } from "./file.ts";
import { PLAN_CODES } from "./plan.ts";
import { REPAIR_CODES } from "./repair.ts";
import { ROW_CODES } from "./row.ts";
import { RUN_CODES } from "./run.ts";
import { SHAPE_CODES } from "./shape.ts";

export const CODES = {
  ...FILE_CODES,
  ...ROW_CODES,
  ...SHAPE_CODES,
  ...REPAIR_CODES,
  ...PLAN_CODES,
  ...BANK_CODES,
  ...RUN_CODES,
  ...COMMAND_CODES,
  ...EXPECTED_CODES,
} as const;

/** Those that `tieout rerun --accept` takes. */
export const ACCEPTABLE: readonly Code[] = (Object.keys(CODES) as Code[]).filter(
  (code) => (CODES[code] as CodeEntry).heldUntil === "accepted",
);

/** Codes of our own. The bank's name for a refusal is in the message, never in the code. */
export type Code = keyof typeof CODES;
