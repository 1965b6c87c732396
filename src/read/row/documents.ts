/**
 * The documents column: a JSON array, or one JSON object, in one cell in, document references out, with every fault of
 * every document.
 */
import { type AccountDocument, CONSENT_DOCUMENT_TYPES, DISCLOSURE_DOCUMENT_TYPES } from "../../account.ts";
import { nearest } from "../../text/nearest.ts";
import { mask } from "../../text/show-id.ts";
import { type CellFault, type CellFaults, fault, faultsOf, isFaults } from "../cell-fault.ts";
import { type IdRules, parseDocumentId } from "./ids.ts";
import { parseInstant } from "./instants.ts";
import { findOddQuoteOfValue } from "./odd-quotes.ts";
import { parseText, parseWord } from "./values.ts";

const MEMBERS = ["document_id", "type", "version", "displayed_at", "consented_at"] as const;
const TYPES: readonly string[] = [...DISCLOSURE_DOCUMENT_TYPES, ...CONSENT_DOCUMENT_TYPES];
const CONSENT_TYPES: ReadonlySet<string> = new Set(CONSENT_DOCUMENT_TYPES);

/**
 * Documents as the contract, "The account", shows them; `[]` is the empty list. The instant is `consented_at` for
 * consents and `displayed_at` for all others, never both. One object is a list of one. One file may be several documents,
 * each of another type.
 * Faults: documents_malformed, id_malformed, value_not_allowed (type), instant_malformed, document_date_missing,
 * document_duplicate, and those of `parseVersion`.
 */
export function parseDocuments(
  text: string,
  rules?: IdRules,
  parseVersion: (text: string) => string | CellFaults = parseText,
): readonly AccountDocument[] | CellFaults {
  const faultsOfMember: FaultsOfMember = (name, value) => {
    const parsed =
      name === "type"
        ? parseWord(value, TYPES)
        : name.endsWith("_at")
          ? parseInstant(value)
          : name === "document_id"
            ? parseDocumentId(value, rules)
            : parseVersion(value);
    return isFaults(parsed) ? parsed.all : [];
  };
  const items = parseArray(text);
  if (isFaults(items)) return items;
  const faults: CellFault[] = [];
  const known = new Set<string>();
  for (const [index, item] of items.entries()) {
    const place = `document ${index + 1}`;
    if (typeof item !== "object" || item === null || Array.isArray(item)) {
      faults.push(malformed(`${place} is not a JSON object`));
      continue;
    }
    const document = item as Readonly<Record<string, unknown>>;
    faults.push(...faultsOfMembers(document, place, faultsOfMember), ...faultsOfDate(document, place));
    const { document_id: id, type } = document;
    if (typeof id !== "string" || typeof type !== "string") continue;
    const key = JSON.stringify([id, type]);
    if (known.has(key)) {
      faults.push({
        code: "document_duplicate",
        message: `${place} has the document_id ${mask(id)} and the type of an earlier one`,
      });
    }
    known.add(key);
  }
  // The checks above leave exactly the members of AccountDocument, each of its type.
  return faults.length === 0 ? (items as readonly AccountDocument[]) : faultsOf(faults);
}

function parseArray(text: string): readonly unknown[] | CellFaults {
  let items: unknown;
  try {
    items = JSON.parse(text);
  } catch {
    const odd = findOddQuoteOfValue(text);
    if (odd !== undefined) return fault("documents_malformed", `the JSON has ${odd}: use straight double quotes (")`);
    return fault("documents_malformed", "the cell is not JSON: write an array of documents, or one document");
  }
  const written = JSON.stringify(items);
  if (text !== written && countNames(text) > countNames(written))
    return fault("documents_malformed", "one object has a member twice: which of the two is meant, nobody can tell");
  if (Array.isArray(items)) return items;
  if (typeof items === "object" && items !== null) return [items];
  return fault("documents_malformed", "the cell is JSON, but neither an array of documents nor one document");
}

/** How many names of members valid JSON has: of two that are the same, JSON.parse silently takes the last. */
function countNames(json: string): number {
  let names = 0;
  for (const [, colon] of json.matchAll(/"(?:[^"\\]|\\.)*"\s*(:)?/g)) if (colon !== undefined) names += 1;
  return names;
}

function malformed(message: string): CellFault {
  return { code: "documents_malformed", message };
}

type FaultsOfMember = (name: string, value: string) => readonly CellFault[];

function faultsOfMembers(
  document: Readonly<Record<string, unknown>>,
  place: string,
  faultsOfMember: FaultsOfMember,
): CellFault[] {
  const faults: CellFault[] = [];
  for (const [name, value] of Object.entries(document)) {
    if (!(MEMBERS as readonly string[]).includes(name)) {
      const meant = nearest(name, MEMBERS);
      const expected = meant === undefined ? `members are ${MEMBERS.join(", ")}` : `did you mean ${meant}?`;
      faults.push(malformed(`${place} has an unknown member: ${expected}`));
    } else if (typeof value !== "string" || value === "") {
      faults.push(malformed(`${place}: ${name} is not a text of one character or more`));
    } else {
      faults.push(
        ...faultsOfMember(name, value).map(({ code, message }) => ({ code, message: `${place}: ${message}` })),
      );
    }
  }
  for (const name of ["document_id", "type"]) {
    if (!Object.hasOwn(document, name)) faults.push(malformed(`${place} has no ${name}`));
  }
  return faults;
}

function faultsOfDate(document: Readonly<Record<string, unknown>>, place: string): CellFault[] {
  const type = document.type;
  if (typeof type !== "string" || !TYPES.includes(type)) return [];
  const [needed, other] = CONSENT_TYPES.has(type) ? ["consented_at", "displayed_at"] : ["displayed_at", "consented_at"];
  if (!Object.hasOwn(document, needed as string)) {
    const instead = Object.hasOwn(document, other as string) ? ` and not ${other}` : "";
    return [{ code: "document_date_missing", message: `${place} is of type ${type}, which needs ${needed}${instead}` }];
  }
  if (!Object.hasOwn(document, other as string)) return [];
  return [malformed(`${place} is of type ${type}, which has ${needed} and not ${other}`)];
}
