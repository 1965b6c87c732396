/**
 * What HTTP alone can do, in a process of its own: autocannon sends the calls of one row, GET and PATCH in turn, on as many
 * connections as the cap, for some seconds. Prints the calls answered for each second.
 *
 * Takes the cap, the seconds, and `GET` for reads alone; the bank's address by LEAD_API_URL.
 */
import { randomUUID } from "node:crypto";
import autocannon from "autocannon";
import { accountId } from "./accounts.ts";

const [cap = "64", seconds = "5", only = ""] = process.argv.slice(2);
const authorization = "Bearer bench";
const path = `/v0/accounts/${accountId(1)}`;
const body = '{"details":{"credit":{"available_credit":400001}}}';
const write = { authorization, "content-type": "application/json", "idempotency-key": randomUUID() };
const requests = [
  { method: "GET", path, headers: { authorization, accept: "application/json" } },
  { method: "PATCH", path, headers: write, body },
];

const result = await autocannon({
  url: process.env.LEAD_API_URL ?? "",
  connections: Number(cap),
  duration: Number(seconds),
  requests: only === "GET" ? requests.slice(0, 1) : requests,
});
if (result.errors + result.non2xx > 0) throw new Error(`${result.errors} errors, ${result.non2xx} refusals`);
process.stdout.write(String(result["2xx"] / result.duration));
