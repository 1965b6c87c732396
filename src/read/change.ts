/**
 * Change: what one file wants of one account. The product of the read stage, beside InvalidRow.
 */
import type {
  AccountDocument,
  Capability,
  DeliveryMethod,
  HolderType,
  ReportSource,
  Status,
  StatusReason,
} from "../account.ts";
import type { Issue } from "../errors/issue.ts";
import type { CsvRow } from "./csv-row.ts";

/** What a row of the Authorized Users file wants of one user of its account. */
export interface UserChange {
  /** The bank's entity_id, or the program's own client_customer_id. */
  readonly id: string;
  /** `active`: the user is to be there; `inactive`: not. */
  readonly status: "active" | "inactive";
  /** Orders changes of one user in time. Never sent. */
  readonly effective_at?: string;
}

/**
 * The desired side, by column of the `tieout` layout. A member that isn't there means *leave alone*; an empty list
 * means *none*. Amounts are integers in minor units, exact; instants and dates are ISO 8601 text as given.
 */
export interface Desired {
  readonly account_id?: string;
  readonly client_account_id?: string;
  readonly application_id?: string;
  readonly capabilities?: readonly Capability[];
  readonly account_holders?: readonly string[];
  readonly authorized_signers?: readonly string[];
  readonly authorized_users?: readonly string[];
  readonly product_name?: string;
  readonly currency?: string;
  readonly is_secured?: boolean;
  readonly is_mla?: boolean;
  readonly underwriting_grade?: string;
  readonly available_credit?: number;
  readonly limit?: number;
  readonly max_limit?: number;
  readonly scra_start_date?: string;
  readonly scra_end_date?: string;
  readonly credit_score?: number;
  readonly credit_pulled_at?: string;
  readonly credit_report_source?: ReportSource;
  readonly aan_delivered_at?: string;
  readonly aan_reason?: string;
  readonly aan_delivery_method?: DeliveryMethod;
  readonly documents?: readonly AccountDocument[];
  /** One entry for each `metadata.<key>` column with a value. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly status?: Status;
  readonly status_reason?: StatusReason;
  /** The row's own permission to reopen a closed account. Never sent. */
  readonly correction?: boolean;
  /** Orders changes of one account in time. Never sent. */
  readonly effective_at?: string;
  /** Compared or checked, never sent. */
  readonly account_holder_type?: HolderType;
  readonly created_at?: string;
  readonly closed_at?: string;
  readonly generated_at?: string;
  /** Single users of the account, by rows of the Authorized Users file: each is about its own user alone, and each user is there once. */
  readonly users?: readonly UserChange[];
}

/** Where a row that is fed in again came from: the cells `result_run` and `result_row` of a results file. */
export interface Provenance {
  readonly run: string;
  readonly row: number;
}

/** A row that says something about an account. `key` is `account:<account_id>`, else `client:<client_account_id>`. */
export interface DesiredRow {
  readonly kind: "desired";
  readonly source: CsvRow;
  readonly key: string;
  readonly desired: Desired;
  /** Issues that do not stop it. */
  readonly notes?: readonly Issue[];
  readonly provenance?: Provenance;
}

/** A row that can't become a change, with all its issues. */
export interface InvalidRow {
  readonly kind: "invalid";
  readonly source: CsvRow;
  readonly issues: readonly Issue[];
  /** As in DesiredRow, where its ids can be read. */
  readonly key?: string;
  readonly provenance?: Provenance;
}

/** A row that says nothing about any account, and why. */
export interface SkippedRow {
  readonly kind: "skipped";
  readonly source: CsvRow;
  readonly issues: readonly Issue[];
  readonly provenance?: Provenance;
}

export type ParsedRow = DesiredRow | InvalidRow | SkippedRow;

/** What one file wants of one account; `rows` in file order. */
export interface Change {
  readonly key: string;
  readonly rows: readonly number[];
  readonly desired: Desired;
}

/**
 * The rows of one account, made one; `left` are the rows, in order, whose values `desired` has where time decided, and
 * null where the rows agree. Or a contradiction, and every row gets the issue.
 */
export type Folded =
  | { readonly kind: "change"; readonly desired: Desired; readonly left: ReadonlySet<number> | null }
  | { readonly kind: "contradiction"; readonly issue: Issue };
