/**
 * Desired fields against an account: what differs, and the smallest PATCH body that closes it. Pure; status and
 * relationships have calls, and files, of their own.
 */
import type { Account, Credit } from "../../account.ts";
import type { Issue } from "../../errors/issue.ts";
import { sameInstant } from "../../instant.ts";
import type { Desired } from "../../read/change.ts";
import type { Difference } from "../operation.ts";
import { asText } from "./as-text.ts";
import { diffDocuments } from "./diff-documents.ts";
import { type Kept, keptOf, recall } from "./kept.ts";
import { missingFrom, sameSet } from "./same-set.ts";
import { underwritingIssues } from "./underwriting.ts";
import { unsendableIssues } from "./unsendable.ts";

/**
 * `body` is null when nothing is to be sent; `issues` are differences that no PATCH can close. `recalled` are those that
 * are as remembered, of which the ones of form are no differences. `unequal` are all that the account itself shows.
 */
export interface FieldDiff {
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly differences: readonly Difference[];
  readonly issues: readonly Issue[];
  readonly recalled: readonly Kept[];
  readonly unequal: readonly Kept[];
}

/** Members of `details.credit` that belong to no group, each under its own column name. */
export const PLAIN_CREDIT_FIELDS = [
  "is_secured",
  "is_mla",
  "underwriting_grade",
  "currency",
  "available_credit",
  "limit",
  "max_limit",
] as const satisfies readonly (keyof Credit & keyof Desired)[];

/** A column beside its member in an all-or-nothing group (contract, "The account"). */
interface Member {
  readonly column: keyof Desired;
  readonly member: string;
  readonly same?: (desired: string, actual: unknown) => boolean;
}

export const REPORT_MEMBERS: readonly Member[] = [
  { column: "credit_score", member: "score" },
  { column: "credit_pulled_at", member: "pulled_at", same: sameInstant },
  { column: "credit_report_source", member: "source" },
];
export const NOTICE_MEMBERS: readonly Member[] = [
  { column: "aan_delivered_at", member: "delivered_at", same: sameInstant },
  { column: "aan_reason", member: "reason" },
  { column: "aan_delivery_method", member: "delivery_method" },
];
export const SCRA_MEMBERS: readonly Member[] = [
  { column: "scra_start_date", member: "start_date" },
  { column: "scra_end_date", member: "end_date" },
];

/** The group's members that the row gives, by member name; `undefined` when it gives none. */
export function groupOf(desired: Desired, members: readonly Member[]): Record<string, unknown> | undefined {
  const given = members.filter(({ column }) => desired[column] !== undefined);
  if (given.length === 0) return undefined;
  return Object.fromEntries(given.map(({ column, member }) => [member, desired[column]]));
}

/** What a PATCH must send. Only managed fields that differ; a group whole when any member of it differs. */
export function diffFields(desired: Desired, account: Account, memory: readonly Kept[] = []): FieldDiff {
  const differences: Difference[] = [];
  const issues: Issue[] = [];
  const recalled: Kept[] = [];
  const unequal: Kept[] = [];
  const credit: Record<string, unknown> = {};
  const details: Record<string, unknown> = {};
  const body: Record<string, unknown> = {};
  const held = account.details?.credit;

  /** Gives whether it is to be sent. `isTold`: the answer shows the bank's side; an absent member doesn't, unless its map is there. */
  const note = (difference: Difference, wanted: unknown, actual: unknown, isTold = actual !== undefined): boolean => {
    const kept = keptOf(difference.field, wanted, actual);
    if (isTold) unequal.push(kept);
    const known = recall(memory, kept);
    if (known !== undefined) recalled.push(known);
    if (known?.isForm === true) return false;
    differences.push(difference);
    return true;
  };
  const differs = (field: string, actual: unknown, wanted: unknown, isTold?: boolean): boolean =>
    note({ field, actual: asText(actual), desired: asText(wanted) }, wanted, actual, isTold);
  const plain = (field: string, wanted: unknown, actual: unknown, isTold?: boolean): boolean =>
    wanted !== undefined && wanted !== actual && differs(field, actual, wanted, isTold);
  const group = (members: readonly Member[], actual: object | undefined): Record<string, unknown> | undefined => {
    const wanted = groupOf(desired, members);
    if (wanted === undefined) return undefined;
    // A member that the bank has added to its answers may be one that it does not accept.
    const known = Object.fromEntries(
      Object.entries(actual ?? {}).filter(([name]) => members.some(({ member }) => member === name)),
    ) as Record<string, unknown>;
    const changed = members.filter(({ column, member, same }) => {
      if (!(member in wanted)) return false;
      const equal = same ? same(String(wanted[member]), known[member]) : wanted[member] === known[member];
      return !equal && differs(column, known[member], wanted[member]);
    });
    return changed.length > 0 ? { ...known, ...wanted } : undefined;
  };

  if (plain("application_id", desired.application_id, account.application_id))
    body.application_id = desired.application_id;

  if (desired.capabilities && !sameSet(desired.capabilities, account.capabilities ?? [])) {
    differs("capabilities", account.capabilities, desired.capabilities);
    const lost = missingFrom(account.capabilities ?? [], desired.capabilities);
    if (lost.length > 0) {
      const message = `the bank has ${lost.join(", ")}, which the list lacks, and a capability cannot be removed`;
      issues.push({ code: "capability_removal", column: "capabilities", message });
    }
    body.capabilities = desired.capabilities;
  }

  if (plain("product_name", desired.product_name, account.details?.product_name))
    details.product_name = desired.product_name;
  for (const field of PLAIN_CREDIT_FIELDS) {
    if (plain(field, desired[field], held?.[field])) credit[field] = desired[field];
  }
  const scra = group(SCRA_MEMBERS, held?.scra);
  if (scra) credit.scra = scra;
  if (scra && !("start_date" in scra)) issues.push(scraStartMissing("the account has none at the bank"));
  if (scra) {
    const given = SCRA_MEMBERS.filter(({ column }) => desired[column] !== undefined);
    const names = given.map(({ member }) => member);
    issues.push(...unsendableIssues(account, ["details", "credit", "scra"], names, given[0]?.column ?? ""));
  }
  const report = group(REPORT_MEMBERS, held?.report);
  if (report) credit.report = report;
  const notice = group(NOTICE_MEMBERS, account.details?.adverse_action_notice);
  if (notice) details.adverse_action_notice = notice;

  const metadata = Object.entries(desired.metadata ?? {}).filter(([name, wanted]) =>
    plain(`metadata.${name}`, wanted, own(account.metadata, name), account.metadata !== undefined),
  );
  if (metadata.length > 0) {
    body.metadata = { ...account.metadata, ...Object.fromEntries(metadata) };
    const column = `metadata.${metadata[0]?.[0]}`;
    issues.push(...unsendableIssues(account, ["metadata"], Object.keys(desired.metadata ?? {}), column));
  }

  const documents = diffDocuments(desired.documents, account.documents ?? [], (difference, wanted, actual) =>
    note(difference, wanted, actual, account.documents !== undefined),
  );
  issues.push(...documents.issues);
  if (documents.list) body.documents = documents.list;
  if (documents.list && documents.list.length > 0)
    issues.push(...unsendableIssues(account, ["documents"], [], "documents"));

  issues.push(...underwritingIssues(desired, account, Object.keys(credit).length > 0));

  if (Object.keys(credit).length > 0) details.credit = credit;
  if (Object.keys(details).length > 0) body.details = details;
  return { body: Object.keys(body).length > 0 ? body : null, differences, issues, recalled, unequal };
}

/** `why` says where no start was found (contract, "The account"). */
export function scraStartMissing(why: string): Issue {
  const message = `scra_end_date needs scra_start_date, and ${why}`;
  return { code: "scra_start_missing", column: "scra_end_date", message };
}

function own(map: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return map && Object.hasOwn(map, name) ? map[name] : undefined;
}
