/**
 * The fields of an account as they come in a request: unknown JSON in, the known members out, and every rule that is
 * broken noted by the path of its member. Judges each value on its own; never looks at what the bank holds.
 */
import {
  type AdverseActionNotice,
  CAPABILITIES,
  type Capability,
  CONSENT_DOCUMENT_TYPES,
  type Credit,
  DELIVERY_METHODS,
  DISCLOSURE_DOCUMENT_TYPES,
  REPORT_SOURCES,
} from "../../account.ts";
import type { InvalidParameter } from "../answer.ts";
import type { SandboxAccount, Writable } from "./bank-state.ts";

/** What is wrong with a request, in the order it was found. */
export class Findings {
  readonly list: InvalidParameter[] = [];

  /** Notes one; comes back as undefined, so that a reader can end with it. */
  add(name: string, reason: string): undefined {
    this.list.push({ name, reason });
    return undefined;
  }

  /** Notes several of one member. */
  addAll(name: string, reasons: readonly string[]): void {
    for (const reason of reasons) this.add(name, reason);
  }
}

type Check = (value: unknown) => boolean;

export const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isAmount: Check = (value) => Number.isSafeInteger(value);
/** ISO 4217: what Node knows, and the fund codes that it leaves out. */
const CURRENCIES = new Set<unknown>([
  ...Intl.supportedValuesOf("currency"),
  ...["BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW"],
]);
const isCurrency: Check = (value) => CURRENCIES.has(value);
const isScore: Check = (value) => Number.isInteger(value) && Number(value) >= 300 && Number(value) <= 850;
const isWordOf =
  (words: readonly string[]): Check =>
  (value) =>
    typeof value === "string" && words.includes(value);

/** The patterns of ids (contract, "Endpoints we use"). */
export const isAccountId: Check = (value) => typeof value === "string" && /^account_\w+$/.test(value);
export const isApplicationId: Check = (value) => typeof value === "string" && /^application_\w+$/.test(value);
export const isEntityId: Check = (value) => typeof value === "string" && /^entity_\S{1,33}$/.test(value);

/** A day that exists, as `2025-02-28`. */
export const isDate: Check = (value) => {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
};

/** An ISO 8601 instant with a zone, on a day that exists. */
export const isInstant: Check = (value) =>
  typeof value === "string" &&
  /^\d{4}-\d\d-\d\d[Tt]([01]\d|2[0-3]):\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(value) &&
  isDate(value.slice(0, 10)) &&
  !Number.isNaN(Date.parse(value.toUpperCase()));

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Members = Readonly<Record<string, Check>>;

/** All seven are required on create whenever credit is sent (contract, "The account"). */
const CREDIT: Members = {
  is_secured: isFlag,
  is_mla: isFlag,
  underwriting_grade: isText,
  currency: isCurrency,
  available_credit: isAmount,
  limit: isAmount,
  max_limit: isAmount,
};
const SCRA: Members = { start_date: isDate, end_date: isDate };
const REPORT: Members = { score: isScore, pulled_at: isInstant, source: isWordOf(REPORT_SOURCES) };
const NOTICE: Members = { delivered_at: isInstant, reason: isText, delivery_method: isWordOf(DELIVERY_METHODS) };

/** The members of a group that has required ones; members it doesn't know are left out. */
function readGroup(value: unknown, name: string, members: Members, required: readonly string[], findings: Findings) {
  if (!isObject(value)) return findings.add(name, "must be an object");
  const read: Record<string, unknown> = {};
  for (const [member, isRight] of Object.entries(members)) {
    const given = value[member];
    if (given === undefined) {
      if (required.includes(member)) findings.add(`${name}.${member}`, "missing");
    } else if (isRight(given)) read[member] = given;
    else findings.add(`${name}.${member}`, "has the wrong type or value");
  }
  return read;
}

/** `whole` is for a create: all seven plain members must be there. A member that credit doesn't know is refused. */
export function readCredit(value: unknown, findings: Findings, whole: boolean): Writable<Credit> | undefined {
  const name = "details.credit";
  if (!isObject(value)) return findings.add(name, "must be an object");
  for (const member of Object.keys(value)) {
    if (!Object.hasOwn(CREDIT, member) && member !== "scra" && member !== "report") {
      findings.add(`${name}.${member}`, "unknown");
    }
  }
  const read: Writable<Credit> = { ...readGroup(value, name, CREDIT, whole ? Object.keys(CREDIT) : [], findings) };
  if (value.scra !== undefined) {
    const scra = readGroup(value.scra, `${name}.scra`, SCRA, ["start_date"], findings);
    if (scra !== undefined) read.scra = scra;
  }
  if (value.report !== undefined) {
    const report = readGroup(value.report, `${name}.report`, REPORT, Object.keys(REPORT), findings);
    if (report !== undefined) read.report = report;
  }
  return read;
}

/** An adverse action notice, all of it or nothing. */
export function readNotice(value: unknown, findings: Findings): Writable<AdverseActionNotice> | undefined {
  return readGroup(value, "details.adverse_action_notice", NOTICE, Object.keys(NOTICE), findings);
}

/** At least one capability, each once. */
export function readCapabilities(value: unknown, findings: Findings): Capability[] | undefined {
  if (!Array.isArray(value)) return findings.add("capabilities", value === undefined ? "missing" : "must be a list");
  if (value.length === 0) return findings.add("capabilities", "must hold at least one");
  const wrong = value.findIndex((word) => !isWordOf(CAPABILITIES)(word));
  if (wrong >= 0) return findings.add(`capabilities[${wrong}]`, "unknown");
  return [...new Set<Capability>(value)];
}

/** Text by text key. */
export function readMetadata(value: unknown, findings: Findings): Record<string, string> | undefined {
  if (!isObject(value)) return findings.add("metadata", "must be an object");
  const read: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === "string") read[key] = text;
    else findings.add(`metadata.${key}`, "must be text");
  }
  return read;
}

const CONSENT = new Set<unknown>(CONSENT_DOCUMENT_TYPES);
const DISCLOSURE = new Set<unknown>(DISCLOSURE_DOCUMENT_TYPES);

/** Documents; the type says which of the two instants each needs (contract, "The account"). */
export function readDocuments(value: unknown, findings: Findings): SandboxAccount["documents"] {
  if (!Array.isArray(value)) return findings.add("documents", value === undefined ? "missing" : "must be a list");
  return value.map((one: unknown, i) => readDocument(one, `documents[${i}]`, findings));
}

function readDocument(value: unknown, name: string, findings: Findings): NonNullable<SandboxAccount["documents"]>[0] {
  const { document_id, type, version, displayed_at, consented_at } = isObject(value) ? value : {};
  const instant = CONSENT.has(type) ? "consented_at" : DISCLOSURE.has(type) ? "displayed_at" : undefined;
  if (typeof document_id !== "string" || document_id === "") findings.add(`${name}.document_id`, "missing");
  if (instant === undefined) findings.add(`${name}.type`, "missing or unknown");
  for (const [member, given] of Object.entries({ displayed_at, consented_at })) {
    if (given === undefined && member === instant) findings.add(`${name}.${member}`, `missing for ${type}`);
    if (given !== undefined && !isInstant(given)) findings.add(`${name}.${member}`, "must be an instant with a zone");
  }
  if (version !== undefined && !isText(version)) findings.add(`${name}.version`, "must be text");
  return {
    document_id: String(document_id),
    type: String(type),
    ...(version !== undefined && { version: String(version) }),
    ...(displayed_at !== undefined && { displayed_at: String(displayed_at) }),
    ...(consented_at !== undefined && { consented_at: String(consented_at) }),
  };
}
