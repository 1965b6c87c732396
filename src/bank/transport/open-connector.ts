/**
 * How a lane's socket comes to be: straight to the bank, or by a tunnel through a forward proxy, with TLS to the bank within it either way.
 * The proxy sees the bank's host and nothing of the calls.
 */
import { Buffer } from "node:buffer";
import { buildConnector, Client } from "undici";
import type { BankNetwork } from "../bank-api.ts";

const isOk = (status: number) => status >= 200 && status < 300;

/** `timeoutMs` holds for the way to the proxy, for its answer and for the way from there, each. */
export function openConnector({ proxy, certificate }: BankNetwork, timeoutMs: number): buildConnector.connector {
  const direct = buildConnector({ allowH2: false, timeout: timeoutMs, ...certificate });
  if (proxy === undefined) return direct;
  const { origin, username, password, host } = new URL(proxy);
  const name = `the proxy at ${host}`;
  const user = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  const authorization = username === "" ? {} : { "proxy-authorization": `Basic ${user}` };
  return (options, callback) => {
    if (options.protocol !== "https:") return direct(options, callback);
    // One for each tunnel: the socket is the lane's from then on.
    const client = new Client(origin, { connect: { timeout: timeoutMs }, headersTimeout: timeoutMs });
    const path = options.port ? `${options.host}` : `${options.host}:443`;
    client.connect({ path, headers: { host: path, ...authorization } }).then(
      ({ socket, statusCode }) => {
        if (isOk(statusCode)) return direct({ ...options, httpSocket: socket as never }, callback);
        socket.on("error", () => {}).destroy();
        callback(new Error(`${name} answered ${statusCode}`), null);
      },
      (error: Error) => callback(new Error(`${name} cannot be used: ${error.message || error.name}`), null),
    );
  };
}
