/**
 * HttpBank: the bank's REST API as typed methods. Takes ids and exact bodies, makes the requests, and gives answers as
 * values. Knows paths and shapes; HTTP, token, pace and retries lie in the transport beneath.
 */
import type { Account, Application, Entity, Relationships, RelationshipType } from "../account.ts";
import { isRecord, parseJson } from "../text/json.ts";
import {
  parseAccount,
  parseAddedTo,
  parseApplication,
  parseEntity,
  parseFound,
  parseLookUp,
  parseReadAccount,
  parseRelationshipPage,
} from "./answers.ts";
import type { Answer, BankApi, Failure, LookUp, Steering, Throughput } from "./bank-api.ts";
import { answeredForAnother, classify, requestIdOf, unreadable } from "./classify.ts";
import { BLOT } from "./secrets.ts";
import {
  type BankReply,
  type BankRequest,
  type CallKind,
  jsonOf,
  type RouteKnown,
  type Transport,
} from "./transport.ts";

/** Gives `undefined` for JSON that isn't the answer to the request; `text` is what it was parsed from. */
type ReadJson<Value> = (json: unknown, text: string) => Value | undefined;

/** Far more than an account's relationships can fill: three types of 20, at 100 a page. */
const MOST_PAGES = 20;

export interface HttpBankParts {
  readonly transport: Transport;
  readonly authenticate: () => Promise<Answer<null>>;
  readonly clockSkewMs: () => number | null;
  readonly longestWaitMs: () => number;
  readonly throughput: () => Throughput;
  readonly steer: (steering: Steering) => void;
  readonly stop: () => void;
  readonly close: (graceMs?: number) => Promise<void>;
}

export class HttpBank implements BankApi {
  readonly #parts: HttpBankParts;
  /** Once the look-up has answered, something else in its place means that the bank is down. */
  #lookUp: RouteKnown = "unknown";

  constructor(parts: HttpBankParts) {
    this.#parts = parts;
  }

  async fetchAccount(accountId: string): Promise<Answer<Account>> {
    const answer = await this.#call(get(accountPath(accountId)), (json, text) =>
      parseReadAccount(json, text, accountId),
    );
    return ofAccount(answer, accountId);
  }

  async fetchRelationships(accountId: string): Promise<Answer<Relationships>> {
    const found: Record<RelationshipType, Set<string>> = {
      account_holder: new Set(),
      authorized_signer: new Set(),
      authorized_user: new Set(),
    };
    const path = `${accountPath(accountId)}/entity_relationships?limit=100`;
    let cursor: string | undefined;
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const request = get(cursor === undefined ? path : `${path}&starting_after=${encode(cursor)}`);
      const answer = ofAccount(await this.#call(request, parseRelationshipPage), accountId);
      if (!answer.ok) return answer;
      for (const { type, entityId } of answer.value.relationships) found[type].add(entityId);
      cursor = answer.value.cursor;
      if (cursor === undefined) return { ok: true, value: toRelationships(found), status: answer.status };
    }
    return { ok: false, failure: unreadable("read", 200, `relationships continue after ${MOST_PAGES} pages`) };
  }

  async fetchByClientAccountId(clientAccountId: string): Promise<Answer<LookUp>> {
    const request: BankRequest = {
      ...get(`/v0/accounts?client_account_id=${encode(clientAccountId)}`),
      route: () => this.#lookUp,
    };
    const reply = await this.#parts.transport(request);
    const answer = readAnswer(reply, request.call, parseLookUp);
    if (answer.ok) {
      this.#lookUp = "has";
      return answer;
    }
    if (isNone(answer.failure)) return { ok: true, value: { ids: [], listed: false }, status: answer.failure.status };
    if (this.#lookUp === "has" || !isNoLookUp(reply, answer.failure)) return answer;
    this.#lookUp = "lacks";
    return { ok: false, failure: unproven(answer.failure) };
  }

  async fetchEntity(entityId: string): Promise<Answer<Entity | null>> {
    const request = get(`/v0/entities/${encode(entityId)}`);
    return orNone(await this.#call(request, (json) => parseEntity(json, entityId)));
  }

  async fetchApplication(applicationId: string): Promise<Answer<Application | null>> {
    const request = get(`/v0/applications/${encode(applicationId)}`);
    return orNone(await this.#call(request, (json) => parseApplication(json, applicationId)));
  }

  fetchByClientCustomerId(clientCustomerId: string): Promise<Answer<readonly Entity[]>> {
    return this.#find(`/v0/entities?client_customer_id=${encode(clientCustomerId)}`, parseEntity);
  }

  fetchByClientApplicationId(clientApplicationId: string): Promise<Answer<readonly Application[]>> {
    return this.#find(`/v0/applications?client_application_id=${encode(clientApplicationId)}`, parseApplication);
  }

  /** The answer need not name the client_account_id; one that names another is for another account. */
  async createAccount(body: string, key: string, waitedMs?: number): Promise<Answer<Account>> {
    const request: BankRequest = { call: "write", method: "POST", path: "/v0/accounts", body, key, ...after(waitedMs) };
    const answer = await this.#call(request, (json) => parseAccount(json));
    const sent = parseJson(body);
    const wanted = isRecord(sent) ? sent.client_account_id : undefined;
    if (!answer.ok) return answer;
    const { id, client_account_id = wanted } = answer.value;
    return client_account_id === wanted ? answer : { ok: false, failure: answeredForAnother(id, answer) };
  }

  patchAccount(accountId: string, body: string, key: string, waitedMs?: number): Promise<Answer<Account>> {
    return this.#change(accountId, { method: "PATCH", path: accountPath(accountId), body, key, ...after(waitedMs) });
  }

  activateAccount(accountId: string, key: string, waitedMs?: number): Promise<Answer<Account>> {
    const path = `${accountPath(accountId)}/activate`;
    return this.#change(accountId, { method: "POST", path, key, ...after(waitedMs) });
  }

  deactivateAccount(accountId: string, body: string, key: string, waitedMs?: number): Promise<Answer<Account>> {
    const path = `${accountPath(accountId)}/deactivate`;
    return this.#change(accountId, { method: "POST", path, body, key, ...after(waitedMs) });
  }

  closeAccount(accountId: string, body: string, key: string, waitedMs?: number): Promise<Answer<Account>> {
    const path = `${accountPath(accountId)}/close`;
    return this.#change(accountId, { method: "POST", path, body, key, ...after(waitedMs) });
  }

  async addRelationships(accountId: string, body: string, key: string, waitedMs?: number): Promise<Answer<null>> {
    const path = `${accountPath(accountId)}/entity_relationships/batch`;
    const request: BankRequest = { call: "batch", method: "POST", path, body, key, ...after(waitedMs) };
    const answer = ofAccount(await this.#call(request, parseAddedTo), accountId);
    if (!answer.ok) return answer;
    if (answer.value !== accountId) return { ok: false, failure: answeredForAnother(answer.value, answer) };
    return { ...answer, value: null };
  }

  async removeRelationship(
    accountId: string,
    entityId: string,
    relationshipType: string,
    waitedMs?: number,
  ): Promise<Answer<null>> {
    const of = `${accountPath(accountId)}/entity_relationships/${encode(entityId)}`;
    const path = `${of}?relationship_type=${encode(relationshipType)}`;
    const request: BankRequest = { call: "write", method: "DELETE", path, ...after(waitedMs) };
    const answer = await this.#call(request, (json) => (parseRelationshipPage(json) ? null : undefined));
    return ofAccount(answer, accountId);
  }

  authenticate(): Promise<Answer<null>> {
    return this.#parts.authenticate();
  }

  clockSkewMs(): number | null {
    return this.#parts.clockSkewMs();
  }

  longestWaitMs(): number {
    return this.#parts.longestWaitMs();
  }

  steer(steering: Steering): void {
    this.#parts.steer(steering);
  }

  throughput(): Throughput {
    return this.#parts.throughput();
  }

  stop(): void {
    this.#parts.stop();
  }

  close(graceMs?: number): Promise<void> {
    return this.#parts.close(graceMs);
  }

  async #change(accountId: string, request: Omit<BankRequest, "call">): Promise<Answer<Account>> {
    const answer = await this.#call({ ...request, call: "write" }, (json) => parseAccount(json));
    if (answer.ok && answer.value.id !== accountId)
      return { ok: false, failure: answeredForAnother(answer.value.id, answer) };
    return ofAccount(answer, accountId);
  }

  async #find<Value>(path: string, parse: (json: unknown) => Value | undefined): Promise<Answer<readonly Value[]>> {
    const answer = orNone(await this.#call(get(path), (json) => parseFound(json, (one) => parse(one))));
    return answer.ok ? { ...answer, value: answer.value ?? [] } : answer;
  }

  async #call<Value>(request: BankRequest, read: ReadJson<Value>): Promise<Answer<Value>> {
    return readAnswer(await this.#parts.transport(request), request.call, read);
  }
}

function readAnswer<Value>(reply: BankReply, call: CallKind, read: ReadJson<Value>): Answer<Value> {
  const answer = classify(reply, call);
  if (!answer.ok) return answer;
  const json = jsonOf(reply);
  const value = json === undefined ? undefined : read(json, reply.kind === "response" ? reply.body : "");
  // What was read may be sent back, and must then be what the bank holds.
  const isHarmed = call === "read" && reply.kind === "response" && reply.isBlotted === true && holdsBlot(value);
  if (value !== undefined && !isHarmed) return { ...answer, value };
  const misshapen = json === undefined ? "it is not JSON" : "it does not have the form that this call answers with";
  const reason = isHarmed ? "it repeats one of our secrets in a value that is compared and sent back" : misshapen;
  const outage = reply.kind === "response" && reply.outage && { outage: reply.outage };
  return { ok: false, failure: { ...unreadable(call, answer.status, reason), ...requestIdOf(answer), ...outage } };
}

/** Members that are unknown here are neither compared nor sent. */
function holdsBlot(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { client_account_id, application_id, capabilities, entities, details, metadata, documents } = value;
  const known = [client_account_id, application_id, capabilities, entities, details, metadata, documents];
  return JSON.stringify(known).includes(BLOT);
}

/** An id as a part of a path or query. Half a character, which JSON allows and a URL doesn't, cannot be part of an id. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function get(path: string): BankRequest {
  return { call: "read", method: "GET", path };
}

function after(waitedMs: number | undefined): { waitedMs?: number } {
  return waitedMs === undefined ? {} : { waitedMs };
}

function accountPath(accountId: string): string {
  return `/v0/accounts/${encode(accountId)}`;
}

/**
 * Only a 404 to this call with the bank's own body is a none; any other may come from a bank or a proxy that has no such route, or from the token
 * endpoint, which knows no accounts.
 */
function isNone({ kind, status, bankCode }: Failure): boolean {
  return kind === "refused" && status === 404 && bankCode !== "";
}

/** Whole, and not the answer of a look-up. An answer that was cut proves nothing about the route. */
function isNoLookUp(reply: BankReply, { status, code }: Failure): boolean {
  const isOther = status === 404 || status === 405 || code === "bank_answer_unreadable";
  return reply.kind === "response" && isOther;
}

function orNone<Value>(answer: Answer<Value>): Answer<Value | null> {
  return answer.ok || !isNone(answer.failure) ? answer : { ok: true, value: null, status: 404 };
}

/** The bank's own 404 for the account, and not for something else that the call names. */
function ofAccount<Value>(answer: Answer<Value>, accountId: string): Answer<Value> {
  if (answer.ok || !isNone(answer.failure)) return answer;
  if (!["", "id", "account_id"].includes(answer.failure.parameter)) return answer;
  const message = `the bank has no account ${accountId}`;
  return { ok: false, failure: { ...answer.failure, code: "account_not_found", message, parameter: "account_id" } };
}

function unproven(failure: Failure): Failure {
  const message = `the bank's answer to the look-up is not a valid one: ${failure.message}`;
  return { ...failure, kind: "refused", code: "lookup_unproven", message };
}

function toRelationships(found: Readonly<Record<RelationshipType, ReadonlySet<string>>>): Relationships {
  return {
    account_holder: [...found.account_holder],
    authorized_signer: [...found.authorized_signer],
    authorized_user: [...found.authorized_user],
  };
}
