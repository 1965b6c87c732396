/**
 * Judges the account that a bank shows after a call, beside what that call sent and what is remembered about the account.
 * Pure; fields that the call did not send are not judged, and neither are those that the bank leaves out.
 */
import type { Account, AccountDocument } from "../account.ts";
import type { Issue } from "../errors/issue.ts";
import type { Desired } from "../read/change.ts";
import { asText } from "./diff/as-text.ts";
import { documentField } from "./diff/diff-documents.ts";
import { diffFields } from "./diff/diff-fields.ts";
import { type Kept, keptIssue, keptOf } from "./diff/kept.ts";
import { NOTICE_MEMBERS, REPORT_MEMBERS, SCRA_MEMBERS } from "./diff/members.ts";
import { STATUS_AFTER } from "./in-effect.ts";
import type { Operation, OperationKind } from "./operation.ts";

/** What follows from an answer: `forget` names fields whose remembered difference is no longer there. */
export interface Judged {
  readonly remember: readonly Kept[];
  readonly forget: readonly string[];
  readonly issue: Issue | null;
}

/** `account` is the answer to the call, or a reading after it. */
export function judgeAnswer(
  { kind, body }: Pick<Operation, "kind" | "body">,
  desired: Desired,
  account: Account,
  memory: readonly Kept[],
): Judged {
  const sent = (body === "" ? {} : JSON.parse(body)) as Record<string, unknown>;
  const isSent = (kept: Kept) => isSentIn(sent, kept);
  const unequal = diffFields(desired, account).unequal.filter(isSent);
  const remember = STATUS_AFTER[kind] === undefined ? unequal : statusKept(kind, desired, account);
  const stale = memory.filter((kept) => isSent(kept) && !remember.some(({ field }) => field === kept.field));
  return { remember, forget: stale.map(({ field }) => field), issue: keptIssue(remember) };
}

/** An answer without a status leaves it open. */
function statusKept(kind: OperationKind, { status: wanted }: Desired, { status: held }: Account): readonly Kept[] {
  if (wanted === undefined || held === undefined || held === STATUS_AFTER[kind]) return [];
  return [keptOf("status", wanted, held)];
}

const GROUPS: readonly { readonly place: readonly string[]; readonly members: typeof REPORT_MEMBERS }[] = [
  { place: ["details", "credit", "report"], members: REPORT_MEMBERS },
  { place: ["details", "credit", "scra"], members: SCRA_MEMBERS },
  { place: ["details", "adverse_action_notice"], members: NOTICE_MEMBERS },
];

/** Where in a body a field is sent, documents apart (contract, "The account"). */
function placeOf(field: string): readonly string[] {
  if (field.startsWith("metadata.")) return ["metadata", field.slice("metadata.".length)];
  for (const { place, members } of GROUPS) {
    const member = members.find(({ column }) => column === field)?.member;
    if (member !== undefined) return [...place, member];
  }
  if (field === "product_name") return ["details", field];
  return field === "application_id" || field === "capabilities" ? [field] : ["details", "credit", field];
}

/** Whether the body has what the row wants: a field may go back as the bank keeps it, since all of a map does. */
function isSentIn(sent: Readonly<Record<string, unknown>>, { field, wanted }: Kept): boolean {
  if (field.startsWith("documents.")) {
    const list = sent.documents as readonly AccountDocument[] | undefined;
    // A document that the row wants removed is "sent" by a list without it.
    return list !== undefined && list.some((document) => documentField(document) === field) === (wanted !== "");
  }
  let value: unknown = sent;
  for (const name of placeOf(field)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return false;
    value = Reflect.get(value, name);
  }
  return asText(value) === wanted;
}
