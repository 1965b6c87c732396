/**
 * The bench's bank, a process of its own: plain HTTP that does as little as a bank can (token, GET and PATCH of an account,
 * look-up), so that what is measured is the client. Every account exists; a PATCH is merged and kept.
 *
 * It is told over IPC how long to wait before each answer, and tells what it was asked; see bank.ts.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { accountJson } from "./accounts.ts";
import type { BankCounts, BankOrder } from "./bank.ts";

type Json = { [name: string]: unknown };

const TOKEN = '{"access_token":"bench","token_type":"Bearer","expires_in":86400,"scope":"account/read_write"}';
const HEADERS = { "content-type": "application/json" };

let latencyMs = 0;
let counts = noCounts();
/** Accounts that were changed, as JSON text; all others are as they were. */
let changed = new Map<number, string>();

function noCounts(): BankCounts {
  return { reads: 0, writes: 0, readsAtMs: [0, 0], writesAtMs: [0, 0] };
}

const numberOf = (id: string) => Number(id.slice("account_".length));
const textOf = (n: number) => changed.get(n) ?? accountJson(n);

function merge(into: Json, patch: Json): Json {
  for (const [name, value] of Object.entries(patch)) {
    const present = into[name];
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    into[name] = isObject ? merge((present ?? {}) as Json, value as Json) : value;
  }
  return into;
}

function patch(n: number, body: string): string {
  const account = JSON.stringify(merge(JSON.parse(textOf(n)) as Json, JSON.parse(body) as Json));
  changed.set(n, account);
  return account;
}

function answer(method: string, path: string, body: string): string {
  if (path === "/v1/oauth/token") return TOKEN;
  const span = method === "GET" ? counts.readsAtMs : counts.writesAtMs;
  span[1] = performance.timeOrigin + performance.now();
  span[0] ||= span[1];
  counts[method === "GET" ? "reads" : "writes"] += 1;
  const [, id = ""] = path.split("/v0/accounts/");
  if (id === "") return `{"objects":[${textOf(Number(path.split("core-")[1]))}],"has_more":false}`;
  return method === "PATCH" ? patch(numberOf(id), body) : textOf(numberOf(id));
}

function respond(request: IncomingMessage, response: ServerResponse, body: string): void {
  const text = answer(request.method ?? "", request.url ?? "", body);
  const end = () => response.writeHead(200, HEADERS).end(text);
  if (latencyMs === 0) end();
  else setTimeout(end, latencyMs);
}

const server = createServer((request, response) => {
  if (request.method === "GET") {
    respond(request, response, "");
    return;
  }
  let body = "";
  request.setEncoding("utf8").on("data", (text: string) => {
    body += text;
  });
  request.on("end", () => respond(request, response, body));
});
server.keepAliveTimeout = 60_000;

process.on("message", (order: BankOrder) => {
  const told = { counts, cpuMs: process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000 };
  if (order.kind === "reset") {
    latencyMs = order.latencyMs;
    counts = noCounts();
    changed = new Map();
  }
  process.send?.(told);
});
process.on("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
