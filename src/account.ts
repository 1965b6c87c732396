/**
 * The account as the bank holds it, the words its fields may take, and the table of status transitions.
 * Says what an account is; never how it is read, compared or changed. Imports nothing.
 */

export const STATUSES = ["active", "inactive", "closed"] as const;
export type Status = (typeof STATUSES)[number];

export const STATUS_REASONS = [
  "active",
  "dormant",
  "frozen",
  "other",
  "entity_closed",
  "client_closed",
  "paid_off",
  "charged_off",
  "canceled",
] as const;
export type StatusReason = (typeof STATUS_REASONS)[number];

/** The reasons that fit each status (contract, "Endpoints we use": deactivate and close). */
export const REASONS_OF_STATUS: Readonly<Record<Status, readonly StatusReason[]>> = {
  active: ["active"],
  inactive: ["dormant", "frozen", "other"],
  closed: ["entity_closed", "client_closed", "paid_off", "charged_off", "canceled"],
};

export type TransitionKind = "activate" | "deactivate" | "close";

/**
 * Which call takes an account from one status to another (contract, "Endpoints we use").
 * `reopen` takes a closed account back to active: an error correction, only ever on a row's own request.
 * A pair that is missing has no single call: closed → inactive is a reopening followed by a deactivation.
 */
export const TRANSITIONS: Readonly<Record<Status, Partial<Record<Status, { kind: TransitionKind; reopens?: true }>>>> =
  {
    active: { inactive: { kind: "deactivate" }, closed: { kind: "close" } },
    inactive: { active: { kind: "activate" }, closed: { kind: "close" } },
    closed: { active: { kind: "activate", reopens: true } },
  };

export const CAPABILITIES = ["deposit", "credit_with_underwriting", "credit_without_underwriting"] as const;
export type Capability = (typeof CAPABILITIES)[number];

export const HOLDER_TYPES = ["consumer", "commercial"] as const;
export type HolderType = (typeof HOLDER_TYPES)[number];

export const RELATIONSHIP_TYPES = ["account_holder", "authorized_signer", "authorized_user"] as const;
export type RelationshipType = (typeof RELATIONSHIP_TYPES)[number];

/** The most entities of one relationship type an account may have, and one batch call may have. */
export const MAX_ENTITIES_PER_RELATIONSHIP = 20;

export const REPORT_SOURCES = ["equifax", "experian", "transunion"] as const;
export type ReportSource = (typeof REPORT_SOURCES)[number];

export const DELIVERY_METHODS = ["email", "text", "other"] as const;
export type DeliveryMethod = (typeof DELIVERY_METHODS)[number];

/** Document types with `consented_at` (contract, "The account"). */
export const CONSENT_DOCUMENT_TYPES = [
  "esign_agreement",
  "credit_pull_consent",
  "consent_to_link_account",
  "consent_to_link_hsa",
  "negative_option_consent",
  "business_license",
] as const;

/** Document types with `displayed_at` (contract, "The account"). */
export const DISCLOSURE_DOCUMENT_TYPES = [
  "aan",
  "loan_agreement",
  "loc_agreement",
  "truth_in_lending_document",
  "ach_authorization",
  "notice_of_incompleteness",
  "credit_score_notice",
  "offer_summary",
  "personal_guarantee",
  "consumer_credit_auth",
  "partner_privacy_policy",
  "lead_privacy_policy",
  "terms_of_use",
  "fcra_notice",
  "tcpa_consent",
  "patriot_act_notice",
  "mla_notice",
  "pre_approval_terms",
  "eft_authorization",
  "prohibited_industry_certification",
  "decision_maker_document",
  "bo_certification",
  "missed_payments_policy",
  "lead_funds_transfer_agreement",
] as const;

/** A document reference. Instants are ISO 8601 text with a zone. */
export interface AccountDocument {
  readonly document_id: string;
  readonly type: string;
  readonly version?: string;
  readonly displayed_at?: string;
  readonly consented_at?: string;
}

/** Amounts are integers in the currency's minor unit; dates and instants are ISO 8601 text. */
export interface Credit {
  readonly is_secured?: boolean;
  readonly is_mla?: boolean;
  readonly underwriting_grade?: string;
  readonly currency?: string;
  readonly available_credit?: number;
  readonly limit?: number;
  readonly max_limit?: number;
  readonly scra?: { readonly start_date?: string; readonly end_date?: string };
  readonly report?: { readonly score?: number; readonly pulled_at?: string; readonly source?: ReportSource };
}

export interface AdverseActionNotice {
  readonly delivered_at?: string;
  readonly reason?: string;
  readonly delivery_method?: DeliveryMethod;
}

/**
 * A place in the bank's answer whose value cannot be sent back exactly as it was read: a number that would be written
 * otherwise, a member that is there twice, a metadata value that is no plain one, a null within a value, or bytes that
 * were no text.
 */
export interface Unsendable {
  readonly path: readonly string[];
  readonly why: "number" | "twice" | "nested" | "null" | "lost";
}

/**
 * What the bank holds of one account, in the shape of `GET /v0/accounts/{id}`.
 * Only `id` is certain (contract: every member of an account answer is optional).
 */
export interface Account {
  readonly id: string;
  readonly client_account_id?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
  readonly application_id?: string;
  readonly status?: Status;
  readonly status_reason?: StatusReason;
  readonly capabilities?: readonly Capability[];
  readonly entities?: { readonly account_holder_type?: HolderType };
  readonly details?: {
    readonly product_name?: string;
    readonly closed_at?: string;
    readonly credit?: Credit;
    readonly adverse_action_notice?: AdverseActionNotice;
  };
  readonly metadata?: Readonly<Record<string, string>>;
  readonly documents?: readonly AccountDocument[];
  /** None when all that a PATCH may have to send back can be. */
  readonly unsendable?: readonly Unsendable[];
}

/** Ids that the program gives to what the bank knows by its own, by the bank's name for them. */
export type OwnIdKind = "client_customer_id" | "client_application_id";

export const ENTITY_TYPES = ["individual", "business", "sole_prop"] as const;
export type EntityType = (typeof ENTITY_TYPES)[number];

/** Individuals hold consumer accounts, businesses and sole proprietors commercial ones (contract, "The account"). */
export const HOLDER_TYPE_OF_ENTITY: Readonly<Record<EntityType, HolderType>> = {
  individual: "consumer",
  business: "commercial",
  sole_prop: "commercial",
};

/** What the bank holds of a person or a business, as far as accounts depend on it. Only `id` and `type` are certain. */
export interface Entity {
  readonly id: string;
  readonly type: EntityType;
  /** The program's own id of it. */
  readonly client_customer_id?: string;
  readonly role_details?: readonly { readonly name?: string; readonly status?: string }[];
}

/** What the bank holds of an application for credit. Only `id` is certain; without a status it is undecided. */
export interface Application {
  readonly id: string;
  /** The program's own id of it. */
  readonly client_application_id?: string;
  readonly status?: string;
  readonly entities?: { readonly account_holder_type?: HolderType; readonly account_holders?: readonly string[] };
}

/** The entity ids of an account, by relationship type. */
export type Relationships = Readonly<Record<RelationshipType, readonly string[]>>;
