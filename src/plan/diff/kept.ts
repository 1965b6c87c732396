/**
 * What a bank keeps differently from what was sent. The answer to a call is compared with what the call sent; a difference
 * is remembered with both of its sides, and as long as both are as remembered, the same call is not made again. Pure.
 *
 * A difference of form alone (see `same-text.ts`) is the bank's way of writing what the row wants: the row has what it
 * wants. Any other one means that the bank took the call and did something else: the row is refused.
 */
import type { AccountDocument } from "../../account.ts";
import type { Issue } from "../../errors/issue.ts";
import { sameInstant } from "../../instant.ts";
import { COLUMNS, type ColumnName } from "../../read/columns.ts";
import { asText } from "./as-text.ts";
import { asDocumentText } from "./diff-documents.ts";
import { sameMoment, sameText } from "./same-text.ts";

/** One field by its name in a Difference, what the row wants and what the bank holds, both as text. */
export interface Kept {
  readonly field: string;
  readonly wanted: string;
  readonly held: string;
  /** Whether the two differ in form alone. */
  readonly isForm: boolean;
}

/** What is remembered of this very difference. */
export function recall(memory: readonly Kept[], { field, wanted, held }: Kept): Kept | undefined {
  return memory.find((kept) => kept.field === field && kept.wanted === wanted && kept.held === held);
}

/** A difference as it is remembered: `wanted` is what the row gives, and `actual` what the bank holds. */
export function keptOf(field: string, wanted: unknown, actual: unknown): Kept {
  const isDocument = field.startsWith("documents.");
  const asShown = (value: unknown) =>
    isDocument ? asDocumentText(value as AccountDocument | undefined) : asText(value);
  return { field, wanted: asShown(wanted), held: asShown(actual), isForm: isOfForm(field, wanted, actual) };
}

/** One issue for all of them: bank_kept_different when one differs in more than form; null for none. */
export function keptIssue(kept: readonly Kept[]): Issue | null {
  const [first] = kept;
  if (first === undefined) return null;
  const others = kept.filter(({ isForm }) => !isForm);
  const named = (others.length > 0 ? others : kept).map(({ field }) => field);
  const column = columnOf(named[0] ?? "");
  if (others.length === 0) {
    const message = `the bank keeps ${named.join(", ")} in its own form`;
    return { code: "bank_keeps_other", column, message };
  }
  const message = `the bank accepted the call, but keeps another ${named.join(", ")} than was sent`;
  return { code: "bank_kept_different", column, message };
}

/** Whether the bank keeps something other than the row wants, so that no further call of the row may rely on it. */
export function isKeptDifferent(issue: Issue | null): boolean {
  return issue?.code === "bank_kept_different";
}

/** The column of a field: `documents.d1 (aan)` is one document of the documents column. */
export function columnOf(field: string): string {
  return field.startsWith("documents.") ? "documents" : field;
}

function isOfForm(field: string, wanted: unknown, actual: unknown): boolean {
  if (field.startsWith("documents.")) return isDocumentOfForm(wanted as AccountDocument | undefined, actual);
  const kind = field.startsWith("metadata.") ? "text" : COLUMNS[field as ColumnName].kind;
  if (kind === "text") return sameText(asText(wanted), asText(actual));
  return kind === "instant" && sameMoment(asText(wanted), asText(actual));
}

function isDocumentOfForm(wanted: AccountDocument | undefined, actual: unknown): boolean {
  if (wanted === undefined || typeof actual !== "object" || actual === null) return false;
  const held = actual as AccountDocument;
  const isMoment = (ours: string | undefined, theirs: string | undefined) =>
    ours === undefined || sameInstant(ours, theirs) || sameMoment(ours, asText(theirs));
  return (
    (wanted.version === undefined || sameText(wanted.version, asText(held.version))) &&
    isMoment(wanted.displayed_at, held.displayed_at) &&
    isMoment(wanted.consented_at, held.consented_at)
  );
}
