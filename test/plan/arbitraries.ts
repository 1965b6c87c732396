/**
 * Random rows, accounts and settings for the planner's properties. A row takes each column from the account as it is,
 * from a small pool of other values, or not at all, so that rows which agree, differ a little and contradict all occur.
 */
import fc from "fast-check";
import {
  type Account,
  type AccountDocument,
  CAPABILITIES,
  CONSENT_DOCUMENT_TYPES,
  type Credit,
  DELIVERY_METHODS,
  HOLDER_TYPES,
  type HolderType,
  REASONS_OF_STATUS,
  REPORT_SOURCES,
  type Relationships,
  type Status,
  type StatusReason,
} from "../../src/account.ts";
import type { PlanSettings } from "../../src/plan/plan-change.ts";
import type { Desired } from "../../src/read/change.ts";
import { type BankModel, BUSINESS_PREFIX } from "./bank-model.ts";
import { DETAIL_COLUMNS, valueAt } from "./leaves.ts";

const PEOPLE = Array.from({ length: 24 }, (_, n) => `entity_p${n + 1}`);
const BUSINESSES = Array.from({ length: 24 }, (_, n) => `${BUSINESS_PREFIX}${n + 1}`);

/** The first two are one moment. */
const instant = fc.constantFrom("2026-01-31T09:30:00Z", "2026-01-31T03:30:00.000-06:00", "2026-02-01T00:00:00.5Z");
const day = fc.constantFrom("2026-01-01", "2026-06-30");
const amount = fc.constantFrom(0, 100, 250_000, Number.MAX_SAFE_INTEGER);
const flag = fc.boolean();
const text = fc.constantFrom("A", "B", 'ä "quoted"');
const applicationId = fc.constantFrom("application_1", "application_2");
const capabilities = fc.subarray([...CAPABILITIES], { minLength: 1 });
const metadataKey = fc.constantFrom("branch", "constructor", "__proto__", "a.b");
const metadata = fc.array(fc.tuple(metadataKey, text), { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs));

const documentOfRow: fc.Arbitrary<AccountDocument> = fc
  .record(
    {
      document_id: fc.constantFrom("d1", "d2", "d3"),
      type: fc.constantFrom("aan", "terms_of_use", "esign_agreement"),
      version: fc.constantFrom("1", "2"),
      at: instant,
    },
    { requiredKeys: ["document_id", "type", "at"] },
  )
  .map(({ at, ...document }) => {
    const isConsent = (CONSENT_DOCUMENT_TYPES as readonly string[]).includes(document.type);
    return { ...document, [isConsent ? "consented_at" : "displayed_at"]: at };
  });
/** The bank may hold what it would not take back. */
const documentOfBank: fc.Arbitrary<AccountDocument> = fc.oneof(
  { weight: 19, arbitrary: documentOfRow },
  { weight: 1, arbitrary: documentOfRow.map(({ document_id }) => ({ document_id, type: "paper_slip" })) },
);
const distinct = (document: fc.Arbitrary<AccountDocument>) =>
  fc.uniqueArray(document, { selector: ({ document_id, type }) => `${document_id} ${type}`, maxLength: 3 });

/** Few in most lists, and up to 20 in some, so that lists run full. */
function entities(pool: readonly string[], least: number): fc.Arbitrary<string[]> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.shuffledSubarray(pool.slice(0, 3), { minLength: least }) },
    { weight: 1, arbitrary: fc.shuffledSubarray([...pool], { minLength: least, maxLength: 20 }) },
  );
}

/** `least` is how many there must be of those that an account cannot be without. */
const relationshipsOf = (type: HolderType, least: number): fc.Arbitrary<Relationships> =>
  fc.record({
    account_holder: entities(type === "commercial" ? BUSINESSES : PEOPLE, least),
    authorized_signer: entities(PEOPLE, type === "commercial" ? least : 0),
    authorized_user: entities(PEOPLE, 0),
  });

/** Every reason, and oftener the one that needs a notice. */
const reasonsOf = (status: Status): StatusReason[] =>
  status === "closed"
    ? [...REASONS_OF_STATUS.closed, "client_closed", "client_closed"]
    : [...REASONS_OF_STATUS[status]];
const statusAndReason = fc
  .constantFrom<Status>("active", "active", "inactive", "closed")
  .chain((status) => fc.record({ status: fc.constant(status), status_reason: fc.constantFrom(...reasonsOf(status)) }));
const report = fc.record({
  score: fc.integer({ min: 300, max: 302 }),
  pulled_at: instant,
  source: fc.constantFrom(...REPORT_SOURCES),
});
const notice = fc.record({
  delivered_at: instant,
  reason: text,
  delivery_method: fc.constantFrom(...DELIVERY_METHODS),
});

const plainCredit = {
  is_secured: flag,
  is_mla: flag,
  underwriting_grade: text,
  currency: fc.constantFrom("USD", "EUR"),
  available_credit: amount,
  limit: amount,
  max_limit: amount,
};
const credit: fc.Arbitrary<Credit> = fc.record(
  { ...plainCredit, scra: fc.record({ start_date: day, end_date: day }, { requiredKeys: ["start_date"] }), report },
  { requiredKeys: ["currency"] },
);

/** An account that exists; any field that the bank need not have may be missing. */
export const bankModel: fc.Arbitrary<BankModel> = fc
  .constantFrom(...HOLDER_TYPES)
  .chain((account_holder_type) =>
    fc.tuple(
      statusAndReason,
      fc.record(
        {
          id: fc.constant("account_1"),
          client_account_id: fc.constant("c1"),
          application_id: applicationId,
          capabilities,
          entities: fc.constant({ account_holder_type }),
          details: fc.record({ product_name: text, credit, adverse_action_notice: notice }, { requiredKeys: [] }),
          metadata,
          documents: distinct(documentOfBank),
        },
        { requiredKeys: ["id", "entities"] },
      ),
      relationshipsOf(account_holder_type, 1),
    ),
  )
  .map(([status, account, relationships]) => ({ account: { ...account, ...status }, relationships }));

/**
 * Whole values of every column that has one of its own; columns that stand together are made together. A row for an
 * account that exists may also empty its lists and be wrong about who it is.
 */
function freshRow(type: HolderType, isNew: boolean): fc.Arbitrary<Desired> {
  const one = fc.record({
    client_account_id: fc.constantFrom("c1", "c1", "c1", "c2"),
    application_id: applicationId,
    capabilities,
    product_name: text,
    ...plainCredit,
    scra_start_date: day,
    scra_end_date: day,
    documents: distinct(documentOfRow),
    metadata,
    correction: flag,
    effective_at: instant,
    account_holder_type: isNew ? fc.constant(type) : fc.constantFrom(type, ...HOLDER_TYPES),
    created_at: instant,
    closed_at: instant,
    generated_at: instant,
  });
  return fc
    .tuple(one, report, notice, statusAndReason, relationshipsOf(type, isNew ? 1 : 0))
    .map(([row, { score, pulled_at, source }, aan, status, lists]) => ({
      ...row,
      ...status,
      credit_score: score,
      credit_pulled_at: pulled_at,
      credit_report_source: source,
      aan_delivered_at: aan.delivered_at,
      aan_reason: aan.reason,
      aan_delivery_method: aan.delivery_method,
      account_holders: lists.account_holder,
      authorized_signers: lists.authorized_signer,
      authorized_users: lists.authorized_user,
    }));
}

/** The row that the account itself would give. */
function rowOf({ account, relationships }: BankModel): Desired {
  const {
    client_account_id,
    application_id,
    capabilities: held,
    metadata: map,
    documents,
    status,
    status_reason,
  } = account as Account;
  const details = DETAIL_COLUMNS.map((column) => [column, valueAt(account as Account, column)]);
  const row = {
    ...Object.fromEntries(details),
    client_account_id,
    application_id,
    capabilities: held,
    metadata: map,
    documents: documents?.filter(({ type }) => type !== "paper_slip"),
    status,
    status_reason,
    account_holders: [...relationships.account_holder].reverse(),
    authorized_signers: relationships.authorized_signer,
    authorized_users: relationships.authorized_user,
  };
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}

/** Columns that a row gives together or not at all. */
const TOGETHER: readonly (readonly (keyof Desired)[])[] = [
  ["credit_score", "credit_pulled_at", "credit_report_source"],
  ["aan_delivered_at", "aan_reason", "aan_delivery_method"],
  ["status", "status_reason"],
];

type Choice = "leave" | "same" | "fresh";

/** A row of these choices: one for each column, or for columns that stand together. */
function choose(fresh: Desired, same: Desired, choices: readonly Choice[]): Desired {
  const alone = (Object.keys(fresh) as (keyof Desired)[]).filter((column) => !TOGETHER.flat().includes(column));
  const units = [...TOGETHER, ...alone.map((column) => [column])];
  const from = (choice: Choice | undefined): Desired => (choice === "fresh" ? fresh : choice === "same" ? same : {});
  return Object.fromEntries(
    units.flatMap((columns, index) =>
      columns.flatMap((column): [string, unknown][] => {
        const value = from(choices[index])[column];
        return value === undefined ? [] : [[column, value]];
      }),
    ),
  );
}

/** Enough for every unit of a row; each row has its own odds, from one that only repeats to one that is all new. */
const choicesBy = (odds: readonly (readonly Choice[])[]) =>
  fc.constantFrom(...odds).chain((words) => fc.array(fc.constantFrom(...words), { minLength: 40, maxLength: 40 }));

const settings: fc.Arbitrary<PlanSettings> = fc.record({
  removeRelationships: flag,
  defaults: fc.record({ capabilities, currency: fc.constantFrom("USD", "EUR") }, { requiredKeys: [] }),
});

export interface Case {
  readonly model: BankModel;
  readonly desired: Desired;
  readonly settings: PlanSettings;
}

const few: readonly Choice[] = [...Array<Choice>(12).fill("leave"), ...Array<Choice>(10).fill("same"), "fresh"];

/** A row for an account that exists. */
export const changeCase: fc.Arbitrary<Case> = bankModel.chain((model) =>
  fc.record({
    model: fc.constant(model),
    settings,
    desired: fc
      .tuple(
        freshRow(model.account?.entities?.account_holder_type ?? "consumer", false),
        choicesBy([["leave", "same"], few, few, ["leave", "leave", "same", "same", "fresh"], ["fresh"]]),
      )
      .map(([fresh, choices]) => choose(fresh, rowOf(model), choices)),
  }),
);

/** A row for an account that does not. A commercial one names a signer, without which the bank takes none. */
export const newAccountCase = (empty: BankModel): fc.Arbitrary<Case> =>
  fc.constantFrom(...HOLDER_TYPES).chain((type) =>
    fc.record({
      model: fc.constant(empty),
      settings,
      desired: fc
        .tuple(
          freshRow(type, true),
          choicesBy([["fresh"], [...Array<Choice>(30).fill("fresh"), "leave"], ["leave", "fresh"]]),
        )
        .map(([fresh, choices]) => ({
          ...choose(fresh, {}, choices),
          ...(type === "commercial" && { authorized_signers: fresh.authorized_signers ?? [] }),
        })),
    }),
  );
