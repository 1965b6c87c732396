/**
 * A client on a stand-in of its own, for as long as a test acts.
 */

import type { Answer, BankApi, BankSettings } from "../../src/bank/bank-api.ts";
import { CallTimes } from "../../src/bank/call-times.ts";
import { type BankOutside, openBank } from "../../src/bank/open-bank.ts";
import type { PaceChange } from "../../src/bank/transport/pace.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { FakeClock } from "../support/fake-clock.ts";

/** A clock on which every sleep is over at once, so that waiting shows in its time only. */
class HastyClock extends FakeClock {
  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted !== true) await this.advance(ms);
  }
}

export interface Given {
  readonly bank: BankApi;
  readonly sandbox: Sandbox;
  readonly clock: FakeClock;
  readonly changes: readonly PaceChange[];
}

const IDLE = { cap: 1, inFlight: 0, calls: 0, meanMs: null, times: new CallTimes() };
/** What of a client's parts a test of its calls has no use for. */
export const REST = {
  clockSkewMs: () => null,
  longestWaitMs: () => 60_000,
  steer() {},
  throughput: () => ({ perSecond: 1, reads: IDLE, writes: IDLE, slowDowns: 0, pausedMs: 0, isDown: false }),
  stop() {},
  close: async () => {},
};

/** Two entities, and one account of the first. */
export const SEED = {
  entities: ["entity_1", "entity_2"].map((id) => ({
    id,
    type: "individual" as const,
    role_details: [
      { name: "account_holder" as const, status: "active" as const },
      { name: "authorized_user" as const, status: "active" as const },
    ],
  })),
  accounts: [{ id: "account_1", client_account_id: "c-1", relationships: { account_holder: ["entity_1"] } }],
};
/** The body of a create that the stand-in takes. */
export const CREATE = JSON.stringify({
  client_account_id: "c-2",
  capabilities: ["deposit"],
  entities: { account_holders: ["entity_1"] },
  details: { product_name: "Checking" },
  documents: [],
});

/** Opens a client on a stand-in of its own, acts, and closes both. */
export async function withBank(
  act: (given: Given) => Promise<unknown>,
  options: SandboxOptions = {},
  settings: Partial<BankSettings> = {},
): Promise<void> {
  await using sandbox = await startSandbox({ seed: SEED, ...options });
  const changes: PaceChange[] = [];
  const clock = new HastyClock();
  const outside: BankOutside = { clock, random: () => 0.5, onPaceChange: (change) => changes.push(change) };
  const bank = openBank(
    {
      apiUrl: sandbox.url,
      clientId: sandbox.clientId,
      clientSecret: sandbox.clientSecret,
      scopes: ["account/read_write"],
      requestsPerSecond: 1_000,
      burst: 1_000,
      caps: { reads: 4, writes: 4 },
      callTimeoutMs: 2_000,
      attempts: 3,
      ...settings,
    },
    outside,
  );
  try {
    await act({ bank, sandbox, clock, changes });
  } finally {
    await bank.close();
  }
}

/** `ok`, or kind, code and status of the failure. */
export function verdict(given: Answer<unknown>): string {
  return given.ok ? "ok" : `${given.failure.kind} ${given.failure.code} ${given.failure.status}`;
}
