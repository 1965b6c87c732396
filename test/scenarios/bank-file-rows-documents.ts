/**
 * Broken rows about documents, which programs know by a file's name and type.
 */
import { type BankFileRow, type BankFileTheme, DEPOSIT, type End } from "./bank-file-rows-seed.ts";

const AT = "2026-11-20T12:00:00Z";
const TERMS = { document_id: "terms v3.pdf", type: "terms_of_use", displayed_at: AT };
const ESIGN = { document_id: "esign.html", type: "esign_agreement", consented_at: AT };
const ONE = JSON.stringify([TERMS]);
const MALFORMED: End = "invalid documents_malformed";

const papers = (name: string, end: End, ...documents: readonly unknown[]): BankFileRow => [
  name,
  end,
  { documents: JSON.stringify(documents) },
];
const text = (name: string, documents: string, end: End = MALFORMED): BankFileRow => [name, end, { documents }];
const named = (name: string, document_id: string): BankFileRow =>
  papers(name, "invalid id_malformed", { ...TERMS, document_id });
const shown = (name: string, displayed_at: string): BankFileRow =>
  papers(name, "invalid instant_malformed", { ...TERMS, displayed_at });

export const DOCUMENTS_AS_JSON: BankFileTheme = {
  name: "documents that are no JSON, or other JSON",
  on: "deposit",
  base: DEPOSIT,
  sound: [
    { documents: JSON.stringify(TERMS) },
    { documents: JSON.stringify([TERMS, ESIGN]) },
    { documents: JSON.stringify([TERMS, { ...TERMS, type: "tcpa_consent" }]) },
  ],
  broken: [
    text("a file's name", "terms v3.pdf"),
    text("a file's name as JSON", '"terms v3.pdf"'),
    text("an array that isn't closed", `[${JSON.stringify(TERMS)}`),
    text("an object that isn't closed", JSON.stringify(TERMS).slice(0, -1)),
    text("a comma too many", `[${JSON.stringify(TERMS)},]`),
    text("a comma too many in one object", JSON.stringify(TERMS).replace("}", ",}")),
    text("two objects without an array", `${JSON.stringify(TERMS)},${JSON.stringify(ESIGN)}`),
    text("apostrophes for quotes", JSON.stringify([TERMS]).replaceAll('"', "'")),
    text("quotes doubled once too often", JSON.stringify([TERMS]).replaceAll('"', '""')),
    text("names without quotes", '[{document_id:"terms v3.pdf"}]'),
    text("a comment", `[${JSON.stringify(TERMS)}] // terms`),
    text("a database's NULL", "NULL"),
    text("JSON's null", "null"),
    text("a number", "7"),
    text("true", "true"),
    text("JSON as text", JSON.stringify(JSON.stringify([TERMS]))),
    papers("null in the array", MALFORMED, null),
    papers("a name in the array", MALFORMED, "terms v3.pdf"),
    papers("an array in the array", MALFORMED, [TERMS]),
    text("an object without a type", '{"document_id":"terms v3.pdf"}'),
  ],
};

export const DOCUMENTS_IN_QUOTES: BankFileTheme = {
  name: "documents with quotes as web pages print them",
  on: "deposit",
  base: DEPOSIT,
  says: /quote.*U\+20[\dA-F]{2}/,
  sound: [{ documents: JSON.stringify([{ ...TERMS, document_id: "Terms “final”.pdf", version: "“3”" }]) }],
  broken: [
    text("all of them", ONE.replaceAll(/"([^"]+)"/g, "“$1”")),
    text("those of one name", ONE.replace('"document_id"', "“document_id”")),
    text("those of one value", ONE.replace('"terms_of_use"', "“terms_of_use”")),
    text("one of a pair", ONE.replace('"type"', '"type”')),
    text("low ones", ONE.replace('"type"', "„type“")),
    text("single ones", ONE.replace('"type"', "‘type’")),
    text("those of one object", JSON.stringify(ESIGN).replace('"esign_agreement"', "”esign_agreement”")),
    named("a name in curly quotes", "“terms v3.pdf”"),
    named("a name in single curly quotes", "‘terms v3.pdf’"),
  ],
};

export const DOCUMENT_MEMBERS: BankFileTheme = {
  name: "members of documents",
  on: "deposit",
  base: DEPOSIT,
  sound: [
    { documents: JSON.stringify([{ ...TERMS, version: "3" }]) },
    { documents: JSON.stringify([{ ...ESIGN, type: "business_license" }]) },
    { documents: JSON.stringify([{ ...TERMS, document_id: "2026" }]) },
  ],
  broken: [
    papers("no id", MALFORMED, { ...TERMS, document_id: undefined }),
    papers("no type", "invalid documents_malformed", { ...TERMS, type: undefined }),
    papers("an empty id", MALFORMED, { ...TERMS, document_id: "" }),
    papers("an empty type", MALFORMED, { ...TERMS, type: "" }),
    papers("an empty version", MALFORMED, { ...TERMS, version: "" }),
    papers("an empty instant", MALFORMED, { ...TERMS, displayed_at: "" }),
    papers("a number for an id", MALFORMED, { ...TERMS, document_id: 2026 }),
    papers("a number for a version", MALFORMED, { ...TERMS, version: 3 }),
    papers("a number for an instant", MALFORMED, { ...TERMS, displayed_at: 1_764_000_000 }),
    papers("null for a version", MALFORMED, { ...TERMS, version: null }),
    papers("a list for a type", MALFORMED, { ...TERMS, type: ["terms_of_use"] }),
    papers("a member nobody knows", MALFORMED, { ...TERMS, title: "Terms" }),
    papers("a member's slip", MALFORMED, { ...TERMS, verison: "3" }),
    papers("a member in capitals", MALFORMED, { ...TERMS, Version: "3" }),
    text("an id twice", ONE.replace("{", '{"document_id":"other.pdf",')),
    text("an instant twice, once by an escape", ONE.replace("}", `,"displayed\\u005fat":"${AT}"}`)),
    text("a type twice, in one object", JSON.stringify(TERMS).replace("{", '{ "type" : "aan",')),
    papers("both instants, of terms", MALFORMED, { ...TERMS, consented_at: AT }),
    papers("both instants, of an agreement", MALFORMED, { ...ESIGN, displayed_at: AT }),
    papers("terms never displayed", "invalid document_date_missing", { ...TERMS, displayed_at: undefined }),
    papers("terms consented to", "invalid document_date_missing", { ...ESIGN, type: "terms_of_use" }),
    papers("an agreement displayed", "invalid document_date_missing", { ...TERMS, type: "esign_agreement" }),
    papers("a licence displayed", "invalid document_date_missing", { ...TERMS, type: "business_license" }),
    papers("one of two never displayed", "invalid document_date_missing", ESIGN, { ...TERMS, displayed_at: undefined }),
    papers("an unknown type", "invalid value_not_allowed", { ...TERMS, type: "poem" }),
    papers("a type's slip", "invalid value_not_allowed", { ...TERMS, type: "terms_of_uses" }),
    papers("a type in capitals", "invalid value_not_allowed", { ...TERMS, type: "TERMS_OF_USE" }),
    papers("a type with a space", "invalid value_not_allowed", { ...TERMS, type: "terms_of_use " }),
    papers("one id and type twice", "invalid document_duplicate", TERMS, { ...TERMS, version: "4" }),
    papers("the same document twice", "invalid document_duplicate", ESIGN, TERMS, ESIGN),
    papers("a control character in a version", "invalid control_character", { ...TERMS, version: "3\u0007" }),
    papers("a lost character in a version", "invalid replacement_character", { ...TERMS, version: "v\ufffd" }),
    papers("a database's NULL for a version", "invalid null_marker", { ...TERMS, version: "NULL" }),
    papers("a formula's error for a version", "invalid spreadsheet_error", { ...TERMS, version: "#REF!" }),
    text("a cell of 9,000 bytes", JSON.stringify([{ ...TERMS, version: "v".repeat(9_000) }]), "invalid cell_too_long"),
  ],
};

export const DOCUMENT_IDS: BankFileTheme = {
  name: "names and instants of documents",
  on: "deposit",
  base: DEPOSIT,
  sound: [{ documents: JSON.stringify([{ ...TERMS, displayed_at: "2026-11-20T12:00:00.123-06:00" }]) }],
  broken: [
    named("a space before", " terms.pdf"),
    named("a space behind", "terms.pdf "),
    named("a blank of no width", "terms\u200b.pdf"),
    named("a blank that doesn't break", "terms\u00a0v3.pdf"),
    named("a line end", "terms.pdf\n"),
    named("a lost character", "terms\ufffd.pdf"),
    named("letters in another Unicode form", "re\u0301sume\u0301.pdf"),
    named("a database's NULL", "NULL"),
    named("null", "null"),
    named("a formula's error", "#N/A"),
    named("a formula around it", '="terms.pdf"'),
    named("quotes around it", '"terms.pdf"'),
    named("apostrophes around it", "'terms.pdf'"),
    shown("an instant without a zone", "2026-11-20T12:00:00"),
    shown("a day", "2026-11-20"),
    shown("a blank for the T", "2026-11-20 12:00:00Z"),
    shown("a zone without a colon", "2026-11-20T12:00:00+0000"),
    shown("a zone by its name", "2026-11-20T12:00:00 CST"),
    shown("no seconds", "2026-11-20T12:00Z"),
    shown("30 February", "2026-02-30T12:00:00Z"),
    shown("an American date", "11/20/2026 12:00 PM"),
    shown("seconds since 1970", "1764000000"),
    papers("a consent without a zone", "invalid instant_malformed", { ...ESIGN, consented_at: "2026-11-20T12:00:00" }),
  ],
};
