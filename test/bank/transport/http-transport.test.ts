/**
 * HTTP against servers that misbehave for real: whether the reply says rightly that a byte may have left.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { expect } from "chai";
import { openHttpTransport } from "../../../src/bank/transport/http-transport.ts";
import type { BankReply, BankRequest } from "../../../src/bank/transport.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { rawAnswer, startRawServer } from "./raw-server.ts";

const READ: BankRequest = { call: "read", method: "GET", path: "/v0/accounts/account_1", token: "t0ken" };
const WRITE: BankRequest = { call: "write", method: "POST", path: "/v0/accounts", body: '{"a":"é"}', key: "key-1" };

async function using<Result>(
  url: string,
  act: (send: (request: BankRequest) => Promise<BankReply>) => Promise<Result>,
  settings: { callTimeoutMs?: number; connections?: number } = {},
): Promise<Result> {
  const clock = new FakeClock(Date.parse("Wed, 15 Jan 2025 12:00:00 GMT"));
  const http = openHttpTransport({ apiUrl: url, connections: 2, callTimeoutMs: 2_000, ...settings }, clock);
  try {
    return await act(http.send);
  } finally {
    await http.close();
  }
}

async function refusedUrl(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}`;
}

describe("openHttpTransport", () => {
  it("sends method, path, headers and body byte for byte, and gives status and body", async () => {
    await using server = await startRawServer((socket) => socket.write(rawAnswer(200, '{"id":"é"}')));
    const replies = await using(`${server.url}/base`, async (send) => [await send(READ), await send(WRITE)], {
      connections: 1,
    });
    expect(replies).to.deep.equal(Array(2).fill({ kind: "response", status: 200, body: '{"id":"é"}' }));
    const [read = "", write = ""] = server.requests;
    expect(read).to.match(/^GET \/base\/v0\/accounts\/account_1 HTTP\/1.1\r\n/);
    expect(read).to.include("authorization: Bearer t0ken").and.not.include("content-type");
    expect(write)
      .to.match(/^POST \/base\/v0\/accounts HTTP\/1.1\r\n/)
      .and.include("idempotency-key: key-1");
    expect(write).to.include("content-type: application/json").and.include("content-length: 10");
    expect(Buffer.from(write.split("\r\n\r\n")[1] ?? "", "latin1").toString()).to.equal(WRITE.body);
    expect(server.connections, "the socket is used again").to.equal(1);
  });

  it("sends a POST without a body as one of no bytes", async () => {
    await using server = await startRawServer((socket) => socket.write(rawAnswer(200, "{}")));
    await using(server.url, (send) => send({ call: "write", method: "POST", path: "/v0/x/activate", key: "k" }));
    expect(server.requests[0]).to.include("content-length: 0").and.not.include("content-type");
  });

  for (const [name, headers, retryAfterMs] of [
    ["seconds", ["retry-after: 7"], 7_000],
    [
      "a date and the server's own time",
      ["retry-after: Wed, 15 Jan 2025 09:00:30 GMT", "date: Wed, 15 Jan 2025 09:00:00 GMT"],
      30_000,
    ],
    ["a date alone", ["retry-after: Wed, 15 Jan 2025 12:00:09 GMT"], 9_000],
    ["two headers", ["retry-after: 1", "retry-after: 2"], undefined],
  ] as const) {
    it(`reads Retry-After from ${name}`, async () => {
      await using server = await startRawServer((socket) => socket.write(rawAnswer(429, "", headers)));
      const expected = { kind: "response", status: 429, body: "" };
      expect(await using(server.url, (send) => send(READ))).to.deep.equal(
        retryAfterMs === undefined ? expected : { ...expected, retryAfterMs },
      );
    });
  }

  it("gives what the headers call the request, of a whole answer and of one that is cut", async () => {
    await using server = await startRawServer((socket, count) => {
      const head = rawAnswer(count === 1 ? 422 : 200, "{}", ["CF-RAY: 8c1f-FRA", "X-Request-Id: req_1"]);
      if (count === 1) socket.write(head);
      else socket.end(head.slice(0, -1));
    });
    const replies = await using(server.url, async (send) => [await send(READ), await send(WRITE)]);
    expect(replies[0]).to.deep.equal({ kind: "response", status: 422, body: "{}", requestId: "req_1" });
    expect(replies[1]).to.include({ kind: "no_response", status: 200, requestId: "req_1" });
  });

  it("passes an interim answer over, and follows no redirect", async () => {
    await using server = await startRawServer((socket) =>
      socket.write(`HTTP/1.1 103 Early Hints\r\n\r\n${rawAnswer(302, "", ["location: /elsewhere"])}`),
    );
    expect(await using(server.url, (send) => send(READ))).to.deep.equal({ kind: "response", status: 302, body: "" });
    expect(server.requests).to.have.length(1);
  });

  it("knows that nothing was sent: refused, unknown host, broken TLS", async () => {
    await using plain = await startRawServer(() => {});
    for (const url of [await refusedUrl(), "http://no-such-host.invalid", plain.url.replace("http:", "https:")]) {
      // The server waits for a whole HTTP request, so the handshake stalls until the time for connecting is over.
      const reply = await using(url, (send) => send(WRITE), { callTimeoutMs: 400 });
      expect(reply, url).to.include({ kind: "no_response", sent: false, status: 0 });
    }
    expect(plain.requests).to.deep.equal([]);
  });

  it("knows that nothing was sent: TLS answered with garbage", async () => {
    const server = createServer((socket) => socket.on("error", () => {}).end("not TLS at all\r\n")).listen(
      0,
      "127.0.0.1",
    );
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      const reply = await using(`https://127.0.0.1:${port}`, (send) => send(WRITE));
      const reason = "no TLS with this server: wrong version number";
      expect(reply).to.include({ kind: "no_response", sent: false, status: 0, reason });
    } finally {
      server.close();
    }
  });

  it("knows that nothing was sent: TLS refused by the server, which has no certificate", async () => {
    const server = createTlsServer({}, () => {}).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      const reply = await using(`https://127.0.0.1:${port}`, (send) => send(WRITE));
      expect(reply).to.include({ kind: "no_response", sent: false, status: 0 });
      expect(reply).to.have.property("reason").that.includes("handshake failure");
    } finally {
      server.close();
    }
  });

  it("knows that nothing was sent: given up while it waited for a socket", async function () {
    // Both are given up at about the same moment, and the socket may come free just before.
    this.retries(4);
    let release = () => {};
    await using server = await startRawServer((socket, count) => {
      if (count === 1) release = () => socket.write(rawAnswer(200, "{}"));
    });
    const replies = await using(
      server.url,
      async (send) => {
        const [first, second] = [send(READ), send(WRITE)];
        const given = await Promise.all([first, second]);
        release();
        return given;
      },
      { connections: 1, callTimeoutMs: 300 },
    );
    expect(replies[0]).to.include({ kind: "no_response", sent: true });
    expect(replies[1]).to.include({ kind: "no_response", sent: false });
    expect(server.requests, "what was given up is never sent later").to.have.length(1);
  });

  const cut = (text: string) => (socket: Socket) => socket.end(text);
  const DOUBTS: readonly (readonly [string, (socket: Socket) => void, number])[] = [
    ["reset before headers", (socket) => socket.resetAndDestroy(), 0],
    ["closed before headers", cut(""), 0],
    ["closed within headers", cut("HTTP/1.1 200 OK\r\ncontent-le"), 0],
    ["closed after an interim answer", cut("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 2"), 0],
    ["closed in the body", cut('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"id":'), 200],
    ["closed in a chunked body", cut("HTTP/1.1 422 X\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"), 422],
    [
      "reset in the body",
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"id":', () =>
          setImmediate(() => socket.resetAndDestroy()),
        );
      },
      200,
    ],
    ["stall before headers", () => {}, 0],
    ["stall in the body", (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"id":'), 200],
    ["garbage", cut("SMTP ready\r\n\r\n"), 0],
    ["headers too large", (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}\r\n\r\n`), 0],
    ["body too large", (socket) => socket.write(rawAnswer(200, `"${"y".repeat(4 * 1024 * 1024)}"`)), 200],
    [
      "not UTF-8",
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n");
        socket.write(Buffer.from([0x22, 0xe9, 0x22]));
      },
      200,
    ],
  ];
  for (const [name, misbehave, status] of DOUBTS) {
    for (const request of [READ, WRITE]) {
      it(`is in doubt after ${request.method}: ${name}`, async () => {
        await using server = await startRawServer(misbehave);
        const callTimeoutMs = name.startsWith("stall") ? 500 : 20_000;
        const reply = await using(server.url, (send) => send(request), { callTimeoutMs });
        expect(reply).to.include({ kind: "no_response", sent: true, status });
        expect(reply).to.have.property("reason").that.is.a("string").and.not.equal("");
        expect(server.requests, "sent once").to.have.length(1);
      });
    }
  }

  it("ends at the deadline, and cuts the socket, though the answer trickles on", async () => {
    let cutByUs: Promise<unknown> = Promise.reject(new Error("no request came"));
    cutByUs.catch(() => {});
    await using server = await startRawServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n");
      const trickle = setInterval(() => socket.write("x"), 20);
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      cutByUs = closed.finally(() => clearInterval(trickle));
    });
    const reply = await using(
      server.url,
      async (send) => {
        const given = await send(WRITE);
        await cutByUs;
        return given;
      },
      { callTimeoutMs: 300 },
    );
    expect(reply).to.include({ kind: "no_response", sent: true, status: 200, reason: "timed out after 300 ms" });
  });

  it("is in doubt when a used socket is cut under a request, and sends it once", async () => {
    await using server = await startRawServer((socket, count) => {
      if (count === 1) socket.write(rawAnswer(200, "{}"));
      else socket.resetAndDestroy();
    });
    const reply = await using(
      server.url,
      async (send) => {
        expect(await send(WRITE)).to.include({ kind: "response" });
        return send(WRITE);
      },
      { connections: 1 },
    );
    expect(reply).to.include({ kind: "no_response", sent: true, status: 0 });
    expect(server.requests).to.have.length(2);
    expect(server.connections).to.equal(1);
  });

  it("takes a new socket after the server closed the idle one", async () => {
    await using server = await startRawServer((socket) => socket.end(rawAnswer(200, "{}")));
    const replies = await using(server.url, async (send) => [await send(WRITE), await send(WRITE), await send(WRITE)]);
    for (const reply of replies) expect(reply).to.include({ kind: "response", status: 200 });
    expect(server.requests).to.have.length(3);
  });

  it("never sends twice over a socket race: each request arrives at most once", async () => {
    await using server = await startRawServer((socket, count) => {
      socket.write(rawAnswer(200, "{}"));
      if (count % 3 === 0) setImmediate(() => socket.destroy());
    });
    const replies = await using(server.url, (send) =>
      Promise.all(Array.from({ length: 60 }, (_, index) => send({ ...WRITE, key: `key-${index}` }))),
    );
    const keys = server.requests.map((text) => /idempotency-key: (\S+)/.exec(text)?.[1]);
    expect(new Set(keys).size).to.equal(keys.length);
    replies.forEach((reply, index) => {
      if (reply.kind === "no_response" && !reply.sent) expect(keys).to.not.include(`key-${index}`);
    });
  });

  it("closes twice without a word", async () => {
    const http = openHttpTransport(
      { apiUrl: "http://127.0.0.1:9", connections: 1, callTimeoutMs: 100 },
      new FakeClock(),
    );
    await Promise.all([http.close(), http.close()]);
    expect(await http.send(WRITE)).to.include({ kind: "no_response", sent: false });
  });
});
