/**
 * The plan of a change whose account the bank does not have: create, then the way to the desired status. Pure.
 */
import type { Capability } from "../account.ts";
import type { Issue } from "../errors/issue.ts";
import type { Desired } from "../read/change.ts";
import { asText } from "./diff/as-text.ts";
import { scraStartMissing } from "./diff/diff-fields.ts";
import { transitionTo } from "./diff/diff-status.ts";
import { groupOf, NOTICE_MEMBERS, PLAIN_CREDIT_FIELDS, REPORT_MEMBERS, SCRA_MEMBERS } from "./diff/members.ts";
import { isUnderwritten } from "./diff/underwriting.ts";
import { type BankFacts, findUnfit } from "./find-unfit.ts";
import { numberSteps, transitionOperation, type UnnumberedOperation } from "./number-steps.ts";
import type { Difference, Plan } from "./operation.ts";

/** Values for new accounts whose row does not give them. */
export interface CreateDefaults {
  readonly capabilities?: readonly Capability[] | undefined;
  readonly currency?: string | undefined;
}

/**
 * A create is `invalid` when the row lacks what a new account needs (contract, "Create requires"), and `refused` when
 * entities or application are `unfit`.
 */
export function planCreate(desired: Desired, defaults: CreateDefaults, known: BankFacts | null): Plan {
  const capabilities = desired.capabilities ?? defaults.capabilities;
  const unfit = known === null ? [] : findUnfit(desired, null, capabilities, known);
  const credit = creditOf(desired, capabilities, defaults.currency);
  const issues = [...missingFields(desired, capabilities, credit), ...missingNotice(desired)];
  const differences = differencesOf({ ...desired, ...(capabilities && { capabilities }) });
  if (unfit.length > 0) return { kind: "refused", issues: [...issues, ...unfit], differences };
  if (issues.length > 0) return { kind: "invalid", issues, differences };

  const notice = groupOf(desired, NOTICE_MEMBERS);
  const body = {
    ...(desired.application_id !== undefined && { application_id: desired.application_id }),
    client_account_id: desired.client_account_id,
    capabilities,
    entities: {
      account_holders: desired.account_holders,
      ...(desired.authorized_signers && { authorized_signers: desired.authorized_signers }),
      ...(desired.authorized_users && { authorized_users: desired.authorized_users }),
    },
    details: {
      product_name: desired.product_name,
      ...(credit && { credit }),
      ...(notice && { adverse_action_notice: notice }),
    },
    ...(desired.metadata && { metadata: desired.metadata }),
    documents: desired.documents ?? [],
  };
  const operations: UnnumberedOperation[] = [{ kind: "create", body: JSON.stringify(body) }];
  if (desired.status && desired.status !== "active") {
    const transition = transitionTo("active", desired.status, desired);
    if (transition) operations.push(transitionOperation(transition.kind, transition.reason));
  }
  return { kind: "operations", operations: numberSteps(operations), differences, notes: [] };
}

/** The credit member: sent when the row gives any part of it, or the capability asks for it. */
function creditOf(
  desired: Desired,
  capabilities: readonly Capability[] | undefined,
  currency: string | undefined,
): Record<string, unknown> | undefined {
  const plain = PLAIN_CREDIT_FIELDS.filter((field) => desired[field] !== undefined);
  const scra = groupOf(desired, SCRA_MEMBERS);
  const report = groupOf(desired, REPORT_MEMBERS);
  const wanted = plain.length > 0 || scra || report || isUnderwritten(capabilities);
  if (!wanted) return undefined;
  return {
    ...(currency !== undefined && { currency }),
    ...Object.fromEntries(plain.map((field) => [field, desired[field]])),
    ...(scra && { scra }),
    ...(report && { report }),
  };
}

function missingFields(
  desired: Desired,
  capabilities: readonly Capability[] | undefined,
  credit: Record<string, unknown> | undefined,
): Issue[] {
  const issues: Issue[] = [];
  const need = (column: string, given: boolean, why: string) => {
    if (!given)
      issues.push({ code: "create_field_missing", column, message: `the bank has no such account, and ${why}` });
  };
  need("client_account_id", desired.client_account_id !== undefined, "a new account needs a client_account_id");
  need(
    "capabilities",
    capabilities !== undefined,
    "a new account needs capabilities, in the row or under defaults in the job",
  );
  need(
    "account_holders",
    (desired.account_holders?.length ?? 0) > 0,
    "a new account needs at least one account holder",
  );
  need("product_name", desired.product_name !== undefined, "a new account needs a product_name");
  if (isUnderwritten(capabilities))
    need("application_id", desired.application_id !== undefined, "credit_with_underwriting needs an application_id");
  if (credit) {
    for (const field of PLAIN_CREDIT_FIELDS)
      need(field, credit[field] !== undefined, `a new account with credit needs ${field}`);
    if (desired.scra_end_date !== undefined && desired.scra_start_date === undefined)
      issues.push(scraStartMissing("a new account has none"));
  }
  if (desired.account_holder_type === "commercial" && !desired.authorized_signers?.length) {
    const message = "a new commercial account needs at least one authorized signer";
    issues.push({ code: "signer_missing", column: "authorized_signers", message });
  }
  return issues;
}

function missingNotice(desired: Desired): Issue[] {
  if (desired.status_reason !== "client_closed" || groupOf(desired, NOTICE_MEMBERS)) return [];
  const message = "closing as client_closed needs the aan_ columns";
  return [{ code: "notice_missing", column: "aan_delivered_at", message }];
}

/** Columns that say how the row is meant, not what the account is to be. */
const NOT_MANAGED = new Set([
  "account_id",
  "correction",
  "effective_at",
  "account_holder_type",
  "created_at",
  "closed_at",
  "generated_at",
]);

function differencesOf(desired: Desired): Difference[] {
  return Object.entries(desired)
    .filter(([column]) => !NOT_MANAGED.has(column))
    .flatMap(([column, value]): Difference[] =>
      column === "metadata"
        ? Object.entries(value as object).map(([name, text]) => ({
            field: `metadata.${name}`,
            actual: "",
            desired: asText(text),
          }))
        : [{ field: column, actual: "", desired: asText(value) }],
    );
}
