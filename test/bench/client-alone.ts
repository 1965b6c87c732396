/**
 * The bank's client alone, in a process of its own: token, pace, caps, breaker, retries and HTTP, with each answer checked
 * and parsed, and no ledger, file or plan. Sends the calls of one row, GET and PATCH in turn, for some seconds, as cannon.ts
 * does. Prints the calls answered for each second.
 *
 * Takes the cap and the seconds; the bank's address by LEAD_API_URL.
 */
import { randomUUID } from "node:crypto";
import { accountId } from "./accounts.ts";
import { openBenchBank } from "./bank-client.ts";

const [cap = "64", seconds = "5"] = process.argv.slice(2);
const { bank } = openBenchBank(Number(cap));
const id = accountId(1);
const body = '{"details":{"credit":{"available_credit":400001}}}';
let calls = 0;

async function send(untilMs: number): Promise<void> {
  while (performance.now() < untilMs) {
    const read = await bank.fetchAccount(id);
    const written = await bank.patchAccount(id, body, randomUUID());
    if (!read.ok || !written.ok) throw new Error("a call failed");
    calls += 2;
  }
}

await bank.authenticate();
const startedMs = performance.now();
await Promise.all(Array.from({ length: Number(cap) }, () => send(startedMs + Number(seconds) * 1000)));
const tookMs = performance.now() - startedMs;
await bank.close();
process.stdout.write(String((calls * 1000) / tookMs), () => process.exit());
