/**
 * A bank that does next to nothing but write down when each call came: what several workers' pace is measured against. It lives in the
 * process that measures, which does nothing else meanwhile.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const TOKEN = '{"access_token":"bench","token_type":"Bearer","expires_in":86400,"scope":"account/read"}';
const HEADERS = { "content-type": "application/json" };

export interface CountingBank extends AsyncDisposable {
  readonly url: string;
  /** When each call came, by `performance.now()`. */
  readonly cameAtMs: number[];
  /** Answers the next call with a 429 that asks for so many seconds; resolves with when it did. */
  refuseNext(seconds: number): Promise<number>;
  /** Resolves once so many calls have come. */
  until(calls: number): Promise<void>;
}

export async function startCountingBank(): Promise<CountingBank> {
  const cameAtMs: number[] = [];
  let waiting: { calls: number; done: () => void } | null = null;
  let refusal: { seconds: number; done: (atMs: number) => void } | null = null;
  const server = createServer((request, response) => {
    const atMs = performance.now();
    if (cameAtMs.push(atMs) === waiting?.calls) waiting.done();
    if (refusal !== null) {
      response.writeHead(429, { ...HEADERS, "retry-after": String(refusal.seconds) }).end("{}");
      refusal.done(atMs);
      refusal = null;
      return;
    }
    const id = request.url?.split("/v0/accounts/")[1];
    response.writeHead(200, HEADERS).end(id === undefined ? TOKEN : JSON.stringify({ id, status: "active" }));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cameAtMs,
    refuseNext: (seconds) =>
      new Promise((done) => {
        refusal = { seconds, done };
      }),
    until: (calls) =>
      new Promise((done) => {
        if (cameAtMs.length >= calls) done();
        else waiting = { calls, done };
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
