/**
 * The HTTP side of the stand-in: every request is noted, passes the gates (fault, token, rate, body, key) and reaches its
 * call, whose answer is sent, or spoilt by a fault. Knows no rule about accounts.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { answerBadPayload, answerError, answerNotFound, renderAnswer, type SandboxAnswer } from "../answer.ts";
import { createAccount, getAccount, type LookupMode, lookUpAccount, patchAccount } from "../calls/account-calls.ts";
import type { Call } from "../calls/call.ts";
import { getApplication, getEntity, lookUpApplication, lookUpEntity } from "../calls/entity-calls.ts";
import { addRelationships, getRelationships, removeRelationship } from "../calls/relationship-calls.ts";
import { statusCalls } from "../calls/status-calls.ts";
import type { BankState } from "../state/bank-state.ts";
import { isObject } from "../state/fields.ts";
import { IdempotencyKeys } from "../state/idempotency.ts";
import { type SandboxRequest, TOKEN_PATH, trafficOf } from "../state/journal.ts";
import type { Tokens } from "../state/tokens.ts";
import { answerFault, answerTooMany, cutAnswer, cutConnection, fallSilent } from "./fault-answers.ts";
import type { Fault, Faults } from "./faults.ts";
import type { RateLimit } from "./rate-limit.ts";

/** What the server is made of; `isClosing` says whether a request may still take effect. */
export interface ServerParts {
  readonly bank: BankState;
  readonly tokens: Tokens;
  readonly keys: IdempotencyKeys;
  readonly faults: Faults;
  readonly rate: RateLimit | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly latencyMs: number;
  readonly lookup: LookupMode;
  readonly isClosing: () => boolean;
}

/** A request as the gates see it. `text` is the body as it came, byte for byte. */
interface Arrival {
  readonly request: FastifyRequest;
  readonly record: SandboxRequest;
  readonly text: string;
  readonly parsed: unknown;
}

type Process = (arrival: Arrival) => SandboxAnswer | Promise<SandboxAnswer>;

/** The server, not yet listening. */
export function createBankServer(parts: ServerParts): FastifyInstance {
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, request, reply) => sendFailure(error.statusCode, request, reply),
  });
  // The body stays text: the key belongs to its exact bytes, and what isn't JSON is answered in the bank's own shape.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: { statusCode?: number }, request, reply) =>
    sendFailure(error.statusCode, request, reply),
  );
  app.setNotFoundHandler(serve(parts, () => answerNotFound("There is no such route.", [])));
  app.post(
    "/v1/oauth/token",
    serve(parts, ({ parsed }) => parts.tokens.issue(parsed)),
  );
  const lookup = lookUpAccount(parts.lookup);
  for (const call of [
    createAccount,
    getAccount,
    patchAccount,
    ...statusCalls,
    getRelationships,
    addRelationships,
    removeRelationship,
    getEntity,
    lookUpEntity(parts.lookup),
    getApplication,
    lookUpApplication(parts.lookup),
    ...(lookup === undefined ? [] : [lookup]),
  ]) {
    app.route({ method: call.method, url: call.path, handler: serve(parts, passGates(parts, call)) });
  }
  return app;
}

/** Notes the request, lets faults strike, processes, and answers. */
function serve(parts: ServerParts, process: Process) {
  const { bank, faults, tokens } = parts;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const arrival = readArrival(request, bank.now());
    const { record } = arrival;
    const leave = bank.journal.arrive(record, trafficOf(record.method, record.path));
    const { order, delayMs } = faults.take(record);
    const keepBack = async (answer: SandboxAnswer | Promise<SandboxAnswer>) => {
      const ready = await answer;
      if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
      return ready;
    };
    // The client may give up on a request that was hit, which ends it here too.
    if (order !== undefined || delayMs > 0) reply.raw.once("close", leave);
    if (order?.fault === "token_expired") tokens.revoke();
    if (order === undefined || order.fault === "token_expired")
      return send(parts, reply, record, await keepBack(process(arrival)), leave);
    const { fault, ms, retryAfterSeconds } = order;
    const instead = answerFault(fault);
    if (instead !== undefined && !fault.endsWith("_after"))
      send(parts, reply, record, await keepBack(instead), leave, retryAfterSeconds);
    else if (fault === "reset") cutConnection(reply);
    else if (fault === "timeout_before") fallSilent(reply);
    else if (fault === "late") {
      const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
      await faults.holdBack(settled, ms);
      try {
        send(parts, reply, record, await keepBack(process(arrival)), leave);
      } finally {
        settle();
      }
    } else spoil(parts, reply, record, await keepBack(process(arrival)), fault, leave);
    return reply;
  };
}

function readArrival(request: FastifyRequest, at: number): Arrival {
  const { method, url, headers } = request;
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query: Record<string, string> = {};
  if (mark >= 0)
    for (const [name, value] of Object.entries(Object(request.query))) query[name] = String([value].flat()[0]);
  const key = headers["idempotency-key"];
  const text = typeof request.body === "string" ? request.body : "";
  const isJson = headers["content-type"]?.startsWith("application/json") === true;
  const parsed = text === "" ? undefined : isJson ? parseJson(text) : undefined;
  const record: SandboxRequest = {
    method,
    path,
    query,
    ...(typeof key === "string" && { idempotencyKey: key }),
    ...(text !== "" && { body: isObject(parsed) ? withoutSecret(parsed) : path === TOKEN_PATH ? "" : text }),
    requestId: `req_${randomUUID()}`,
    status: 0,
    at,
  };
  return { request, record, text, parsed };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withoutSecret(body: Record<string, unknown>): Record<string, unknown> {
  if (body.client_secret === undefined) return body;
  const { client_secret: _, ...shown } = body;
  return shown;
}

/** The gates before a call, in the order in which the bank is taken to have them. */
function passGates(parts: ServerParts, call: Call): Process {
  const { bank, tokens, keys, rate, latencyMs, isClosing } = parts;
  return async ({ request, record, text, parsed }) => {
    const barred = tokens.check(request.headers.authorization, call.scope);
    if (barred !== undefined) return barred;
    if (rate?.admit() === false) return answerTooMany();
    if (call.hasBody && !isObject(parsed)) return answerBadPayload();
    const { idempotencyKey } = record;
    const hash = call.isKeyed ? IdempotencyKeys.hashRequest(record.method, record.path, text) : "";
    const known = call.isKeyed ? keys.begin(idempotencyKey, hash, { isBatch: call.isBatch === true }) : undefined;
    if (known !== undefined) return known;
    if (latencyMs > 0) await sleep(latencyMs, undefined, { ref: false });
    const body = isObject(parsed) ? parsed : {};
    const input = { params: Object(request.params), query: record.query, body, idempotencyKey };
    const answer = isClosing()
      ? answerError(503, "closing", "The bank is closing.", "Try later.")
      : call.run(input, bank);
    if (call.isKeyed && idempotencyKey !== undefined) keys.end(idempotencyKey, hash, answer);
    return answer;
  };
}

function send(
  parts: ServerParts,
  reply: FastifyReply,
  record: SandboxRequest,
  answer: SandboxAnswer,
  leave: () => void,
  retryAfterSeconds = answer.kind === "error" && answer.status === 429 ? parts.retryAfterSeconds : undefined,
) {
  parts.bank.journal.decide(record, answer.status);
  // Before the first byte: who has the answer may send the next request, and must not be counted twice.
  leave();
  if (retryAfterSeconds !== undefined) reply.header("retry-after", retryAfterSeconds);
  reply.header("x-request-id", record.requestId);
  reply.header("content-type", answer.kind === "page" ? "text/html; charset=utf-8" : "application/json");
  return reply.code(answer.status).send(renderAnswer(answer, record.path));
}

/** The request has been processed; its answer is lost, replaced, cut or made unreadable. */
function spoil(
  parts: ServerParts,
  reply: FastifyReply,
  record: SandboxRequest,
  answer: SandboxAnswer,
  fault: Fault,
  leave: () => void,
): void {
  const instead = answerFault(fault);
  const body = renderAnswer(answer, record.path);
  if (instead !== undefined) send(parts, reply, record, instead, leave);
  else if (fault === "garbled_after") {
    const garbled = { kind: "json", status: answer.status, body: body.slice(0, -2) } as const;
    send(parts, reply, record, garbled, leave);
  } else {
    parts.bank.journal.decide(record, answer.status);
    if (fault === "reset_after") cutConnection(reply);
    else if (fault === "cut_after") cutAnswer(reply, record, body);
    else fallSilent(reply);
  }
}

/** What fails before a request reaches its handler (a body too large, a path that can't be decoded), in the bank's shape. */
function sendFailure(status = 500, request: FastifyRequest, reply: FastifyReply): void {
  const answer = answerError(status, "request_failed", "The request can't be handled.", "It did not reach a call.");
  reply.code(status).header("content-type", "application/json").send(renderAnswer(answer, request.url));
}
