/**
 * Cells that hold an instant or a date: text in, the same text out when it names a real moment or day.
 * Never turns one into another zone or form: what is sent is what the file says.
 */
import { isDay, isInstant } from "../../instant.ts";
import { mask } from "../../text/show-id.ts";
import { type CellFaults, fault } from "../cell-fault.ts";

/** `YYYY-MM-DDThh:mm:ss`, up to nine decimals, and `Z` or `±hh:mm` (RFC 3339). Fault: instant_malformed. */
export function parseInstant(text: string): string | CellFaults {
  if (isInstant(text)) return text;
  return fault(
    "instant_malformed",
    `${mask(text)} is not a date and time with seconds and a zone, such as 2026-01-31T09:30:00Z or 2026-01-31T09:30:00-06:00`,
  );
}

/** `YYYY-MM-DD`. Fault: date_malformed. */
export function parseDate(text: string): string | CellFaults {
  if (isDay(text)) return text;
  return fault("date_malformed", `${mask(text)} is not a calendar date such as 2026-01-31`);
}
