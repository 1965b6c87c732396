/**
 * For each code about what a PATCH must send back, or what the bank made of it: see `plan-rules.ts`.
 */

import type { SandboxOptions } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxAccount } from "../../src/sandbox/state/bank-state.ts";
import { dropFractions, keepOwnForm, tidyText } from "../support/own-form.ts";
import { against, among } from "./account-rule.ts";
import type { Rule, RunRule } from "./rule.ts";

const TERMS = { document_id: "document_1", type: "terms_of_use", displayed_at: "2025-03-04T11:22:33Z" };

const PRODUCT = "account_id,product_name\naccount_1, Holiday  Plus \n";
const LIMITED = "account_id,limit\naccount_1,400\n";
const CREDIT = { currency: "USD", limit: 100, max_limit: 500 };
/** A bank that makes this of what it is given. */
const keeping = (keep: NonNullable<SandboxOptions["keep"]>): SandboxOptions => ({
  seed: { accounts: [{ id: "account_1", details: { product_name: "Everyday", credit: CREDIT } }] },
  keep,
});
const cap = ({ details }: SandboxAccount) => {
  if (details?.credit !== undefined) details.credit.limit = 300;
};

export const SENT_BACK_RULES = {
  document_not_resendable: among(
    { documents: JSON.stringify([TERMS]) },
    /the bank's document document_0 lacks what its type needs/,
    [
      "one more beside a document without its instant",
      against({ documents: [{ document_id: "document_0", type: "aan" }] }),
    ],
    ["one more beside a whole document", against({ documents: [{ ...TERMS, document_id: "document_0" }] })],
  ),
  value_not_resendable: among(
    { "metadata.branch": "12" },
    /the bank's metadata.serial \(a number that would be written differently\) cannot be sent back exactly/,
    [
      "a metadata key beside a number that is not exact",
      against({ metadata: { serial: "x" }, unsendable: [{ path: ["metadata", "serial"], why: "number" }] }),
    ],
    [
      "a metadata key beside a document that cannot go back",
      against({ metadata: { serial: "x" }, unsendable: [{ path: ["documents", "0", "size"], why: "number" }] }),
    ],
  ),
  bank_keeps_other: {
    rejects: { what: "a text that the bank trims and writes in capitals", csv: PRODUCT, bank: keeping(keepOwnForm) },
    accepts: { what: "a text that it keeps as it is", csv: PRODUCT, bank: keeping(dropFractions) },
    says: /the bank keeps product_name in its own form/,
  },
  bank_kept_different: {
    rejects: { what: "an amount that the bank caps", csv: LIMITED, bank: keeping(cap) },
    accepts: { what: "an amount that it keeps", csv: LIMITED, bank: keeping(tidyText) },
    says: /the bank accepted the call, but keeps another limit than was sent/,
  },
} satisfies Readonly<Record<string, Rule | RunRule>>;
