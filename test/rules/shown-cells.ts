/**
 * Which cells a message gives away: a row's cells and a message about it in, the cells that it shows whole out.
 */
import {
  CAPABILITIES,
  CONSENT_DOCUMENT_TYPES,
  DELIVERY_METHODS,
  DISCLOSURE_DOCUMENT_TYPES,
  HOLDER_TYPES,
  REPORT_SOURCES,
  STATUS_REASONS,
  STATUSES,
} from "../../src/account.ts";

/** So short that a masked text may happen to contain it. */
const SHORT = 4;
/** The bank's own words, and those of JSON, are nobody's secret. */
const WORDS = new Set<string>([
  ...[...CAPABILITIES, ...HOLDER_TYPES, ...STATUSES, ...STATUS_REASONS, ...REPORT_SOURCES, ...DELIVERY_METHODS],
  ...[...CONSENT_DOCUMENT_TYPES, ...DISCLOSURE_DOCUMENT_TYPES, "false"],
  ...["document_id", "version", "displayed_at", "consented_at", "account_", "application_", "entity_"],
]);
/** Ids that the bank gave, which messages about its entities, applications and accounts name. */
const BANK_ID = /^(account|application|entity)_\S+$/;
/** A slip that is near an allowed word is shown, so that it is found. */
const SLIP = /: did you mean \S+\?/;

/** Lists count item by item. `namesIds`: the message comes from comparing with the bank. */
export function cellsShownBy(message: string, cells: readonly string[], namesIds: boolean): string[] {
  const texts = new Set(cells.flatMap((cell) => [cell, ...cell.split(/[;,[\]{}":]+/)]));
  return [...texts].filter((text) => {
    if (text.length <= SHORT || WORDS.has(text) || SLIP.test(message)) return false;
    return message.includes(text) && !(namesIds && BANK_ID.test(text));
  });
}
