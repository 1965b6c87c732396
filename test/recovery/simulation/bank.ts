/**
 * The bank of the simulation: a request goes in, what the bank says comes out, by the sandbox's own calls and store of
 * keys, in virtual time. It keeps the contract; what happens to requests and answers on the way is the network's.
 */
import type { BankRequest } from "../../../src/bank/transport.ts";
import { answerBadPayload, answerError, answerNotFound, type SandboxAnswer } from "../../../src/sandbox/answer.ts";
import {
  createAccount,
  getAccount,
  type LookupMode,
  lookUpAccount,
  patchAccount,
} from "../../../src/sandbox/calls/account-calls.ts";
import type { Call } from "../../../src/sandbox/calls/call.ts";
import { getEntity, lookUpEntity } from "../../../src/sandbox/calls/entity-calls.ts";
import {
  addRelationships,
  getRelationships,
  removeRelationship,
} from "../../../src/sandbox/calls/relationship-calls.ts";
import { statusCalls } from "../../../src/sandbox/calls/status-calls.ts";
import {
  type BankState,
  IndexedMap,
  type SandboxAccount,
  type SandboxEntity,
} from "../../../src/sandbox/state/bank-state.ts";
import { isObject } from "../../../src/sandbox/state/fields.ts";
import { IdempotencyKeys } from "../../../src/sandbox/state/idempotency.ts";
import { type EffectKind, Journal, TOKEN_PATH } from "../../../src/sandbox/state/journal.ts";
import { SCOPES, Tokens } from "../../../src/sandbox/state/tokens.ts";
import type { Figures } from "./figures.ts";
import type { World } from "./world.ts";

export const CREDENTIALS = {
  apiUrl: "https://bank.test",
  clientId: "core",
  clientSecret: "a-secret-of-the-simulation",
};
export const BANK_NAME = { apiUrl: CREDENTIALS.apiUrl, program: CREDENTIALS.clientId };

/** How the bank behaves where the contract leaves it open. */
export interface Habits {
  readonly lookup: LookupMode;
  /** How long a new account stays unknown to the look-up. */
  readonly lagMs: number;
  readonly keyHours: number;
  readonly tokenSeconds: number;
  /** The batch endpoint takes its time, and its 409 says nothing of why. */
  readonly saysLittle: boolean;
  /** How far its clock is ahead of the world's. */
  readonly skewMs: number;
}

/** One write that the bank processed. */
export interface Effect {
  readonly kind: EffectKind;
  readonly accountId: string;
}

/** Accounts get ids in the order they are made, and new ones stay unknown to the look-up for a while. */
class Accounts extends IndexedMap<SandboxAccount> {
  readonly #nowMs: () => number;
  readonly #lagMs: number;
  readonly #onLag: () => void;

  constructor(nowMs: () => number, lagMs: number, onLag: () => void) {
    super((account) => account.client_account_id);
    this.#nowMs = nowMs;
    this.#lagMs = lagMs;
    this.#onLag = onLag;
  }

  override set(id: string, account: SandboxAccount): this {
    // The sandbox draws ids that no seed can tell again.
    if (/^account_[0-9a-f]{32}$/.test(account.id)) account.id = `account_new${this.size + 1}`;
    return super.set(this.has(id) ? id : account.id, account);
  }

  override findBySecond(second: string): SandboxAccount[] {
    const all = super.findBySecond(second);
    const shown = all.filter(({ created_at = "" }) => Date.parse(created_at) + this.#lagMs <= this.#nowMs());
    if (shown.length < all.length) this.#onLag();
    return shown;
  }

  /** The account made last. */
  get latestId(): string {
    return [...this.keys()].at(-1) ?? "";
  }
}

class EffectLog extends Journal {
  readonly log: Effect[] = [];
  readonly #latestId: () => string;

  constructor(latestId: () => string) {
    super(false);
    this.#latestId = latestId;
  }

  override noteEffect(kind: EffectKind, accountId: string): void {
    this.log.push({ kind, accountId: kind === "create" ? this.#latestId() : accountId });
  }
}

interface Route {
  readonly call: Call;
  readonly pattern: RegExp;
}

const routeTo = (call: Call): Route => ({
  call,
  pattern: new RegExp(`^${call.path.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`),
});

/** Those of the look-up come last, and each bank has one of them or none. */
const ROUTES = [createAccount, getAccount, patchAccount, ...statusCalls]
  .concat(getRelationships, addRelationships, removeRelationship, getEntity, lookUpEntity("object"))
  .map(routeTo);

export class Bank {
  readonly state: BankState;
  readonly effects: readonly Effect[];
  readonly habits: Habits;
  readonly #keys: IdempotencyKeys;
  readonly #tokens: Tokens;
  readonly #routes: readonly Route[];
  readonly #figures: Figures;
  /** Every key that has ever come, with the request that it came with first; and those that have come with another one too. */
  readonly #requests = new Map<string, string>();
  readonly keysOfSeveral = new Set<string>();
  /** The keys that the bank keeps, and when each was spent, oldest first. */
  readonly #spent = new Map<string, number>();

  constructor(world: World, habits: Habits, figures: Figures) {
    const now = () => world.nowMs() + habits.skewMs;
    const accounts = new Accounts(now, habits.lagMs, () => figures.strike("look-up lagged"));
    const journal = new EffectLog(() => accounts.latestId);
    const entities = new IndexedMap<SandboxEntity>((entity) => entity.client_customer_id);
    this.state = { accounts, entities, applications: new IndexedMap(() => undefined), journal, now };
    this.effects = journal.log;
    this.habits = habits;
    this.#figures = figures;
    this.#keys = new IdempotencyKeys(habits.keyHours, now);
    const { clientId, clientSecret } = CREDENTIALS;
    this.#tokens = new Tokens({ clientId, clientSecret, tokenSeconds: habits.tokenSeconds, scopes: SCOPES, now });
    const lookUp = lookUpAccount(habits.lookup);
    this.#routes = lookUp === undefined ? ROUTES : [...ROUTES, routeTo(lookUp)];
  }

  revokeTokens(): void {
    this.#tokens.revoke();
  }

  /** The answer, or what is to be called once the bank has worked on the request, and then gives it. */
  receive(request: BankRequest): SandboxAnswer | (() => SandboxAnswer) {
    const [path = "", search = ""] = request.path.split("?");
    const parsed: unknown = request.body === undefined ? undefined : JSON.parse(request.body);
    if (path === TOKEN_PATH) return this.#tokens.issue(parsed);
    for (const { call, pattern } of this.#routes) {
      const params = call.method === request.method ? pattern.exec(path) : null;
      if (params === null) continue;
      const barred = this.#tokens.check(`Bearer ${request.token}`, call.scope);
      if (barred !== undefined) return barred;
      if (call.hasBody && !isObject(parsed)) return answerBadPayload();
      const query = search === "" ? {} : Object.fromEntries(new URLSearchParams(search));
      const input = {
        params: { ...params.groups },
        query,
        body: isObject(parsed) ? parsed : {},
        idempotencyKey: request.key,
      };
      const work = () => call.run(input, this.state);
      return call.isKeyed ? this.#receiveKeyed(request, path, call, work) : work;
    }
    return answerNotFound("There is no such route.", []);
  }

  #receiveKeyed({ method, key = "", body = "" }: BankRequest, path: string, call: Call, work: () => SandboxAnswer) {
    const request = IdempotencyKeys.hashRequest(method, path, body);
    if ((this.#requests.get(key) ?? request) !== request) this.keysOfSeveral.add(key);
    this.#requests.set(key, request);
    const known = this.#keys.begin(key, request, { isBatch: call.isBatch === true });
    if (known?.kind === "json") this.#figures.strike("answered again");
    if (known?.kind === "error" && known.status === 409) return this.#conflict(known, call);
    if (known !== undefined) return known;
    this.#countForgotten();
    return (): SandboxAnswer => {
      const answer = work();
      this.#keys.end(key, request, answer);
      if (answer.kind === "json") this.#spent.set(key, this.state.now());
      return answer;
    };
  }

  #countForgotten(): void {
    const before = this.state.now() - this.habits.keyHours * 3_600_000;
    for (const [key, atMs] of this.#spent) {
      if (atMs > before) return;
      this.#spent.delete(key);
      this.#figures.strike("key forgotten");
    }
  }

  #conflict(known: SandboxAnswer, call: Call): SandboxAnswer {
    this.#figures.strike("409");
    if (call.isBatch !== true || !this.habits.saysLittle) return known;
    this.#figures.strike("batch 409 that says little");
    return answerError(409, "conflict", "Conflict.", "The request conflicts with another.");
  }
}
