/**
 * Desired fields against an account: what differs, and the smallest PATCH body that closes it. Pure; status and
 * relationships have calls, and files, of their own.
 */
import type { Account, AccountDocument, Capability } from "../../account.ts";
import type { Issue } from "../../errors/issue.ts";
import type { Desired } from "../../read/change.ts";
import type { Difference } from "../operation.ts";
import { diffDocuments } from "./diff-documents.ts";
import { FieldDifferences } from "./field-differences.ts";
import type { Kept } from "./kept.ts";
import { NOTICE_MEMBERS, PLAIN_CREDIT_FIELDS, REPORT_MEMBERS, SCRA_MEMBERS } from "./members.ts";
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

/** What a PATCH must send. Only managed fields that differ; a group whole when any member of it differs. */
export function diffFields(desired: Desired, account: Account, memory: readonly Kept[] = []): FieldDiff {
  const found = new FieldDifferences(memory);
  const { application_id, product_name } = desired;
  const isOther = found.compare("application_id", application_id, account.application_id);
  const capabilities = diffCapabilities(desired, account, found);
  const isRenamed = found.compare("product_name", product_name, account.details?.product_name);
  const credit = diffCredit(desired, account, found);
  const notice = found.compareGroup(NOTICE_MEMBERS, desired, account.details?.adverse_action_notice);
  const metadata = diffMetadata(desired, account, found);
  const documents = diffDocumentList(desired, account, found);
  const details = {
    ...(isRenamed && { product_name }),
    ...(notice && { adverse_action_notice: notice }),
    ...(credit.sent && { credit: credit.sent }),
  };
  const body = {
    ...(isOther && { application_id }),
    ...(capabilities.sent && { capabilities: capabilities.sent }),
    ...(metadata.sent && { metadata: metadata.sent }),
    ...(documents.sent && { documents: documents.sent }),
    ...(Object.keys(details).length > 0 && { details }),
  };
  const issues = [capabilities, credit, metadata, documents].flatMap((part) => part.issues);
  return {
    body: Object.keys(body).length > 0 ? body : null,
    differences: found.all,
    issues: [...issues, ...underwritingIssues(desired, account, credit.sent !== null)],
    recalled: found.recalled,
    unequal: found.unequal,
  };
}

/** One member of the body, null when it is not to be sent, and what of it no PATCH can close. */
interface BodyPart<Value> {
  readonly sent: Value | null;
  readonly issues: readonly Issue[];
}

const NOTHING = { sent: null, issues: [] };

function diffCapabilities(
  { capabilities: wanted }: Desired,
  { capabilities: held }: Account,
  found: FieldDifferences,
): BodyPart<readonly Capability[]> {
  if (wanted === undefined || sameSet(wanted, held ?? [])) return NOTHING;
  found.noteField("capabilities", wanted, held);
  const lost = missingFrom(held ?? [], wanted);
  if (lost.length === 0) return { sent: wanted, issues: [] };
  const message = `the bank has ${lost.join(", ")}, which the list lacks, and a capability cannot be removed`;
  return { sent: wanted, issues: [{ code: "capability_removal", column: "capabilities", message }] };
}

function diffCredit(desired: Desired, account: Account, found: FieldDifferences): BodyPart<object> {
  const held = account.details?.credit;
  const plain = PLAIN_CREDIT_FIELDS.filter((field) => found.compare(field, desired[field], held?.[field]));
  const scra = found.compareGroup(SCRA_MEMBERS, desired, held?.scra);
  const report = found.compareGroup(REPORT_MEMBERS, desired, held?.report);
  const sent = {
    ...Object.fromEntries(plain.map((field) => [field, desired[field]])),
    ...(scra && { scra }),
    ...(report && { report }),
  };
  const issues = scra === undefined ? [] : scraIssues(desired, account, scra);
  return { sent: Object.keys(sent).length > 0 ? sent : null, issues };
}

function scraIssues(desired: Desired, account: Account, sent: object): Issue[] {
  const given = SCRA_MEMBERS.filter(({ column }) => desired[column] !== undefined);
  const names = given.map(({ member }) => member);
  return [
    ...(Object.hasOwn(sent, "start_date") ? [] : [scraStartMissing("the account has none at the bank")]),
    ...unsendableIssues(account, ["details", "credit", "scra"], names, given[0]?.column ?? ""),
  ];
}

/** `why` says where no start was found (contract, "The account"). */
export function scraStartMissing(why: string): Issue {
  const message = `scra_end_date needs scra_start_date, and ${why}`;
  return { code: "scra_start_missing", column: "scra_end_date", message };
}

function diffMetadata(
  { metadata: wanted = {} }: Desired,
  account: Account,
  found: FieldDifferences,
): BodyPart<Readonly<Record<string, string>>> {
  const held = account.metadata;
  const changed = Object.entries(wanted).filter(([name, value]) =>
    found.compare(`metadata.${name}`, value, own(held, name), held !== undefined),
  );
  const [first] = changed;
  if (first === undefined) return NOTHING;
  const issues = unsendableIssues(account, ["metadata"], Object.keys(wanted), `metadata.${first[0]}`);
  return { sent: { ...held, ...Object.fromEntries(changed) }, issues };
}

function own(map: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return map && Object.hasOwn(map, name) ? map[name] : undefined;
}

function diffDocumentList(
  { documents: wanted }: Desired,
  account: Account,
  found: FieldDifferences,
): BodyPart<readonly AccountDocument[]> {
  const isTold = account.documents !== undefined;
  const { list, issues } = diffDocuments(wanted, account.documents ?? [], (difference, desired, actual) =>
    found.note(difference, desired, actual, isTold),
  );
  const isUnsent = list === null || list.length === 0;
  return {
    sent: list,
    issues: isUnsent ? issues : [...issues, ...unsendableIssues(account, ["documents"], [], "documents")],
  };
}
