/**
 * Sockets that are kept and used again: none is used longer than either side keeps it, a cut one leaves its request in
 * doubt, and whatever an answer does to its socket, the next call gets one.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { mock } from "node:test";
import { expect } from "chai";
import { openHttpTransport } from "../../../src/bank/transport/http-transport.ts";
import type { BankRequest, Transport } from "../../../src/bank/transport.ts";
import { FakeClock, settle } from "../../support/fake-clock.ts";
import { rawAnswer, startRawServer } from "./raw-server.ts";

const WRITE: BankRequest = { call: "write", method: "POST", path: "/v0/accounts", body: "{}", key: "key-1" };
/** undici's own word that a request's head has just been written to its socket. */
const HEADERS_WRITTEN = "undici:client:sendHeaders";
const OK = { kind: "response", status: 200, body: "{}" } as const;

async function using<Result>(
  url: string,
  act: (send: Transport) => Promise<Result>,
  { connections = 1, callTimeoutMs = 2_000 } = {},
): Promise<Result> {
  const http = openHttpTransport({ apiUrl: url, connections, callTimeoutMs }, new FakeClock());
  try {
    return await act(http.send);
  } finally {
    await http.close();
  }
}

describe("the client's sockets", () => {
  for (const cut of ["reset", "closed"] as const) {
    it(`is in doubt when a used socket is ${cut} just as a request goes out, though nobody has read it`, async () => {
      let used: Socket | undefined;
      await using server = await startRawServer((socket) => {
        used = socket;
        socket.pause();
        socket.write(rawAnswer(200, "{}"));
      });
      const cutUsed = () => (cut === "reset" ? used?.resetAndDestroy() : used?.destroy());
      const reply = await using(server.url, async (send) => {
        expect(await send(WRITE)).to.deep.equal(OK);
        subscribe(HEADERS_WRITTEN, cutUsed);
        return send(WRITE).finally(() => unsubscribe(HEADERS_WRITTEN, cutUsed));
      });
      expect(reply).to.include({ kind: "no_response", sent: true, status: 0 });
      expect(server.requests).to.have.length(1);
      expect(server.connections).to.equal(1);
    });

    it(`knows that nothing was sent when a used socket was ${cut} before a byte was written`, async () => {
      const used: Socket[] = [];
      await using server = await startRawServer((socket) => {
        used.push(socket);
        socket.write(rawAnswer(200, "{}"));
      });
      const reply = await using(server.url, async (send) => {
        expect(await send(WRITE)).to.deep.equal(OK);
        if (cut === "reset") used[0]?.resetAndDestroy();
        else used[0]?.destroy();
        return send(WRITE);
      });
      // A call that meets a close takes another socket; a reset is told to it.
      if (cut === "closed") expect(reply).to.deep.equal(OK);
      else expect(reply).to.include({ kind: "no_response", sent: false, status: 0 });
      expect(server.requests).to.have.length(cut === "closed" ? 2 : 1);
    });
  }

  it("doesn't use a socket again that the server keeps no longer than the way there may take", async () => {
    await using server = await startRawServer((socket) =>
      socket.write(rawAnswer(200, "{}", ["keep-alive: timeout=2"])),
    );
    await using(server.url, async (send) => {
      for (let n = 0; n < 3; n++) expect(await send(WRITE)).to.deep.equal(OK);
    });
    expect(server.connections).to.equal(3);
  });

  for (const [hint, keptMs] of [
    ["longer than ours", 20_000],
    ["shorter than ours", 10_000],
    ["none", 20_000],
  ] as const) {
    it(`keeps an idle socket for ${keptMs} ms when the server's hint is ${hint}`, async () => {
      const header = {
        "longer than ours": ["keep-alive: timeout=3600"],
        "shorter than ours": ["keep-alive: timeout=12"],
      };
      await using server = await startRawServer((socket) =>
        socket.write(rawAnswer(200, "{}", hint === "none" ? [] : header[hint])),
      );
      mock.timers.enable({ apis: ["setTimeout"] });
      try {
        await using(server.url, async (send) => {
          await send(WRITE);
          await settle();
          mock.timers.tick(keptMs - 1);
          await send(WRITE);
          expect(server.connections, "still in use").to.equal(1);
          await settle();
          mock.timers.tick(keptMs);
          await send(WRITE);
          expect(server.connections, "closed by us").to.equal(2);
        });
      } finally {
        mock.timers.reset();
      }
    });
  }

  for (const [name, interim, isPassedOver] of [
    ["102", "HTTP/1.1 102 Processing\r\n\r\n", true],
    ["103", "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n", true],
    ["ten of 103", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(10), true],
    ["100, which nobody asked for", "HTTP/1.1 100 Continue\r\n\r\n", false],
    ["101, which nobody asked for", "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", false],
  ] as const) {
    it(`${isPassedOver ? "passes over" : "is in doubt after"} an interim answer: ${name}`, async () => {
      await using server = await startRawServer((socket) => socket.write(interim + rawAnswer(200, "{}")));
      const reply = await using(server.url, (send) => send(WRITE));
      if (isPassedOver) expect(reply).to.deep.equal(OK);
      else expect(reply).to.include({ kind: "no_response", sent: true, status: 0 });
      expect(server.requests).to.have.length(1);
    });
  }

  const begin = (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"id":');
  const MISBEHAVIOURS: readonly (readonly [string, (socket: Socket) => void])[] = [
    ["reset before the answer", (socket) => socket.resetAndDestroy()],
    ["closed within the headers", (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-le")],
    ["reset within the body", (socket) => begin(socket) && setImmediate(() => socket.resetAndDestroy())],
    ["a 200 cut short", (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"id":')],
    ["a stall before the answer", () => {}],
    ["a stall within the body", begin],
    ["an answer over the limit", (socket) => socket.write(rawAnswer(200, "y".repeat(4 * 1024 * 1024 + 1)))],
    ["a large error with a body", (socket) => socket.write(rawAnswer(422, "y".repeat(1024 * 1024)))],
    ["a body where there should be none", (socket) => socket.write(`HTTP/1.1 204 X\r\n\r\n${rawAnswer(200, "x")}`)],
    ["an answer too many", (socket) => socket.write(rawAnswer(200, "{}") + rawAnswer(200, "second"))],
    ["garbage", (socket) => socket.write("SMTP ready\r\n\r\n")],
  ];
  for (const [name, misbehave] of MISBEHAVIOURS) {
    it(`has a socket for the next call after ${name}, and gives it no other call's answer`, async () => {
      await using server = await startRawServer((socket, count) => {
        if (count <= 3) misbehave(socket);
        else socket.write(rawAnswer(200, "{}"));
      });
      await using(
        server.url,
        async (send) => {
          for (let n = 0; n < 3; n++) expect(await send(WRITE)).to.not.have.property("body", "second");
          expect(await send(WRITE)).to.deep.equal(OK);
        },
        { callTimeoutMs: 250 },
      );
      expect(server.requests, "each went out once").to.have.length(4);
    });
  }

  it("reads every body to its end, so that no error answer keeps a socket", async () => {
    await using server = await startRawServer((socket, count) =>
      socket.write(rawAnswer(400 + (count % 150), "z".repeat(100_000))),
    );
    const replies = await using(server.url, (send) => Promise.all(Array.from({ length: 60 }, () => send(WRITE))), {
      connections: 2,
    });
    for (const reply of replies) expect(reply).to.have.property("body").that.has.length(100_000);
    expect(server.connections).to.equal(2);
  });

  it("says that nothing was sent of a request that no header can carry", async () => {
    await using server = await startRawServer((socket) => socket.write(rawAnswer(200, "{}")));
    await using(server.url, async (send) => {
      for (const key of ["a\r\nb", "a\u0000b", "é€"]) {
        expect(await send({ ...WRITE, key })).to.include({ kind: "no_response", sent: false });
      }
      expect(await send({ ...WRITE, path: "/a b" })).to.include({ kind: "no_response", sent: false });
      expect(await send({ ...WRITE, token: "a\nb" })).to.include({ kind: "no_response", sent: false });
      expect(await send(WRITE), "and the next call has its socket").to.deep.equal(OK);
    });
    expect(server.requests).to.have.length(1);
  });
});
