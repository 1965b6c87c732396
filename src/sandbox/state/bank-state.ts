/**
 * What the stand-in holds: accounts with their relationships, entities and applications, in live maps that find by a
 * second id too. Holds them only; the rules are elsewhere, and nothing here knows HTTP.
 */
import type { Account, HolderType, RelationshipType, Status } from "../../account.ts";
import type { Journal } from "./journal.ts";

/** The same shape, with every member writable: a test may change the bank behind the client's back. */
export type Writable<T> = T extends readonly (infer E)[]
  ? Writable<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Writable<T[K]> }
    : T;

/** The account as `GET /v0/accounts/{id}` answers it, and its entity ids, which that answer never shows. */
export interface SandboxAccount extends Writable<Account> {
  status: Status;
  relationships: Record<RelationshipType, string[]>;
}

export const ENTITY_KINDS = ["individual", "business", "sole_prop"] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

export interface SandboxEntity {
  id: string;
  type: EntityKind;
  created_at: string;
  updated_at: string;
  client_customer_id?: string;
  role_details: { name: RelationshipType; status: "active" | "inactive" }[];
  individual_details?: Record<string, unknown>;
  business_details?: Record<string, unknown>;
  sole_proprietor?: { entity_id: string };
  metadata?: Record<string, string>;
}

export interface SandboxApplication {
  id: string;
  client_application_id?: string;
  created_at: string;
  updated_at: string;
  status: "approved" | "declined" | "canceled";
  entities: { account_holder_type: HolderType; account_holders: string[]; authorized_signers?: string[] };
  metadata?: Record<string, string>;
}

/**
 * A map by id that also finds by the id the client gave. The second id need not be unique: the bank does not promise
 * that, and two accounts of one client id must be seen. It is read when a value is set; to change it, set the value again.
 */
export class IndexedMap<T extends { id: string }> extends Map<string, T> {
  readonly #secondOf: (value: T) => string | undefined;
  readonly #idsBySecond = new Map<string, Set<string>>();
  readonly #secondById = new Map<string, string>();

  constructor(secondOf: (value: T) => string | undefined) {
    super();
    this.#secondOf = secondOf;
  }

  override set(id: string, value: T): this {
    this.#forget(id);
    const second = this.#secondOf(value);
    if (second !== undefined) {
      this.#secondById.set(id, second);
      const ids = this.#idsBySecond.get(second);
      if (ids === undefined) this.#idsBySecond.set(second, new Set([id]));
      else ids.add(id);
    }
    return super.set(id, value);
  }

  override delete(id: string): boolean {
    this.#forget(id);
    return super.delete(id);
  }

  override clear(): void {
    this.#idsBySecond.clear();
    this.#secondById.clear();
    super.clear();
  }

  /** Every value that was set with this second id, oldest first. */
  findBySecond(second: string): T[] {
    const ids = this.#idsBySecond.get(second);
    return ids === undefined ? [] : [...ids].map((id) => this.get(id)).filter((value) => value !== undefined);
  }

  #forget(id: string): void {
    const second = this.#secondById.get(id);
    if (second === undefined) return;
    this.#secondById.delete(id);
    const ids = this.#idsBySecond.get(second);
    ids?.delete(id);
    if (ids?.size === 0) this.#idsBySecond.delete(second);
  }
}

/** Everything a call of the bank may read and change. `now` is in milliseconds since 1970. */
export interface BankState {
  readonly accounts: IndexedMap<SandboxAccount>;
  readonly entities: IndexedMap<SandboxEntity>;
  readonly applications: IndexedMap<SandboxApplication>;
  readonly journal: Journal;
  readonly now: () => number;
  /** Changes an account that a call has written, in place. */
  readonly keep?: ((account: SandboxAccount) => void) | undefined;
}

/** Consumer for individuals, commercial for the rest (contract, "The account": account_holder_type is derived). */
export function holderTypeOf(kind: EntityKind): HolderType {
  return kind === "individual" ? "consumer" : "commercial";
}

/** The account's JSON. `client_account_id` is shown by GET by id and the look-up only (OpenAPI: Account). */
export function accountJson(account: SandboxAccount, show: { clientId: boolean }): object {
  const { relationships: _, client_account_id, ...shown } = account;
  return show.clientId && client_account_id !== undefined ? { ...shown, client_account_id } : shown;
}
