/**
 * Desired documents against those at the bank, by document_id. A PATCH replaces the whole list (contract, "The
 * account"), so existing ones are sent back as read, and new and changed ones are added. Pure.
 */
import { type AccountDocument, CONSENT_DOCUMENT_TYPES, DISCLOSURE_DOCUMENT_TYPES } from "../account.ts";
import type { Issue } from "../errors/issue.ts";
import { sameInstant } from "../instant.ts";
import { asText } from "./compare.ts";
import type { Difference } from "./operation.ts";

interface DocumentDiff {
  /** The whole list to send; null when nothing differs. */
  readonly list: readonly AccountDocument[] | null;
  readonly issues: readonly Issue[];
}

/** `note` takes each document that differs, and says whether it is to be sent. */
export function diffDocuments(
  desired: readonly AccountDocument[] | undefined,
  actual: readonly AccountDocument[],
  note: (difference: Difference, wanted: AccountDocument, actual: AccountDocument | undefined) => boolean,
): DocumentDiff {
  const known = new Map(actual.map((document) => [document.document_id, document]));
  const changed = (desired ?? []).filter((document) => {
    const held = known.get(document.document_id);
    return !sameDocument(document, held) && note(differenceOf(document, held), document, held);
  });
  if (changed.length === 0) return { list: null, issues: [] };

  const wanted = new Map(
    changed.map((document) => [document.document_id, merge(known.get(document.document_id), document)]),
  );
  const kept = actual.filter((document) => !wanted.has(document.document_id));
  const unsendable = kept.filter((document) => !canBeSent(document));
  return {
    list: [
      ...actual.map((document) => wanted.get(document.document_id) ?? document),
      ...[...wanted.values()].filter((document) => !known.has(document.document_id)),
    ],
    issues: unsendable.map((document) => ({
      code: "document_not_resendable",
      column: "documents",
      message: `the bank's document ${document.document_id} lacks what its type needs, so the list of documents cannot be sent`,
    })),
  };
}

function differenceOf(document: AccountDocument, held: AccountDocument | undefined): Difference {
  const field = `documents.${document.document_id}`;
  return { field, actual: asDocumentText(held), desired: asDocumentText(merge(held, document)) };
}

/** Members that the row does not give are left alone, as everywhere. */
function sameDocument(desired: AccountDocument, actual: AccountDocument | undefined): boolean {
  return (
    actual !== undefined &&
    desired.type === actual.type &&
    (desired.version === undefined || desired.version === actual.version) &&
    (desired.displayed_at === undefined || sameInstant(desired.displayed_at, actual.displayed_at)) &&
    (desired.consented_at === undefined || sameInstant(desired.consented_at, actual.consented_at))
  );
}

/** The bank's document with what the row gives, and without the instant that a new type does not take. */
function merge(actual: AccountDocument | undefined, desired: AccountDocument): AccountDocument {
  const { displayed_at, consented_at, ...rest } = { ...actual, ...desired };
  const instant = instantOf(desired.type);
  return {
    ...rest,
    ...(displayed_at !== undefined && instant !== "consented_at" && { displayed_at }),
    ...(consented_at !== undefined && instant !== "displayed_at" && { consented_at }),
  };
}

function canBeSent(document: AccountDocument): boolean {
  const instant = instantOf(document.type);
  return Boolean(document.document_id) && instant !== undefined && document[instant] !== undefined;
}

/** The instant that a type needs; `undefined` for a type that is not known here. */
function instantOf(type: string): "displayed_at" | "consented_at" | undefined {
  if ((CONSENT_DOCUMENT_TYPES as readonly string[]).includes(type)) return "consented_at";
  return (DISCLOSURE_DOCUMENT_TYPES as readonly string[]).includes(type) ? "displayed_at" : undefined;
}

/** A document as a Difference tells it. */
export function asDocumentText(document: AccountDocument | undefined): string {
  if (!document) return "";
  const parts = [document.type, document.version, document.displayed_at ?? document.consented_at];
  return parts.map(asText).filter(Boolean).join(" ");
}
