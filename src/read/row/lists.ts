/**
 * Lists in one cell: text in, ids or capabilities in the given order out.
 * Three forms: a JSON array, items separated by semicolons, and quoted items separated by commas.
 */
import { CAPABILITIES, MAX_ENTITIES_PER_RELATIONSHIP } from "../../account.ts";
import { counted } from "../../text/counted.ts";
import { mask } from "../../text/show-id.ts";
import { type CellFault, type CellFaults, fault, faultsOf, isFaults } from "../cell-fault.ts";
import { type IdRules, parseEntityId } from "./ids.ts";
import { findOddQuoteOfValue } from "./odd-quotes.ts";
import { parseWord } from "./values.ts";

/** Entity ids, or what `parseOne` takes for them; `[]` is the empty list. Faults: list_malformed, id_malformed, list_duplicate, list_too_long. */
export function parseEntityList(
  text: string,
  rules?: IdRules,
  parseOne: typeof parseEntityId = parseEntityId,
): readonly string[] | CellFaults {
  const items = parseItems(text, "ids");
  if (isFaults(items)) return items;
  const faults = faultsOfItems(items, (item) => parseOne(item, rules));
  if (items.length > MAX_ENTITIES_PER_RELATIONSHIP) {
    faults.push({
      code: "list_too_long",
      message: `the list names ${counted(items.length, "entity", "entities")}, and the bank allows at most ${MAX_ENTITIES_PER_RELATIONSHIP}`,
    });
  }
  return faults.length === 0 ? items : faultsOf(faults);
}

/** Capabilities; whether the list may be empty is a rule of the row. Faults: list_malformed, value_not_allowed, list_duplicate. */
export function parseCapabilityList(text: string): readonly string[] | CellFaults {
  const items = parseItems(text, "capabilities");
  if (isFaults(items)) return items;
  const faults = faultsOfItems(items, (item) => parseWord(item, CAPABILITIES));
  return faults.length === 0 ? items : faultsOf(faults);
}

function parseItems(text: string, what: string): readonly string[] | CellFaults {
  if (text.startsWith("[")) return parseJsonItems(text, what);
  if (text.startsWith('"')) return parseJsonItems(`[${text}]`, what);
  // A comma may be part of an entity id by the published pattern; here it is far more likely a wrong separator.
  if (/[",]/.test(text)) return malformedList(text, what);
  if (!text.includes(";")) return [text];
  const items = text.split(";").map((item) => item.trim());
  return items.includes("") ? malformedList(text, what) : items;
}

function parseJsonItems(json: string, what: string): readonly string[] | CellFaults {
  try {
    const items: unknown = JSON.parse(json);
    if (Array.isArray(items) && items.every((item) => typeof item === "string")) return items;
  } catch {}
  return malformedList(json, what);
}

function malformedList(text: string, what: string): CellFaults {
  const odd = findOddQuoteOfValue(text);
  if (odd !== undefined) return fault("list_malformed", `the list has ${odd}: use straight double quotes (") or none`);
  return fault("list_malformed", `the cell is neither a JSON array of ${what} nor ${what} separated by semicolons`);
}

function faultsOfItems(items: readonly string[], parse: (item: string) => string | CellFaults): CellFault[] {
  const distinct = items.length < 2 ? items : [...new Set(items)];
  const faults: CellFault[] = [];
  for (const item of distinct) {
    const parsed = parse(item);
    if (isFaults(parsed)) faults.push(...parsed.all);
  }
  if (distinct.length < items.length) faults.push(...faultsOfRepeated(items));
  return faults;
}

function faultsOfRepeated(items: readonly string[]): readonly CellFault[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const item of items) (seen.has(item) ? repeated : seen).add(item);
  return [...repeated].map((item) => ({
    code: "list_duplicate",
    message: `the list names ${mask(item)} more than once`,
  }));
}
