/**
 * Serves health and metrics over HTTP: /healthz, /readyz and /metrics. Answers within seconds, changes nothing, and knows nothing of its callers.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FatalError } from "../errors/fatal-error.ts";
import { nodeCode } from "../errors/node-code.ts";
import type { ListenAt } from "./parse-listen.ts";

export interface Monitored {
  /** Why the process does not do its work now, in one line; null when it does. */
  readonly whyNotReady: () => Promise<string | null>;
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
}

export interface MonitorServer extends AsyncDisposable {
  readonly url: string;
}

const REQUEST_MS = 20_000;
const PLAIN = "text/plain; charset=utf-8";

/** Throws FatalError `usage` for an address that cannot be listened at. */
export async function serveMonitor({ host, port }: ListenAt, monitored: Monitored): Promise<MonitorServer> {
  const server = createServer((request, answer) => {
    const path = request.url?.split("?")[0] ?? "";
    request.resume();
    if (request.method !== "GET" && request.method !== "HEAD") return send(answer, 405, "only GET\n");
    respond(path, answer, monitored).catch(() => send(answer, 500, "internal error\n"));
  });
  // Longer than a write to a ledger in a file waits for another program: a request that came meanwhile is answered then.
  server.headersTimeout = REQUEST_MS;
  server.requestTimeout = REQUEST_MS;
  server.maxConnections = 50;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      const why = nodeCode(error) === "EADDRINUSE" ? "is in use" : `cannot be opened (${nodeCode(error)})`;
      reject(
        new FatalError("usage", `--listen: port ${port} of ${host} ${why}`, {
          hint: "give another one, or end what listens there",
        }),
      );
    });
    server.listen(port, host, resolve);
  });
  server.on("error", () => {});
  const at = server.address() as AddressInfo;
  return {
    url: `http://${at.family === "IPv6" ? `[${at.address}]` : at.address}:${at.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function respond(path: string, answer: ServerResponse, { whyNotReady, metrics }: Monitored): Promise<void> {
  if (path === "/healthz") return send(answer, 200, "alive\n");
  if (path === "/readyz") {
    const why = await whyNotReady();
    return send(answer, why === null ? 200 : 503, `${why ?? "ready"}\n`);
  }
  if (path !== "/metrics") return send(answer, 404, "there are /healthz, /readyz and /metrics\n");
  const { text, contentType } = await metrics();
  return send(answer, 200, text, contentType);
}

function send(answer: ServerResponse, status: number, text: string, contentType = PLAIN): void {
  if (answer.headersSent) return;
  // A connection that waits for the next request may be closed just as that comes.
  const headers = { "Content-Type": contentType, "Cache-Control": "no-store", Connection: "close" };
  answer.writeHead(status, headers).end(text);
}
