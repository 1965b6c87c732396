/**
 * A receiver of notifications over HTTP, on loopback: keeps what it gets, and answers as a test wants it to.
 */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export class Receiver implements AsyncDisposable {
  readonly received: Received[] = [];
  /** How the next requests are answered; 204 when none is left. */
  readonly answers: ((answer: ServerResponse) => void)[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, answer) => {
      let body = "";
      for await (const part of request.setEncoding("utf8")) body += part;
      this.received.push({ path: request.url ?? "", headers: request.headers, body });
      const next = this.answers.shift();
      if (next === undefined) answer.writeHead(204).end();
      else next(answer);
    });
  }

  static async open(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  json(): Record<string, unknown>[] {
    return this.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
