/**
 * Desired documents against those at the bank, by document_id and type: one file may be several documents, each of another
 * type. A PATCH replaces the whole list (contract, "The account"), so existing ones are sent back as read, and new and
 * changed ones are added. Only an empty list takes documents away, all of them. Pure.
 */
import { type AccountDocument, CONSENT_DOCUMENT_TYPES, DISCLOSURE_DOCUMENT_TYPES } from "../../account.ts";
import type { Issue } from "../../errors/issue.ts";
import { sameInstant } from "../../instant.ts";
import type { Difference } from "../operation.ts";
import { asText } from "./as-text.ts";

interface DocumentDiff {
  /** The whole list to send; null when nothing differs. */
  readonly list: readonly AccountDocument[] | null;
  readonly issues: readonly Issue[];
}

/** `note` takes each document that differs, and says whether it is to be sent; `wanted` is undefined for one to be removed. */
export function diffDocuments(
  desired: readonly AccountDocument[] | undefined,
  actual: readonly AccountDocument[],
  note: (difference: Difference, wanted: AccountDocument | undefined, actual: AccountDocument | undefined) => boolean,
): DocumentDiff {
  if (desired?.length === 0) {
    const removed = actual.filter((document) => note(differenceOf(undefined, document), undefined, document));
    return { list: removed.length > 0 ? [] : null, issues: [] };
  }
  const changed = (desired ?? []).flatMap((document) => {
    const held = findHeld(document, actual);
    const differs = !sameDocument(document, held) && note(differenceOf(document, held), document, held);
    return differs ? [{ held, document: { ...held, ...document } }] : [];
  });
  if (changed.length === 0) return { list: null, issues: [] };

  const changeOf = (one: AccountDocument) => changed.find(({ held }) => held === one)?.document;
  const unsendable = actual.filter((document) => changeOf(document) === undefined && !canBeSent(document));
  return {
    list: [
      ...actual.map((document) => changeOf(document) ?? document),
      ...changed.filter(({ held }) => held === undefined).map(({ document }) => document),
    ],
    issues: unsendable.map((document) => ({
      code: "document_not_resendable",
      column: "documents",
      message: `the bank's document ${document.document_id} lacks what its type needs, so the list of documents cannot be sent`,
    })),
  };
}

/** The name of a document in a Difference. */
export function documentField({ document_id, type }: AccountDocument): string {
  return `documents.${document_id} (${type})`;
}

/** If the bank has it more than once, the one that is as the row wants it. */
function findHeld(document: AccountDocument, actual: readonly AccountDocument[]): AccountDocument | undefined {
  const named = actual.filter((one) => one.document_id === document.document_id && one.type === document.type);
  return named.find((one) => sameDocument(document, one)) ?? named.at(-1);
}

/** One of the two is there. */
function differenceOf(document: AccountDocument | undefined, held: AccountDocument | undefined): Difference {
  const desired = document === undefined ? "" : asDocumentText({ ...held, ...document });
  return { field: documentField((document ?? held) as AccountDocument), actual: asDocumentText(held), desired };
}

/** Members that the row does not give are left alone, as everywhere. */
function sameDocument(desired: AccountDocument, actual: AccountDocument | undefined): boolean {
  return (
    actual !== undefined &&
    (desired.version === undefined || desired.version === actual.version) &&
    (desired.displayed_at === undefined || sameInstant(desired.displayed_at, actual.displayed_at)) &&
    (desired.consented_at === undefined || sameInstant(desired.consented_at, actual.consented_at))
  );
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

/** A document as a Difference shows it. */
export function asDocumentText(document: AccountDocument | undefined): string {
  if (!document) return "";
  const parts = [document.type, document.version, document.displayed_at ?? document.consented_at];
  return parts.map(asText).filter(Boolean).join(" ");
}
