/**
 * Broken rows about words, flags and text of a new account, and about its documents and notice.
 */
import {
  type BrokenRow,
  create,
  documents,
  ESIGN,
  NEW,
  NOTICE_CELLS,
  notice,
  type RawRequest,
  TERMS,
  type Theme,
} from "./broken-rows-seed.ts";

const without = (group: Readonly<Record<string, string>>, ...columns: readonly string[]) => ({
  ...group,
  ...Object.fromEntries(columns.map((column) => [column, ""])),
});

export const WORDS_AND_TEXT: Theme = {
  name: "words, flags and text",
  base: NEW,
  sound: [{}, { capabilities: '["deposit"]', account_holder_type: "consumer", "metadata.branch": "north; a|b" }],
  broken: [
    ["an unknown capability", "value_not_allowed", { capabilities: "loan" }, create({ capabilities: ["loan"] })],
    [
      "one unknown of two",
      "value_not_allowed",
      { capabilities: "deposit;x" },
      create({ capabilities: ["deposit", "x"] }),
    ],
    ["a capability's capital", "value_not_allowed", { capabilities: "Deposit" }, create({ capabilities: ["Deposit"] })],
    ["no capability", "capabilities_empty", { capabilities: "[]" }, create({ capabilities: [] })],
    ["capabilities not given", "create_field_missing", { capabilities: "" }, create({ capabilities: undefined })],
    ["a capability twice", "list_duplicate", { capabilities: "deposit;deposit" }],
    [
      "capabilities with a comma between",
      "list_malformed",
      { capabilities: "deposit,credit_without_underwriting" },
      create({ capabilities: "deposit,credit_without_underwriting" }),
    ],
    ["a holder type of its own", "value_not_allowed", { account_holder_type: "person" }],
    ["an unknown status", "value_not_allowed", { status: "open" }],
    ["a status with a capital", "value_not_allowed", { status: "Active" }],
    ["a correction that is no flag", "boolean_malformed", { correction: "yes" }],
    ["a product not given", "create_field_missing", { product_name: "" }, create({ details: {} })],
    ["a bell in the product", "control_character", { product_name: "Card\u0007" }],
    ["an escape in metadata", "control_character", { "metadata.branch": "a\u001bb" }],
    ["a next-line character in a reason", "control_character", { ...NOTICE_CELLS, aan_reason: "late\u0085" }],
    ["a product with a lost letter", "replacement_character", { product_name: "Caf\ufffd" }],
    ["a database's NULL for metadata", "null_marker", { "metadata.branch": "\\N" }],
    ["a formula's error for a product", "spreadsheet_error", { product_name: "#REF!" }],
    ["a product of 9,000 bytes", "cell_too_long", { product_name: "x".repeat(9_000) }],
    ["metadata of 9,000 bytes", "cell_too_long", { "metadata.branch": "é".repeat(4_500) }],
  ],
};

export const NOTICES: Theme = {
  name: "the adverse action notice of a new account",
  base: { ...NEW, ...NOTICE_CELLS },
  sound: [{}, { status: "closed", status_reason: "client_closed" }, without({}, ...Object.keys(NOTICE_CELLS))],
  broken: [
    ["no delivery time", "group_incomplete", { aan_delivered_at: "" }, notice({ delivered_at: undefined })],
    ["no reason", "group_incomplete", { aan_reason: "" }, notice({ reason: undefined })],
    ["no way of delivery", "group_incomplete", { aan_delivery_method: "" }, notice({ delivery_method: undefined })],
    [
      "a reason alone",
      "group_incomplete",
      { aan_delivered_at: "", aan_delivery_method: "" },
      create({ details: { product_name: "Card", adverse_action_notice: { reason: "late" } } }),
    ],
    ["a pigeon", "value_not_allowed", { aan_delivery_method: "pigeon" }, notice({ delivery_method: "pigeon" })],
    ["a capital", "value_not_allowed", { aan_delivery_method: "Email" }, notice({ delivery_method: "Email" })],
    [
      "a delivery without zone",
      "instant_malformed",
      { aan_delivered_at: "2025-03-04T11:22:00" },
      notice({ delivered_at: "2025-03-04T11:22:00" }),
    ],
    [
      "closed by the client without one",
      "notice_missing",
      { ...without(NOTICE_CELLS, ...Object.keys(NOTICE_CELLS)), status: "closed", status_reason: "client_closed" },
    ],
  ],
};

/** The cell holds these documents, and so does the request. */
const papers = (name: string, code: BrokenRow[1], ...list: readonly unknown[]): BrokenRow => [
  name,
  code,
  { documents: JSON.stringify(list) },
  documents(...list),
];
/** A mistake that the contract leaves to the file. */
const inFile = (name: string, code: BrokenRow[1], text: string, request?: RawRequest): BrokenRow =>
  request === undefined ? [name, code, { documents: text }] : [name, code, { documents: text }, request];

export const DOCUMENTS: Theme = {
  name: "the documents of a new account",
  base: NEW,
  sound: [
    { documents: "[]" },
    { documents: JSON.stringify([TERMS, { ...ESIGN, version: "v1" }]) },
    { documents: JSON.stringify([{ ...ESIGN, type: "business_license" }]) },
  ],
  broken: [
    inFile("a name", "documents_malformed", "terms.pdf", create({ documents: "terms.pdf" })),
    inFile(
      "quotes of a web page",
      "documents_malformed",
      JSON.stringify(TERMS).replace('"document_id"', "“document_id”"),
    ),
    inFile("a comma too many", "documents_malformed", `[${JSON.stringify(TERMS)},]`),
    papers("a number", "documents_malformed", 1),
    papers("null", "documents_malformed", null),
    papers("no id", "documents_malformed", { ...TERMS, document_id: undefined }),
    papers("an empty id", "documents_malformed", { ...TERMS, document_id: "" }),
    papers("a number for an id", "documents_malformed", { ...TERMS, document_id: 7 }),
    papers("no type", "documents_malformed", { ...TERMS, type: undefined }),
    papers("a number for a type", "documents_malformed", { ...TERMS, type: 3 }),
    papers("an unknown type", "value_not_allowed", { ...TERMS, type: "poem" }),
    papers("a type in capitals", "value_not_allowed", { ...TERMS, type: "TERMS_OF_USE" }),
    papers("a number for a version", "documents_malformed", { ...TERMS, version: 1 }),
    papers("terms never displayed", "document_date_missing", { ...TERMS, displayed_at: undefined }),
    papers("a notice never displayed", "document_date_missing", { document_id: "d", type: "aan" }),
    papers("an agreement without consent", "document_date_missing", { ...ESIGN, consented_at: undefined }),
    papers("a licence without consent", "document_date_missing", { document_id: "d", type: "business_license" }),
    papers("a second without its instant", "document_date_missing", TERMS, { ...ESIGN, consented_at: undefined }),
    papers("null for an instant", "documents_malformed", { ...TERMS, displayed_at: null }),
    papers("a display without zone", "instant_malformed", { ...TERMS, displayed_at: "2025-03-04T11:22:00" }),
    papers("a display on a day only", "instant_malformed", { ...TERMS, displayed_at: "2025-03-04" }),
    papers("a consent on 30 February", "instant_malformed", { ...ESIGN, consented_at: "2026-02-30T11:22:00Z" }),
    inFile("both instants", "documents_malformed", JSON.stringify([{ ...ESIGN, displayed_at: ESIGN.consented_at }])),
    inFile("one id twice", "document_duplicate", JSON.stringify([TERMS, { ...TERMS, version: "2" }])),
    inFile("an unknown member", "documents_malformed", JSON.stringify([{ ...TERMS, title: "Terms" }])),
    inFile("a bell in an id", "id_malformed", JSON.stringify([{ ...TERMS, document_id: "d\u0007" }])),
  ],
};
