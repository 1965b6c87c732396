/**
 * For each code about what a PATCH must send back, or what the bank made of it: see `plan-rules.ts`.
 */
import { against, among } from "./account-rule.ts";
import type { Rule } from "./rule.ts";

const TERMS = { document_id: "document_1", type: "terms_of_use", displayed_at: "2025-03-04T11:22:33Z" };

export const SENT_BACK_RULES = {
  document_not_resendable: among(
    { documents: JSON.stringify([TERMS]) },
    /the bank's own document document_0 lacks what its type needs/,
    [
      "one more beside a document without its instant",
      against({ documents: [{ document_id: "document_0", type: "aan" }] }),
    ],
    ["one more beside a whole document", against({ documents: [{ ...TERMS, document_id: "document_0" }] })],
  ),
  value_not_resendable: among(
    { "metadata.branch": "12" },
    /the bank's own metadata.serial \(a number that would be written differently\) cannot be sent back exactly/,
    [
      "a metadata key beside a number that is not exact",
      against({ metadata: { serial: "x" }, unsendable: [{ path: ["metadata", "serial"], why: "number" }] }),
    ],
    [
      "a metadata key beside a document that cannot go back",
      against({ metadata: { serial: "x" }, unsendable: [{ path: ["documents", "0", "size"], why: "number" }] }),
    ],
  ),
} satisfies Readonly<Record<string, Rule>>;
