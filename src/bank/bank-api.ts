/**
 * BankApi: the calls this product makes to the bank, one method each, and the answers as values. No answer of the bank,
 * and no missing one, throws here.
 */

import type { Account, Application, Entity, Relationships } from "../account.ts";
import type { Code } from "../errors/codes/codes.ts";
import type { CallTimes } from "./call-times.ts";

/**
 * refused: a definite no, the call did not take effect. transient: it certainly did not take effect, and may if sent
 * again. unknown: it may have taken effect. stop: no call can succeed before a person fixes something.
 */
export type FailureKind = "refused" | "transient" | "unknown" | "stop";

/** `message` is one line for an operator: the bank's own code and reasons, without secrets. */
export interface Failure {
  readonly kind: FailureKind;
  readonly code: Code;
  readonly message: string;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The bank's own error code, such as `parameters_invalid`; "" for none. */
  readonly bankCode: string;
  /** The parameter the bank complains of, such as `details.credit.limit`; "" for none. */
  readonly parameter: string;
  /** What the answer calls the request, if it says. */
  readonly requestId?: string;
  /** How long the bank asks to wait, if it says. */
  readonly retryAfterMs?: number;
  /** The same key is still being processed (409): wait, then the same key. */
  readonly inFlight?: true;
  /** A stop although the call may have taken effect. */
  readonly inDoubt?: true;
  /** The bank fails for everybody just now, so the attempt counts for nobody. */
  readonly outage?: true;
}

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value; readonly status: number; readonly requestId?: string }
  | { readonly ok: false; readonly failure: Failure };

/**
 * What the look-up by client_account_id answered. `ids` are the accounts it named: none, one, or several. `listed` says
 * that it came as a list, so that the route certainly exists; a 404 may also come from a bank without the look-up.
 */
export interface LookUp {
  readonly ids: readonly string[];
  readonly listed: boolean;
}

/** Calls of one kind: how many may be and are in flight, how many there were, each attempt for itself, and how long recent ones took. */
export interface Lane {
  readonly cap: number;
  readonly inFlight: number;
  readonly calls: number;
  /** From sent to answered; null before the first. */
  readonly meanMs: number | null;
  readonly times: Pick<CallTimes, "list">;
}

/** How fast the client is, and what slows it down. */
export interface Throughput {
  /** The pace in force, over reads and writes. */
  readonly perSecond: number;
  readonly reads: Lane;
  readonly writes: Lane;
  /** Answers that asked for fewer calls (429, 503). */
  readonly slowDowns: number;
  /** How long no call begins from now on; 0 when they go. */
  readonly pausedMs: number;
  /** Every call fails, and all wait until one that tests the bank gets an answer. */
  readonly isDown: boolean;
}

/** How a client is to work from now on; never beyond its settings. */
export interface Steering {
  /** No call begins; those in flight end. */
  readonly isPaused: boolean;
  readonly requestsPerSecond: number;
  /** Calls in flight at most. */
  readonly reads: number;
  readonly writes: number;
}

/**
 * GETs are retried inside, within the attempts given, and so may be called plainly. Calls that change the bank go out
 * exactly once per method call, under the key given, with `body` byte for byte; the caller decides whether to try again.
 * The one exception is a 401, which did not happen: with a fresh token the call goes out once more, unchanged. A call
 * still waiting for its turn when the client closes did not go out: `transient`, with code `stopped`. `waitedMs` is how long
 * ago the ledger was given the intent of the call; see longestWaitMs.
 * An account that does not exist is a `refused` failure with status 404.
 */
export interface BankApi {
  fetchAccount(accountId: string): Promise<Answer<Account>>;
  fetchRelationships(accountId: string): Promise<Answer<Relationships>>;
  /** Any answer that is neither accounts nor a clear none is a failure, never none. */
  fetchByClientAccountId(clientAccountId: string): Promise<Answer<LookUp>>;

  /** Null when the bank itself says that there is no such one. */
  fetchEntity(entityId: string): Promise<Answer<Entity | null>>;
  fetchApplication(applicationId: string): Promise<Answer<Application | null>>;
  /** Whatever the look-up by the program's own id names, under that id or not; empty for none. */
  fetchByClientCustomerId(clientCustomerId: string): Promise<Answer<readonly Entity[]>>;
  fetchByClientApplicationId(clientApplicationId: string): Promise<Answer<readonly Application[]>>;

  createAccount(body: string, key: string, waitedMs?: number): Promise<Answer<Account>>;
  patchAccount(accountId: string, body: string, key: string, waitedMs?: number): Promise<Answer<Account>>;
  activateAccount(accountId: string, key: string, waitedMs?: number): Promise<Answer<Account>>;
  deactivateAccount(accountId: string, body: string, key: string, waitedMs?: number): Promise<Answer<Account>>;
  closeAccount(accountId: string, body: string, key: string, waitedMs?: number): Promise<Answer<Account>>;
  addRelationships(accountId: string, body: string, key: string, waitedMs?: number): Promise<Answer<null>>;
  /** Has no key. A relationship that is not there is a `refused` failure with status 404 and parameter `relationship_type` or `entity_id`. */
  removeRelationship(
    accountId: string,
    entityId: string,
    relationshipType: string,
    waitedMs?: number,
  ): Promise<Answer<null>>;

  /** Fetches a token now, so that bad credentials show before any row is touched. */
  authenticate(): Promise<Answer<null>>;
  /** How far the bank's clock is ahead of ours, to the second; null before the first answer. */
  clockSkewMs(): number | null;
  /** A call that changes the bank leaves within so long of its intent, or not at all. */
  longestWaitMs(): number;
  throughput(): Throughput;
  steer(steering: Steering): void;
  /** From now on no call begins, and those that wait end as `stopped`; those in flight go on. */
  stop(): void;
  /** Stops, and waits for the calls in flight; after `graceMs`, if given, it cuts them, which leaves them in doubt. */
  close(graceMs?: number): Promise<void>;
}

/** What lies between this host and the bank. */
export interface BankNetwork {
  /** A forward proxy's `http` or `https` address, with user and password if it wants them. */
  readonly proxy?: string | undefined;
  /** What this client shows of itself in TLS, in PEM. */
  readonly certificate?:
    | { readonly cert: string; readonly key: string; readonly passphrase?: string | undefined }
    | undefined;
}

/** What the client is made of. It knows no money and no rows. */
export interface BankSettings {
  /** `https`, or `http` on loopback; without a trailing slash. */
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The secret as it is now, where it may be replaced while the process runs; asked before each token. */
  readonly rereadSecret?: (() => string) | undefined;
  readonly network?: BankNetwork | undefined;
  /** The least that the job at hand needs. */
  readonly scopes: readonly string[];
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** Calls in flight at most; as many sockets are kept. */
  readonly caps: { readonly reads: number; readonly writes: number };
  readonly callTimeoutMs: number;
  /** Attempts of one GET. */
  readonly attempts: number;
}
