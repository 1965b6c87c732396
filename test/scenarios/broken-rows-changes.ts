/**
 * Broken rows about accounts that the bank has: status and reasons, what cannot be changed, what a closed account takes.
 */
import {
  type BrokenRow,
  CREDIT_CELLS,
  close,
  deactivate,
  NOTICE,
  NOTICE_CELLS,
  patch,
  REPORT,
  TERMS,
  type Theme,
} from "./broken-rows-seed.ts";

/** A reason that does not fit, with the call that would carry it; `activate` carries none. */
const unfit = (status: "active" | "inactive" | "closed", status_reason: string): BrokenRow => {
  const request = { active: undefined, inactive: deactivate(status_reason), closed: close(status_reason) }[status];
  const row = [`${status} as ${status_reason}`, "status_reason_unfit", { status, status_reason }] as const;
  return request === undefined ? row : [...row, request];
};
const notInstant = (column: string, text: string): BrokenRow => [`${column}`, "instant_malformed", { [column]: text }];

export const STATUSES: Theme = {
  name: "the status of an active account",
  on: "deposit",
  base: {},
  sound: [
    { status: "inactive", status_reason: "frozen" },
    { status: "closed", status_reason: "canceled" },
    { status: "closed", status_reason: "client_closed", ...NOTICE_CELLS },
    { product_name: "New", effective_at: "2025-03-04T11:22:00Z", generated_at: "2025-03-04T11:22:00+01:00" },
  ],
  broken: [
    ["inactive without a reason", "status_reason_missing", { status: "inactive" }, deactivate()],
    ["closed without a reason", "status_reason_missing", { status: "closed" }, close()],
    ...["active", "paid_off", "client_closed", "entity_closed"].map((reason) => unfit("inactive", reason)),
    ...["active", "dormant", "frozen", "other"].map((reason) => unfit("closed", reason)),
    ...["frozen", "paid_off"].map((reason) => unfit("active", reason)),
    ["a reason alone", "status_missing", { status_reason: "frozen" }],
    ["an unknown reason", "value_not_allowed", { status: "inactive", status_reason: "bored" }, deactivate("bored")],
    ["a reason's capital", "value_not_allowed", { status: "closed", status_reason: "Paid_off" }, close("Paid_off")],
    ["an unknown status", "value_not_allowed", { status: "frozen", status_reason: "frozen" }],
    [
      "closed by the client without a notice",
      "notice_missing",
      { status: "closed", status_reason: "client_closed" },
      close("client_closed"),
    ],
    notInstant("effective_at", "tomorrow"),
    notInstant("generated_at", "2025-03-04T11:22:00"),
    notInstant("created_at", "2025-03-04"),
    notInstant("closed_at", "2026-02-30T00:00:00Z"),
  ],
};

export const INACTIVE: Theme = {
  name: "the status of an inactive account",
  on: "inactive",
  base: {},
  sound: [
    { status: "active" },
    { status: "closed", status_reason: "paid_off" },
    { status: "inactive", status_reason: "dormant", product_name: "New" },
  ],
  broken: [
    [
      "frozen, not dormant",
      "status_reason_differs",
      { status: "inactive", status_reason: "frozen" },
      deactivate("frozen"),
    ],
    [
      "other, not dormant",
      "status_reason_differs",
      { status: "inactive", status_reason: "other" },
      deactivate("other"),
    ],
    [
      "closed by the client without a notice",
      "notice_missing",
      { status: "closed", status_reason: "client_closed" },
      close("client_closed"),
    ],
  ],
};

export const CLOSED: Theme = {
  name: "changes of a closed account",
  on: "closed",
  base: {},
  sound: [
    { status: "active", correction: "true" },
    { status: "active", correction: "true", product_name: "New" },
  ],
  broken: [
    ["its product", "account_closed", { product_name: "New" }, patch({ details: { product_name: "New" } })],
    ["its limit", "account_closed", { limit: "5" }, patch({ details: { credit: { limit: 5 } } })],
    ["its metadata", "account_closed", { "metadata.desk": "4" }, patch({ metadata: { desk: "4" } })],
    ["its documents", "account_closed", { documents: JSON.stringify([TERMS]) }, patch({ documents: [TERMS] })],
    [
      "its capabilities",
      "account_closed",
      { capabilities: "deposit;credit_without_underwriting" },
      patch({ capabilities: ["deposit", "credit_without_underwriting"] }),
    ],
    [
      "its application",
      "account_closed",
      { application_id: "application_ann" },
      patch({ application_id: "application_ann" }),
    ],
    ["its notice", "account_closed", NOTICE_CELLS, patch({ details: { adverse_action_notice: NOTICE } })],
    ["its users", "account_closed", { authorized_users: "entity_bob" }],
    ["its status, without a correction", "account_closed", { status: "active" }],
    ["its status, with a correction denied", "account_closed", { status: "active", correction: "false" }],
    ["inactive", "account_closed", { status: "inactive", status_reason: "frozen" }, deactivate("frozen")],
    ["another reason", "status_reason_differs", { status: "closed", status_reason: "canceled" }, close("canceled")],
  ],
};

const UNDERWRITTEN = ["deposit", "credit_without_underwriting", "credit_with_underwriting"];

export const CARDS: Theme = {
  name: "changes of an account with credit",
  on: "card",
  base: {},
  sound: [
    { limit: "25000", scra_start_date: "2025-03-04", scra_end_date: "2026-12-31" },
    { capabilities: UNDERWRITTEN.join(";"), application_id: "application_ann" },
  ],
  broken: [
    ["a capability less", "capability_removal", { capabilities: "deposit" }, patch({ capabilities: ["deposit"] })],
    [
      "the other capability less",
      "capability_removal",
      { capabilities: "credit_without_underwriting" },
      patch({ capabilities: ["credit_without_underwriting"] }),
    ],
    ["another holder type", "holder_type_differs", { account_holder_type: "commercial" }],
    ["another client id", "client_account_id_differs", { client_account_id: "somebody" }],
    [
      "an end of SCRA without a start",
      "scra_start_missing",
      { scra_end_date: "2026-12-31" },
      patch({ details: { credit: { scra: { end_date: "2026-12-31" } } } }),
    ],
    [
      "part of a report",
      "group_incomplete",
      { credit_score: "700", credit_report_source: "equifax" },
      patch({ details: { credit: { report: { ...REPORT, pulled_at: undefined } } } }),
    ],
    [
      "part of a notice",
      "group_incomplete",
      { aan_reason: "late" },
      patch({ details: { adverse_action_notice: { reason: "late" } } }),
    ],
    ["a limit above its max", "limit_above_max", { limit: "5", max_limit: "4" }],
    [
      "underwriting without an application",
      "application_missing",
      { capabilities: UNDERWRITTEN.join(";") },
      patch({ capabilities: UNDERWRITTEN }),
    ],
    [
      "underwriting with a declined application",
      "application_not_approved",
      { capabilities: UNDERWRITTEN.join(";"), application_id: "application_declined" },
      patch({ capabilities: UNDERWRITTEN, application_id: "application_declined" }),
    ],
    [
      "an application that isn't there",
      "application_not_found",
      { application_id: "application_none" },
      patch({ application_id: "application_none" }),
    ],
    [
      "an end of SCRA before the calendar",
      "date_malformed",
      { scra_start_date: "2025-03-04", scra_end_date: "never" },
      patch({ details: { credit: { scra: { start_date: "2025-03-04", end_date: "never" } } } }),
    ],
  ],
};

export const DEPOSITS: Theme = {
  name: "underwriting for an account without credit",
  on: "deposit",
  base: { capabilities: "deposit;credit_with_underwriting", application_id: "application_ann" },
  sound: [CREDIT_CELLS],
  broken: [
    [
      "no credit",
      "credit_missing",
      {},
      patch({ capabilities: ["deposit", "credit_with_underwriting"], application_id: "application_ann" }),
    ],
  ],
};

export const PAPERS: Theme = {
  name: "documents beside one that cannot be sent back",
  on: "papers",
  base: {},
  sound: [{ product_name: "New" }, { documents: JSON.stringify([{ ...TERMS, document_id: "d0" }]) }],
  broken: [
    [
      "one more",
      "document_not_resendable",
      { documents: JSON.stringify([TERMS]) },
      patch({ documents: [{ document_id: "d0", type: "terms_of_use" }, TERMS] }),
    ],
  ],
};
