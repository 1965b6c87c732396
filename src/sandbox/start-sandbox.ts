/**
 * The bundled stand-in for the bank. Options in, a server on loopback and a handle on what is inside out. It follows
 * the contract on its own: it imports the account's shape and nothing else of the client, so that it cannot repeat the
 * client's mistakes. Never listens on another address.
 */
import { randomBytes } from "node:crypto";
import type { LookupMode } from "./calls/account-calls.ts";
import { createBankServer } from "./server/bank-server.ts";
import { type Fault, type FaultMatch, type FaultOrder, Faults } from "./server/faults.ts";
import { RateLimit, type RateRules } from "./server/rate-limit.ts";
import {
  type BankState,
  IndexedMap,
  type SandboxAccount,
  type SandboxApplication,
  type SandboxEntity,
} from "./state/bank-state.ts";
import { IdempotencyKeys } from "./state/idempotency.ts";
import { Journal, type SandboxCounts, type SandboxEffect, type SandboxRequest, trafficOf } from "./state/journal.ts";
import { type SandboxSeed, seedAccount, seedApplication, seedEntity } from "./state/seed.ts";
import { readStateFile, writeStateFile } from "./state/state-file.ts";
import { SCOPES, type Scope, Tokens } from "./state/tokens.ts";

export interface SandboxOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  /** What the bank holds at first; not used when `state` names a file that exists. */
  seed?: SandboxSeed;
  /** A file that is read at the start, if it exists, and replaced at the close. */
  state?: string;
  /** The clock, in milliseconds since 1970. */
  now?: () => number;
  /** Random, unless given. */
  clientId?: string;
  clientSecret?: string;
  /** What the client may ask for; all by default. */
  scopes?: readonly Scope[];
  /** The life of a token; 86400. */
  tokenSeconds?: number;
  /** No limit by default. */
  rate?: RateRules;
  /** How long a call is in flight before it takes effect and is answered; 0. */
  latencyMs?: number;
  /**
   * How `GET /v0/accounts?client_account_id=…` answers. `list` (the default): every match in `objects`. `object`: the
   * first match itself, or a 404. `absent`: there is no such route. `ignores_filter`: an account of another client id.
   * `html`: 200 with a web page.
   */
  lookup?: LookupMode;
  /** Faults from the start; none. */
  faults?: readonly FaultOrder[];
  /** Changes an account that a call has written, in place, before the bank answers; no change. */
  keep?: (account: SandboxAccount) => void;
  /** How long an idempotency key is kept; 24. */
  keyHours?: number;
  /** Whether `requests` is kept, which a long bench can't afford; true. The counts are kept anyway. */
  recordRequests?: boolean;
}

/** A running stand-in. The maps are live: what a test sets there, the bank holds. */
export interface Sandbox extends AsyncDisposable {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** By id; they may be changed in place, but a new id that the client gave only by `set`. */
  readonly accounts: Map<string, SandboxAccount>;
  readonly entities: Map<string, SandboxEntity>;
  readonly applications: IndexedMap<SandboxApplication>;
  /** Every request received, in order. */
  readonly requests: readonly SandboxRequest[];
  /** Every write the bank has processed, in order; replays are none. */
  readonly effects: readonly SandboxEffect[];
  /** Those of `requests` that are POST (but not for a token), PATCH or DELETE. */
  readonly writes: readonly SandboxRequest[];
  /** The most that was in flight at once. */
  readonly peak: { readonly reads: number; readonly writes: number };
  readonly counts: SandboxCounts;
  /** Lets a fault hit the next `count` (1) requests that match; without `match`, any except the one for a token. */
  failNext(fault: Fault, count?: number, match?: FaultMatch): void;
  /** How often each fault that was ordered has hit. */
  readonly struck: Readonly<Partial<Record<Fault, number>>>;
  /** Drops every ordered fault. */
  clearFaults(): void;
  /** Lets the requests that the fault `late` keeps on their way arrive; resolves when they are processed. */
  landLate(): Promise<void>;
  /** Ends every token. */
  revokeTokens(): void;
  /** Cuts every connection, saves the state and stops; a second time does nothing. */
  close(): Promise<void>;
}

/** Starts the stand-in on 127.0.0.1. Throws SeedError for a state file that can't be used, and when the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { now = Date.now, keyHours = 24, rate } = options;
  const saved = options.state === undefined ? undefined : await readStateFile(options.state);
  const journal = new Journal(options.recordRequests ?? true);
  const bank = createBank(saved?.seed ?? options.seed ?? {}, { journal, now, keep: options.keep });
  const keys = new IdempotencyKeys(keyHours, now, saved?.keys);
  const faults = new Faults();
  for (const order of options.faults ?? []) faults.add(order);
  const clientId = options.clientId ?? `client_${randomBytes(8).toString("hex")}`;
  const clientSecret = options.clientSecret ?? randomBytes(24).toString("base64url");
  const { tokenSeconds = 86_400, scopes = SCOPES } = options;
  const tokens = new Tokens({ clientId, clientSecret, tokenSeconds, scopes, now });
  let closing: Promise<void> | undefined;
  const server = createBankServer({
    bank,
    tokens,
    keys,
    faults,
    rate: rate === undefined ? undefined : new RateLimit(rate, now),
    retryAfterSeconds: rate?.retryAfterSeconds,
    latencyMs: options.latencyMs ?? 0,
    lookup: options.lookup ?? "list",
    isClosing: () => closing !== undefined,
  });
  const url = await server.listen({ host: "127.0.0.1", port: options.port ?? 0 });
  const stop = async () => {
    await server.close();
    if (options.state !== undefined) await writeStateFile(options.state, bank, keys);
  };
  const close = () => {
    closing ??= stop();
    return closing;
  };
  return {
    url,
    clientId,
    clientSecret,
    accounts: bank.accounts,
    entities: bank.entities,
    applications: bank.applications,
    requests: journal.requests,
    effects: journal.effects,
    get writes() {
      return journal.requests.filter(({ method, path }) => trafficOf(method, path) === "write");
    },
    peak: journal.peak,
    counts: journal.counts,
    failNext: (fault, count = 1, match) => faults.add({ fault, count, ...(match !== undefined && { match }) }),
    struck: faults.struck,
    clearFaults: () => faults.clear(),
    landLate: () => faults.landLate(),
    revokeTokens: () => tokens.revoke(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createBank(seed: SandboxSeed, outside: Pick<BankState, "journal" | "now" | "keep">): BankState {
  const accounts = new IndexedMap<SandboxAccount>((account) => account.client_account_id);
  const entities = new IndexedMap<SandboxEntity>((entity) => entity.client_customer_id);
  const applications = new IndexedMap<SandboxApplication>((application) => application.client_application_id);
  const at = outside.now();
  // Copied, so that two banks never share one seed's objects.
  const own = structuredClone(seed);
  for (const one of own.entities ?? []) entities.set(one.id, seedEntity(one, at));
  for (const one of own.applications ?? []) applications.set(one.id, seedApplication(one, at));
  for (const one of own.accounts ?? []) accounts.set(one.id, seedAccount(one, entities, at));
  return { accounts, entities, applications, ...outside };
}
