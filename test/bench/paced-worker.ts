/**
 * One of several workers on one ledger, as far as its calls to the bank go: reads accounts with 8 calls in flight, as fast as the pace that all
 * share lets it, from when it is told to begin until it is told to end.
 */
import { once } from "node:events";
import { openBank } from "../../src/bank/open-bank.ts";
import { systemClock } from "../../src/clock.ts";
import { parsePostgresUrl } from "../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../src/ledger/postgres/open-ledger.ts";
import type { PacedOrder, PacedTold } from "./paced-workers.ts";

/** As many callers as places: what waits for a place has passed the pace, and would go at once when the bank has been slow. */
const IN_FLIGHT = 8;

const { ledgerUrl, bankUrl, requestsPerSecond, burst } = JSON.parse(process.argv[2] ?? "") as PacedOrder;
const ledger = await openPostgresLedger(parsePostgresUrl(ledgerUrl));
const limits = ledger.pace?.of({ apiUrl: bankUrl, program: "bench" });
if (limits === undefined) throw new Error("this ledger keeps no pace");
let reservations = 0;
const shared: typeof limits = {
  ...limits,
  reserve(slots, settings) {
    reservations += 1;
    return limits.reserve(slots, settings);
  },
};
const settings = {
  apiUrl: bankUrl,
  clientId: "bench",
  clientSecret: "bench",
  scopes: ["account/read"],
  requestsPerSecond,
  burst,
  caps: { reads: IN_FLIGHT, writes: 1 },
  callTimeoutMs: 10_000,
  attempts: 5,
};
const bank = openBank(settings, { clock: systemClock, random: Math.random, shared });
process.send?.("ready");
await once(process, "message");
let isOver = false;
let calls = 0;
const call = async () => {
  while (!isOver) if ((await bank.fetchAccount(`account_${calls % 1_000}`)).ok) calls += 1;
};
const calling = Array.from({ length: IN_FLIGHT }, call);
await once(process, "message");
isOver = true;
await bank.close();
await Promise.all(calling);
await ledger[Symbol.asyncDispose]();
const told: PacedTold = { calls, reservations };
process.send?.(told, () => process.disconnect());
