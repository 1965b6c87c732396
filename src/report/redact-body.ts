/**
 * The body of a call in, the same JSON out with the shape of its values in their place: only words of the contract under members of the
 * contract stay, which say nothing about a person. Pure.
 */
import {
  CAPABILITIES,
  CONSENT_DOCUMENT_TYPES,
  DELIVERY_METHODS,
  DISCLOSURE_DOCUMENT_TYPES,
  HOLDER_TYPES,
  RELATIONSHIP_TYPES,
  REPORT_SOURCES,
  STATUS_REASONS,
  STATUSES,
} from "../account.ts";
import { counted } from "../text/counted.ts";
import { isRecord, parseJson } from "../text/json.ts";

const isBoolean = (value: unknown) => typeof value === "boolean";
const among = (words: readonly string[]) => (value: unknown) => typeof value === "string" && words.includes(value);

/** Members whose values stay, if they are these. */
const KEPT: Readonly<Record<string, (value: unknown) => boolean>> = {
  status: among(STATUSES),
  status_reason: among(STATUS_REASONS),
  reason: among(STATUS_REASONS),
  capabilities: among(CAPABILITIES),
  account_holder_type: among(HOLDER_TYPES),
  relationship_type: among(RELATIONSHIP_TYPES),
  type: among([...CONSENT_DOCUMENT_TYPES, ...DISCLOSURE_DOCUMENT_TYPES]),
  source: among(REPORT_SOURCES),
  delivery_method: among(DELIVERY_METHODS),
  currency: (value) => typeof value === "string" && /^[A-Z]{3}$/.test(value),
  is_secured: isBoolean,
  is_mla: isBoolean,
};

/** The other members of the calls that Tieout makes: their names stay. */
const MEMBERS: ReadonlySet<string> = new Set([
  ...["application_id", "client_account_id", "entities", "account_holders", "authorized_signers", "authorized_users"],
  ...["details", "product_name", "credit", "underwriting_grade", "available_credit", "limit", "max_limit"],
  ...["scra", "start_date", "end_date", "report", "score", "pulled_at", "adverse_action_notice", "delivered_at"],
  ...["metadata", "documents", "document_id", "version", "displayed_at", "consented_at"],
  ...["entity_id", "entity_ids"],
]);

/** Null for a call without a body. */
export function redactBody(body: string): unknown {
  return body === "" ? null : redact("", parseJson(body));
}

function redact(name: string, value: unknown): unknown {
  if (Object.hasOwn(KEPT, name) && KEPT[name]?.(value)) return value;
  if (Array.isArray(value)) return value.map((item) => redact(name, item));
  if (!isRecord(value)) return shapeOf(value);
  const members = Object.entries(value).map(([member, inner], index) =>
    // Names within metadata are the program's own.
    name !== "metadata" && isOfContract(member)
      ? [member, redact(member, inner)]
      : [`<member ${index + 1}, ${counted(member.length, "character")}>`, shapeOf(inner)],
  );
  return Object.fromEntries(members);
}

const isOfContract = (member: string) => MEMBERS.has(member) || Object.hasOwn(KEPT, member);

/** As `<text, 12 characters>`. */
function shapeOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return `<text, ${counted(value.length, "character")}>`;
  if (typeof value === "number") return `<number, ${counted(String(value).length, "character")}>`;
  return `<${typeof value}>`;
}
