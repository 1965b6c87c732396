/**
 * A gateway on loopback in front of a sandbox. Requests pass through it unchanged, and on order it answers one itself, with
 * all that the request held echoed back. Keeps the tokens and keys that it saw, so that a test can look for them.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface Order {
  /** With 200 the bank's own answer goes back, with the echo as further members of it. */
  readonly status: number;
  /** The bank's own code, or the echo as well. */
  readonly code?: string;
  readonly path: RegExp;
  readonly method?: string;
}

export interface Gateway extends AsyncDisposable {
  readonly url: string;
  readonly tokens: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
  /** How many answers were echoes. */
  readonly echoes: number;
}

/** Each order strikes every request that fits it. */
export async function startGateway(bankUrl: string, orders: readonly Order[]): Promise<Gateway> {
  const tokens = new Set<string>();
  const keys = new Set<string>();
  let echoes = 0;
  /** What held the client's secret. */
  let grant = "";
  const server = createServer(async (request, response) => {
    try {
      const body = await buffer(request);
      const { method = "GET", url = "/", headers } = request;
      const key = textOf(headers["idempotency-key"]);
      const token = textOf(headers.authorization).replace(/^Bearer /, "");
      if (key !== "") keys.add(key);
      if (token !== "") tokens.add(token);
      if (url.includes("oauth")) grant = body.toString("utf8");
      const order = orders.find((one) => one.path.test(url) && (one.method ?? method) === method);
      if (order !== undefined && order.status !== 200) {
        echoes += 1;
        response.writeHead(order.status, { "content-type": "application/json", "x-request-id": token });
        response.end(echo(order, request, body.toString("utf8")));
        return;
      }
      const answer = await fetch(bankUrl + url, {
        method,
        headers: pick(headers),
        ...(body.length > 0 && { body: new Uint8Array(body) }),
      });
      const text = await answer.text();
      const type = answer.headers.get("content-type") ?? "application/json";
      response.writeHead(answer.status, { "content-type": type, "x-request-id": token });
      if (order === undefined || answer.status !== 200) response.end(text);
      else {
        echoes += 1;
        // Whole: a secret that is cut in two is none that anybody could find.
        const { title, detail } = JSON.parse(echo(order, request, grant + body.toString("utf8")));
        response.end(JSON.stringify({ ...JSON.parse(text), title, detail }));
      }
    } catch {
      // The client has left, or the bank has cut the connection: so is this one.
      response.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens,
    keys,
    get echoes() {
      return echoes;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function pick(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(
    ["authorization", "content-type", "idempotency-key", "accept"].flatMap((name) => {
      const value = textOf(headers[name]);
      return value === "" ? [] : [[name, value]];
    }),
  );
}

/** An error body in the bank's shape with the request in every member: whole, in pieces, and as text within text. */
function echo({ status, code }: Order, { method, url, headers }: IncomingMessage, body: string): string {
  const { authorization = "", "idempotency-key": key = "" } = headers;
  const all = `${authorization} ${key} ${url} ${body}`;
  const pieces = body.match(/.{1,200}/gs) ?? [];
  return JSON.stringify({
    code: code ?? all,
    title: all,
    detail: `${method} ${all}`,
    status,
    instance: all,
    invalid_parameters: [all, JSON.stringify(all), ...pieces].map((reason) => ({ parameter: reason, reason })),
  });
}

function textOf(header: string | string[] | undefined): string {
  return typeof header === "string" ? header : "";
}
