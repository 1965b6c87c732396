/**
 * The decision: a change and what the bank holds come in, a plan goes out. Pure: the same two sides always give the
 * same plan, so that a plan can be made again before it is sent and compared.
 *
 * The order of one row's operations is the order in which the bank can take them: a create first; a reopening next,
 * since a closed account takes nothing else; then the patch, which also brings the adverse action notice that a close
 * may need; then relationships; the status transition last, since it may close the account. A difference that no call
 * can close refuses the whole row: half of what a row wants is not what the row wants.
 */
import type { Account } from "../account.ts";
import type { Issue } from "../errors/issue.ts";
import type { Desired } from "../read/change.ts";
import type { Actual } from "./actual.ts";
import { currencyIssues } from "./currency.ts";
import { diffFields } from "./diff/diff-fields.ts";
import { diffRelationships, NO_RELATIONSHIP_DIFF, type RelationshipStep } from "./diff/diff-relationships.ts";
import { diffStatus } from "./diff/diff-status.ts";
import { columnOf, isKeptDifferent, type Kept, keptIssue, keptOf, recall } from "./diff/kept.ts";
import { type BankFacts, findUnfit } from "./find-unfit.ts";
import { numberSteps, transitionOperation, type UnnumberedOperation } from "./number-steps.ts";
import type { Difference, Plan } from "./operation.ts";
import { type CreateDefaults, planCreate } from "./plan-create.ts";

export interface PlanSettings {
  readonly removeRelationships: boolean;
  readonly defaults: CreateDefaults;
  /** That of decimal amounts whose row gives none. */
  readonly assumedCurrency?: string | undefined;
}

/**
 * `actual` is null when the bank certainly has no such account; `known` is null when entities and applications are left
 * to the bank to judge, else it has all of `namesToKnow`; `memory` is what the bank is known to keep otherwise.
 */
export function planChange(
  desired: Desired,
  actual: Actual | null,
  settings: PlanSettings,
  known: BankFacts | null = null,
  memory: readonly Kept[] = [],
): Plan {
  if (actual === null) return planCreate(desired, settings.defaults, known);
  const { account } = actual;
  const fields = diffFields(desired, account, memory);
  const status = diffStatus(desired, account);
  const recalled = [...fields.recalled, ...recallStatus(desired, account, memory)];
  const kept = keptIssue(recalled);
  const relations = actual.relationships
    ? diffRelationships(
        desired,
        actual.relationships,
        account.entities?.account_holder_type,
        settings.removeRelationships,
      )
    : NO_RELATIONSHIP_DIFF;

  const data = [...fields.differences, ...relations.differences];
  const differences: Difference[] = [...data, ...status.differences];
  const issues: Issue[] = [
    ...identityIssues(desired, account),
    ...fields.issues,
    ...currencyIssues(desired, account.details?.credit, settings.assumedCurrency),
    ...relations.issues,
    ...status.issues,
    ...(isKeptDifferent(kept) && kept !== null ? [kept] : []),
    ...closedIssues(account, status.reopens, data),
    ...noticeIssues(desired, account, status.transition?.reason ?? null),
    ...(known === null ? [] : findUnfit(desired, actual, desired.capabilities ?? account.capabilities, known)),
  ];
  if (issues.length > 0) return { kind: "refused", issues, differences };

  const operations: UnnumberedOperation[] = [];
  if (status.reopens) operations.push(transitionOperation("activate", null));
  if (fields.body) operations.push({ kind: "patch", body: JSON.stringify(fields.body) });
  operations.push(...relations.steps.map(relationshipOperation));
  if (status.transition) operations.push(transitionOperation(status.transition.kind, status.transition.reason));

  const notes = [...relations.notes, ...absentIdNotes(desired, account), ...(kept === null ? [] : [kept])];
  if (operations.length === 0) return { kind: "unchanged", notes };
  return { kind: "operations", operations: numberSteps(operations), differences, notes };
}

function relationshipOperation(step: RelationshipStep): UnnumberedOperation {
  const { kind, type } = step;
  return kind === "add"
    ? { kind: "add_relationships", body: JSON.stringify({ relationship_type: type, entity_ids: step.entityIds }) }
    : { kind: "remove_relationship", body: JSON.stringify({ entity_id: step.entityId, relationship_type: type }) };
}

/** What is remembered of the status, of which nothing is a form. */
function recallStatus(desired: Desired, account: Account, memory: readonly Kept[]): readonly Kept[] {
  if (desired.status === undefined || desired.status === account.status) return [];
  const known = recall(memory, keptOf("status", desired.status, account.status));
  return known === undefined ? [] : [known];
}

/** Who an account is cannot be changed by any call. */
function identityIssues(desired: Desired, account: Account): Issue[] {
  const issues: Issue[] = [];
  const type = account.entities?.account_holder_type;
  if (desired.account_holder_type && type && desired.account_holder_type !== type) {
    const message = `the account is ${type} at the bank, and no call can change it to ${desired.account_holder_type}`;
    issues.push({ code: "holder_type_differs", column: "account_holder_type", message });
  }
  const id = account.client_account_id;
  if (desired.client_account_id && id && desired.client_account_id !== id) {
    const message = "the account has another client_account_id at the bank, and no call can change it";
    issues.push({ code: "client_account_id_differs", column: "client_account_id", message });
  }
  return issues;
}

function closedIssues(account: Account, reopens: boolean, data: readonly Difference[]): Issue[] {
  if (account.status !== "closed" || reopens || data.length === 0) return [];
  const names = data.map(({ field }) => field).join(", ");
  const message = `the account is closed, so nothing can change ${names}`;
  return [{ code: "account_closed", column: columnOf(data[0]?.field ?? ""), message }];
}

/** The bank closes as client_closed only with a notice on the account (contract, "The account"). */
function noticeIssues(desired: Desired, account: Account, reason: string | null): Issue[] {
  if (reason !== "client_closed" || desired.aan_delivered_at || account.details?.adverse_action_notice) return [];
  const message = "closing as client_closed needs the aan_ columns, since the bank has no adverse action notice";
  return [{ code: "notice_missing", column: "aan_delivered_at", message }];
}

function absentIdNotes(desired: Desired, account: Account): Issue[] {
  if (!desired.client_account_id || account.client_account_id) return [];
  const message = "the bank has no client_account_id for this account, and no call sets one";
  return [{ code: "client_account_id_absent", column: "client_account_id", message }];
}
