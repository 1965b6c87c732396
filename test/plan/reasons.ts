/**
 * A row beside an account, judged anew: where they disagree, and whether a reason for refusing the row is true. A code
 * that is not known here is never true.
 */
import { type AccountDocument, CONSENT_DOCUMENT_TYPES, DISCLOSURE_DOCUMENT_TYPES } from "../../src/account.ts";
import type { Code } from "../../src/errors/codes/codes.ts";
import type { Desired } from "../../src/read/change.ts";
import type { Case } from "./arbitraries.ts";
import type { BankModel } from "./bank-model.ts";
import { type Leaves, leavesOf, leavesWanted } from "./leaves.ts";

type Judge = (given: Case, column: string) => boolean;

/** Codes of rows that ask something of an account which no call can do. */
const REFUSALS: Readonly<Partial<Record<Code, Judge>>> = {
  capability_removal: ({ desired, model }) =>
    desired.capabilities !== undefined &&
    (model.account?.capabilities ?? []).some((held) => !desired.capabilities?.includes(held)),
  client_account_id_differs: ({ desired, model }) => desired.client_account_id !== model.account?.client_account_id,
  holder_type_differs: ({ desired, model }) =>
    desired.account_holder_type !== undefined &&
    desired.account_holder_type !== model.account?.entities?.account_holder_type,
  currency_differs: ({ desired, model }) => {
    const { currency, ...held } = model.account?.details?.credit ?? {};
    const stays = (["available_credit", "limit", "max_limit"] as const).some(
      (amount) => held[amount] !== undefined && desired[amount] === undefined,
    );
    return currency !== undefined && desired.currency !== undefined && desired.currency !== currency && stays;
  },
  status_reason_differs: ({ desired, model }) =>
    desired.status === model.account?.status && desired.status_reason !== model.account?.status_reason,
  account_closed: (given) => {
    const { desired, model } = given;
    if (model.account?.status !== "closed") return false;
    if (desired.status === undefined || desired.status === "closed") {
      return disagreements(given).some((path) => !/^(status|client_account_id|account_holder_type)/.test(path));
    }
    return desired.correction !== true;
  },
  document_not_resendable: (given) =>
    given.desired.documents?.length !== 0 &&
    (given.model.account?.documents ?? []).some((held) => !canGoBack(held)) &&
    disagreements(given).some((path) => path.startsWith("documents.")),
  last_holder: ({ desired, model, settings }) =>
    settings.removeRelationships &&
    (desired.account_holders?.length === 0 ||
      (desired.authorized_signers?.length === 0 && model.account?.entities?.account_holder_type === "commercial")),
  relationships_full: ({ desired, model, settings }, column) => {
    const lists = [
      ["account_holders", "account_holder"],
      ["authorized_signers", "authorized_signer"],
      ["authorized_users", "authorized_user"],
    ] as const;
    const [wanted, type] = lists.find(([name]) => name === column) ?? lists[0];
    const there = new Set(model.relationships[type]);
    const before = there.size;
    for (const id of desired[wanted] ?? []) there.add(id);
    return !settings.removeRelationships && there.size > 20 && there.size > before;
  },
  scra_start_missing: ({ desired, model }) =>
    desired.scra_end_date !== undefined &&
    desired.scra_start_date === undefined &&
    model.account?.details?.credit?.scra?.start_date === undefined,
  application_missing: (given) => comesToBeUnderwritten(given) && noApplication(given),
  credit_missing: (given) => comesToBeUnderwritten(given) && noCredit(given),
  notice_missing: (given) => closesWithoutNotice(given),
};

/** Codes of rows that lack what a new account needs. */
const FAULTS_OF_NEW: Readonly<Partial<Record<Code, Judge>>> = {
  create_field_missing: ({ desired, settings: { defaults } }, column) =>
    (({ ...defaults, ...desired }) as Readonly<Record<string, unknown>>)[column] === undefined,
  scra_start_missing: ({ desired }) => desired.scra_end_date !== undefined && desired.scra_start_date === undefined,
  application_missing: ({ desired }) => desired.application_id === undefined,
  notice_missing: (given) => closesWithoutNotice(given),
};

/** Whether the bank would really not take the row, for this reason. */
export function isTrue(code: Code, column: string, given: Case): boolean {
  const judges = given.model.account === null ? FAULTS_OF_NEW : REFUSALS;
  return judges[code]?.(given, column) ?? false;
}

export function allLeaves({ account, relationships }: BankModel): Leaves {
  return account ? leavesOf(account, relationships) : new Map();
}

/** Paths where the account is not as the row gives it. Without removal, relationships may be more than the row's. */
export function disagreements({ model, desired, settings }: Case): string[] {
  const held = allLeaves(model);
  const wanted = leavesWanted(desired);
  const missing = [...wanted].filter(([path, value]) => held.get(path) !== value).map(([path]) => path);
  const whole = [
    desired.capabilities && "capabilities",
    desired.documents?.length === 0 && "documents",
    settings.removeRelationships && desired.account_holders && "account_holder",
    settings.removeRelationships && desired.authorized_signers && "authorized_signer",
    settings.removeRelationships && desired.authorized_users && "authorized_user",
  ].filter((name) => typeof name === "string");
  const extra = [...held.keys()].filter((path) => whole.includes(path.split(".")[0] ?? "") && !wanted.has(path));
  return [...missing, ...extra, ...wrongIdentity(model, desired)];
}

/** Columns that say who the account is; what the bank does not say of it is no contradiction. */
function wrongIdentity({ account }: BankModel, desired: Desired): string[] {
  const sides = {
    client_account_id: [desired.client_account_id, account?.client_account_id],
    account_holder_type: [desired.account_holder_type, account?.entities?.account_holder_type],
  };
  return Object.entries(sides)
    .filter(([, [wanted, held]]) => wanted !== undefined && held !== undefined && wanted !== held)
    .map(([column]) => column);
}

function canGoBack({ type, displayed_at, consented_at }: AccountDocument): boolean {
  const isOf = (types: readonly string[]) => types.includes(type);
  if (isOf(CONSENT_DOCUMENT_TYPES)) return consented_at !== undefined;
  return isOf(DISCLOSURE_DOCUMENT_TYPES) && displayed_at !== undefined;
}

function comesToBeUnderwritten({ desired, model }: Case): boolean {
  const word = "credit_with_underwriting";
  return desired.capabilities?.includes(word) === true && model.account?.capabilities?.includes(word) !== true;
}

function noApplication({ desired, model }: Case): boolean {
  return desired.application_id === undefined && model.account?.application_id === undefined;
}

function noCredit({ desired, model }: Case): boolean {
  const given = [...leavesWanted(desired).keys()].some((path) => path.startsWith("details.credit."));
  return !given && model.account?.details?.credit === undefined;
}

function closesWithoutNotice({ desired, model }: Case): boolean {
  return (
    desired.status_reason === "client_closed" &&
    model.account?.status !== "closed" &&
    desired.aan_delivered_at === undefined &&
    model.account?.details?.adverse_action_notice === undefined
  );
}
