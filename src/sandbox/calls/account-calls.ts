/**
 * Creating, reading, looking up and patching accounts: a request in, the bank's answer out, and the account changed.
 * The status and the relationships of an account that exists are never touched here.
 */
import { randomUUID } from "node:crypto";
import type { HolderType } from "../../account.ts";
import { answerBadParameter, answerNotFound, answerOk, answerRefused, type SandboxAnswer } from "../answer.ts";
import { accountJson, type BankState, type SandboxAccount } from "../state/bank-state.ts";
import {
  Findings,
  isAccountId,
  isObject,
  readCapabilities,
  readCredit,
  readDocuments,
  readMetadata,
  readNotice,
} from "../state/fields.ts";
import { checkEntities, findApplicationFaults, readEntityIds } from "../state/relationships.ts";
import type { Call, CallInput } from "./call.ts";

/** How the look-up by `client_account_id` behaves; see SandboxOptions. */
export type LookupMode = "list" | "object" | "absent" | "ignores_filter" | "html";

interface FoundAccount {
  readonly kind: "found";
  readonly account: SandboxAccount;
}

/** The account that a path names, or the 400 or 404. */
export function findAccount(input: CallInput, bank: BankState): FoundAccount | SandboxAnswer {
  const { id = "" } = input.params;
  if (!isAccountId(id)) return answerBadParameter("id", "must match account_*");
  const account = bank.accounts.get(id);
  return account === undefined ? answerNotFound("No account has this id.") : { kind: "found", account };
}

export const createAccount: Call = {
  method: "POST",
  path: "/v0/accounts",
  scope: "account/read_write",
  isKeyed: true,
  hasBody: true,
  run({ body, idempotencyKey }, bank) {
    const findings = new Findings();
    const capabilities = readCapabilities(body.capabilities, findings) ?? [];
    const { relationships, holderType } = readRelationships(body.entities, bank, findings);
    const details = readDetails(body.details, findings, true);
    const documents = readDocuments(body.documents, findings) ?? [];
    const metadata = body.metadata === undefined ? {} : (readMetadata(body.metadata, findings) ?? {});
    const { application_id, client_account_id } = body;
    const underwriting = { capabilities, holderType, holders: relationships.account_holder };
    findings.addAll("application_id", findApplicationFaults(application_id, underwriting, bank));
    if (capabilities.includes("credit_with_underwriting") && details.credit === undefined) {
      findings.add("details.credit", "missing for credit_with_underwriting");
    }
    if (client_account_id !== undefined && (typeof client_account_id !== "string" || client_account_id === "")) {
      findings.add("client_account_id", "must be text");
    }
    if (findings.list.length > 0) return answerRefused("The account can't be created.", findings.list);
    const at = bank.now();
    const id = `account_${randomUUID().replaceAll("-", "")}`;
    const account: SandboxAccount = {
      id,
      created_at: new Date(at).toISOString(),
      updated_at: new Date(at).toISOString(),
      ...(application_id !== undefined && { application_id: String(application_id) }),
      status: "active",
      status_reason: "active",
      capabilities,
      entities: holderType === undefined ? {} : { account_holder_type: holderType },
      details,
      metadata,
      documents,
      ...(client_account_id !== undefined && { client_account_id: String(client_account_id) }),
      relationships,
    };
    bank.keep?.(account);
    bank.accounts.set(id, account);
    bank.journal.noteEffect("create", id, idempotencyKey, at);
    return answerOk(accountJson(account, { clientId: false }));
  },
};

function readRelationships(value: unknown, bank: BankState, findings: Findings) {
  const given = isObject(value) ? value : {};
  if (!isObject(value)) findings.add("entities", value === undefined ? "missing" : "must be an object");
  const read = (member: string, least: number) => readEntityIds(given[member], `entities.${member}`, least, findings);
  const relationships = {
    account_holder: read("account_holders", isObject(value) ? 1 : 0),
    authorized_signer: read("authorized_signers", 0),
    authorized_user: read("authorized_users", 0),
  };
  const check = (role: keyof typeof relationships): HolderType | undefined =>
    checkEntities(relationships[role], role, `entities.${role}s`, bank, findings);
  const holderType = check("account_holder");
  check("authorized_signer");
  check("authorized_user");
  if (holderType === "commercial" && relationships.authorized_signer.length === 0) {
    findings.add("entities.authorized_signers", "missing_for_commercial");
  }
  return { relationships, holderType };
}

function readDetails(value: unknown, findings: Findings, whole: boolean): NonNullable<SandboxAccount["details"]> {
  if (!isObject(value)) {
    findings.add("details", value === undefined ? "missing" : "must be an object");
    return {};
  }
  const read: NonNullable<SandboxAccount["details"]> = {};
  if (typeof value.product_name === "string") read.product_name = value.product_name;
  else if (value.product_name !== undefined) findings.add("details.product_name", "must be text");
  else if (whole) findings.add("details.product_name", "missing");
  if (value.credit !== undefined) read.credit = readCredit(value.credit, findings, whole) ?? {};
  if (value.adverse_action_notice !== undefined) {
    read.adverse_action_notice = readNotice(value.adverse_action_notice, findings) ?? {};
  }
  return read;
}

export const getAccount: Call = {
  method: "GET",
  path: "/v0/accounts/:id",
  scope: "account/read",
  isKeyed: false,
  hasBody: false,
  run(input, bank) {
    const found = findAccount(input, bank);
    return found.kind === "found" ? answerOk(accountJson(found.account, { clientId: true })) : found;
  },
};

/** The look-up in one of its modes; undefined when the route does not exist. */
export function lookUpAccount(mode: LookupMode): Call | undefined {
  if (mode === "absent") return undefined;
  return {
    method: "GET",
    path: "/v0/accounts",
    scope: "account/read",
    isKeyed: false,
    hasBody: false,
    run({ query }, bank) {
      const wanted = query.client_account_id;
      if (wanted === undefined || wanted === "") return answerBadParameter("client_account_id", "missing");
      if (mode === "html") return { kind: "page", status: 200, body: "<!doctype html><title>Welcome</title>\n" };
      const found = mode === "ignores_filter" ? somebodyElse(wanted, bank) : bank.accounts.findBySecond(wanted);
      const objects = found.map((account) => accountJson(account, { clientId: true }));
      if (mode !== "object") return answerOk({ objects, has_more: false });
      return objects.length === 0
        ? answerNotFound("No account has this client_account_id.", ["client_account_id"])
        : answerOk(objects[0]);
    },
  };
}

function somebodyElse(wanted: string, bank: BankState): SandboxAccount[] {
  for (const account of bank.accounts.values()) if (account.client_account_id !== wanted) return [account];
  return [];
}

const PATCHABLE = ["application_id", "capabilities", "details", "metadata", "documents"];

export const patchAccount: Call = {
  method: "PATCH",
  path: "/v0/accounts/:id",
  scope: "account/read_write",
  isKeyed: true,
  hasBody: true,
  run(input, bank) {
    const found = findAccount(input, bank);
    if (found.kind !== "found") return found;
    const { account } = found;
    if (account.status === "closed") {
      return answerRefused("A closed account can't be changed.", [{ name: "id", reason: "the account is closed" }]);
    }
    const findings = new Findings();
    const changes = readPatch(input.body, account, findings);
    const { application_id } = input.body;
    const capabilities = changes.capabilities ?? account.capabilities ?? [];
    const isUnderwritten = capabilities.includes("credit_with_underwriting");
    const isNewlyUnderwritten = isUnderwritten && !account.capabilities?.includes("credit_with_underwriting");
    if (application_id !== undefined || isNewlyUnderwritten) {
      const holderType = account.entities?.account_holder_type;
      const holders = account.relationships.account_holder;
      const id = application_id ?? account.application_id;
      findings.addAll("application_id", findApplicationFaults(id, { capabilities, holderType, holders }, bank));
      if (application_id !== undefined) changes.application_id = String(application_id);
    }
    if (isNewlyUnderwritten && (changes.details?.credit ?? account.details?.credit) === undefined) {
      findings.add("details.credit", "missing for credit_with_underwriting");
    }
    if (findings.list.length > 0) return answerRefused("The account can't be changed like this.", findings.list);
    const at = bank.now();
    Object.assign(account, changes, { updated_at: new Date(at).toISOString() });
    bank.keep?.(account);
    bank.journal.noteEffect("patch", account.id, input.idempotencyKey, at);
    return answerOk(accountJson(account, { clientId: false }));
  },
};

/**
 * The members a patch replaces. Details and credit keep what isn't sent; each group in them, the metadata and the
 * documents are replaced whole.
 */
function readPatch(body: CallInput["body"], account: SandboxAccount, findings: Findings): Partial<SandboxAccount> {
  const changes: Partial<SandboxAccount> = {};
  for (const member of Object.keys(body)) if (!PATCHABLE.includes(member)) findings.add(member, "can't be patched");
  if (body.capabilities !== undefined) {
    const wanted = readCapabilities(body.capabilities, findings);
    const lost = wanted && account.capabilities?.find((held) => !wanted.includes(held));
    if (lost !== undefined) findings.add("capabilities", `${lost} can't be taken away`);
    if (wanted !== undefined) changes.capabilities = wanted;
  }
  if (body.metadata !== undefined) changes.metadata = readMetadata(body.metadata, findings) ?? {};
  if (body.documents !== undefined) changes.documents = readDocuments(body.documents, findings) ?? [];
  if (body.details !== undefined) {
    const given = readDetails(body.details, findings, false);
    changes.details = { ...account.details, ...given };
    if (given.credit !== undefined) changes.details.credit = { ...account.details?.credit, ...given.credit };
  }
  return changes;
}
