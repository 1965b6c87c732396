/**
 * The table of the columns Tieout knows: name, kind of value, and the groups that go all or nothing.
 * Says what a column is; never reads a cell.
 */
import { DELIVERY_METHODS, HOLDER_TYPES, REPORT_SOURCES, STATUS_REASONS, STATUSES } from "../account.ts";
import type { Desired } from "./change.ts";

/** A column of the `tieout` layout, except `metadata.<key>`. */
export type ColumnName = Exclude<keyof Desired, "metadata" | "users">;

/** What a column's cells hold. */
export type Kind =
  | {
      readonly kind:
        | "account_id"
        | "client_account_id"
        | "application_id"
        | "entity_ids"
        | "entity_id"
        | "capabilities";
    }
  | { readonly kind: "text" | "boolean" | "integer" | "currency" | "instant" | "date" | "documents" }
  | { readonly kind: "money"; readonly mayBeNegative: boolean }
  | { readonly kind: "word"; readonly allowed: readonly string[] };

/** `bankName` is given where the bank's layout has a name of its own. */
export type Column = Kind & { readonly bankName?: string };

const entityIds = { kind: "entity_ids" } as const;
const text = { kind: "text" } as const;
const instant = { kind: "instant" } as const;

/**
 * Contract, "The bank's own account file", and the names of the tieout layout. The account_id, capabilities,
 * metadata and correction columns, which the bank's file lacks, are taken in that layout too; and the
 * account_holder_type, created_at, closed_at and generated_at columns, which only the bank's has, in ours.
 */
export const COLUMNS: Readonly<Record<ColumnName, Column>> = {
  account_id: { kind: "account_id" },
  client_account_id: { kind: "client_account_id" },
  application_id: { kind: "application_id" },
  capabilities: { kind: "capabilities" },
  account_holders: entityIds,
  authorized_signers: entityIds,
  authorized_users: entityIds,
  product_name: { ...text, bankName: "client_product_name" },
  currency: { kind: "currency" },
  is_secured: { kind: "boolean" },
  is_mla: { kind: "boolean" },
  underwriting_grade: text,
  /** Below zero when the account is over its limit. */
  available_credit: { kind: "money", mayBeNegative: true },
  limit: { kind: "money", mayBeNegative: false, bankName: "credit_limit" },
  max_limit: { kind: "money", mayBeNegative: false, bankName: "max_credit_limit" },
  scra_start_date: { kind: "date" },
  scra_end_date: { kind: "date" },
  credit_score: { kind: "integer" },
  credit_pulled_at: instant,
  credit_report_source: { kind: "word", allowed: REPORT_SOURCES },
  aan_delivered_at: instant,
  aan_reason: text,
  aan_delivery_method: { kind: "word", allowed: DELIVERY_METHODS },
  documents: { kind: "documents" },
  status: { kind: "word", allowed: STATUSES },
  status_reason: { kind: "word", allowed: STATUS_REASONS },
  correction: { kind: "boolean" },
  effective_at: instant,
  account_holder_type: { kind: "word", allowed: HOLDER_TYPES },
  created_at: instant,
  closed_at: instant,
  generated_at: instant,
};

/** Groups of which a row gives all columns or none (contract, "The account": a part of one is a 422). */
export const GROUPS: readonly { readonly name: string; readonly columns: readonly ColumnName[] }[] = [
  { name: "credit report", columns: ["credit_score", "credit_pulled_at", "credit_report_source"] },
  { name: "adverse action notice", columns: ["aan_delivered_at", "aan_reason", "aan_delivery_method"] },
];

export const METADATA_PREFIX = "metadata.";
/** What a results file adds to the columns of its input: `result` and all that begins with the prefix. */
export const RESULT_COLUMN = "result";
export const RESULT_PREFIX = "result_";
/** The column that marks a copy for spreadsheet programs: an apostrophe in front of a cell is no part of it. */
export const SPREADSHEET_COLUMN = "result_spreadsheet_copy";
/** The column of the files that are given back, with a hash for each cell (repaired/fingerprint.ts). */
export const FINGERPRINT_COLUMN = "result_fingerprint";
/** The columns of a results file that say where a row came from. */
export const PROVENANCE_COLUMNS: readonly string[] = ["result_run", "result_row"];

/** What `tieout undo` adds to its file: the run and row that each of its rows takes back. They are copied, not read. */
export const UNDONE_RUN = "undoes_run";
export const UNDO_COLUMNS: readonly string[] = [UNDONE_RUN, "undoes_row"];
