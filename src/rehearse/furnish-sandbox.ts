/**
 * The stand-in of a rehearsal: fills a sandbox with what the bank was seen to hold. What the run depends on and could not be seen is
 * assumed to be valid; nothing else is made up.
 */
import type { Entity, HolderType, RelationshipType } from "../account.ts";
import type { ChangeToApply, Ledger } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import type { Desired } from "../read/change.ts";
import { desiredOf } from "../run/desired-of.ts";
import { PAGE, walk } from "../run/pages.ts";
import type { LookupMode } from "../sandbox/calls/account-calls.ts";
import type { Sandbox } from "../sandbox/start-sandbox.ts";
import type { SandboxAccount, SandboxApplication } from "../sandbox/state/bank-state.ts";
import { seedApplication, seedEntity } from "../sandbox/state/seed.ts";
import type { Observed } from "./observe-bank.ts";

/** The holder of an account whose holders were not asked for: nothing in the run looks at them. */
const UNSEEN_HOLDER = "entity_unseen";

/** How the bank's look-up was seen to behave, so that creates are held where they would be. */
export function lookupModeOf({ accounts, lookUps }: Observed): LookupMode {
  let mode: LookupMode | undefined;
  const named = new Map<string, string>();
  for (const { id, client_account_id } of accounts.values()) if (client_account_id) named.set(client_account_id, id);
  for (const [asked, found] of lookUps) {
    if (found === null) return "html";
    const [first] = found.ids;
    const known = named.get(asked);
    if (known !== undefined && !found.ids.includes(known)) return first === undefined ? "absent" : "ignores_filter";
    if (first !== undefined && found.ids.every((id) => accounts.get(id)?.client_account_id !== asked))
      return "ignores_filter";
    mode = found.listed ? "list" : (mode ?? "object");
  }
  return mode ?? "list";
}

/** Whether the look-up found nobody, and no list has shown that the bank has a look-up at all. */
export function isLookUpUnseen({ lookUps }: Observed): boolean {
  return lookUps.size > 0 && [...lookUps.values()].every((found) => found?.listed === false && found.ids.length === 0);
}

/** Sets what was seen, as it was seen. No defaults are filled in. */
export function furnishSandbox(bank: Sandbox, observed: Observed): void {
  for (const [id, account] of observed.accounts) {
    const held = observed.relationships.get(id);
    const relationships = held ?? { account_holder: [UNSEEN_HOLDER], authorized_signer: [], authorized_user: [] };
    bank.accounts.set(id, structuredClone({ ...account, relationships }) as SandboxAccount);
  }
  for (const entity of observed.entities.values()) if (entity !== null) bank.entities.set(entity.id, toEntity(entity));
  for (const application of observed.applications.values()) {
    if (application === null) continue;
    const { id, client_application_id, status = "undecided", entities } = application;
    const own = client_application_id !== undefined && { client_application_id };
    const seen = { id, ...own, status, entities: { account_holders: [], ...entities } };
    bank.applications.set(id, seedApplication(structuredClone(seen) as unknown as SandboxApplication));
  }
}

/** An entity whose roles the bank does not show has all of them. */
function toEntity({ id, type, client_customer_id, role_details }: Entity) {
  const seen = {
    id,
    type,
    ...(client_customer_id !== undefined && { client_customer_id }),
    ...(role_details && { role_details }),
  };
  return seedEntity(structuredClone(seen) as { id: string });
}

/** What an operation names beside its account. */
interface Names {
  readonly holderType: HolderType | undefined;
  readonly entities: Readonly<Partial<Record<RelationshipType, readonly string[]>>>;
  readonly applicationId: string | undefined;
  readonly holders: readonly string[];
}

/**
 * Assumes what the planned operations name and the bank was not asked for: entities of the kind that their list takes, and an application
 * that fits. Gives how many.
 */
export async function assumeUnread(
  bank: Sandbox,
  observed: Observed,
  { changes }: Ledger,
  plans: readonly Run[],
): Promise<number> {
  let assumed = 0;
  for (const plan of plans) {
    const planned = walk(
      (page) => changes.takeToApply(plan, page),
      ({ change }) => change,
      PAGE,
    );
    for await (const change of planned) assumed += assumeNamed(bank, observed, change, desiredOf(plan, change));
  }
  return assumed;
}

function assumeNamed(bank: Sandbox, observed: Observed, change: ChangeToApply, desired: Desired): number {
  let assumed = 0;
  const account = change.accountId === null ? undefined : bank.accounts.get(change.accountId);
  for (const named of change.operations.map((operation) => namesOf(operation, desired, account))) {
    for (const [type, ids] of Object.entries(named.entities)) {
      for (const id of ids ?? []) {
        if (observed.entities.has(id) || bank.entities.has(id)) continue;
        const isBusiness = type === "account_holder" && named.holderType === "commercial";
        bank.entities.set(id, seedEntity({ id, type: isBusiness ? "business" : "individual" }));
        assumed += 1;
      }
    }
    assumed += assumeApplication(bank, observed, named);
  }
  return assumed;
}

/** The entities and the application that an operation's body names; the body is our own JSON. */
function namesOf(
  { kind, body }: ChangeToApply["operations"][number],
  desired: Desired,
  account: SandboxAccount | undefined,
): Names {
  const sent = body === "" ? {} : JSON.parse(body);
  const holderType = account?.entities?.account_holder_type ?? desired.account_holder_type;
  if (kind === "create") {
    const { account_holders = [], authorized_signers = [], authorized_users = [] } = sent.entities ?? {};
    const entities = {
      account_holder: account_holders,
      authorized_signer: authorized_signers,
      authorized_user: authorized_users,
    };
    return { holderType, entities, applicationId: sent.application_id, holders: account_holders };
  }
  const holders = account?.relationships.account_holder ?? [];
  if (kind === "add_relationships")
    return { holderType, entities: { [sent.relationship_type]: sent.entity_ids }, applicationId: undefined, holders };
  const applicationId = kind === "patch" ? (sent.application_id ?? account?.application_id) : undefined;
  return { holderType, entities: {}, applicationId, holders };
}

function assumeApplication(
  bank: Sandbox,
  observed: Observed,
  { applicationId: id, holders, holderType, entities }: Names,
): number {
  if (id === undefined) return 0;
  const seen = observed.applications.get(id);
  if (seen === null || seen?.entities?.account_holders !== undefined) return 0;
  const [first] = entities.account_holder ?? [];
  const isBusiness = first !== undefined && bank.entities.get(first)?.type !== "individual";
  const account_holder_type = holderType ?? (isBusiness ? "commercial" : "consumer");
  const known =
    bank.applications.get(id) ?? seedApplication({ id, entities: { account_holder_type, account_holders: [] } });
  known.entities.account_holder_type ??= account_holder_type;
  known.entities.account_holders.push(...holders);
  const isNew = !bank.applications.has(id);
  bank.applications.set(id, known);
  return isNew ? 1 : 0;
}
