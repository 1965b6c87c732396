/**
 * A small certificate authority, made by openssl for one test, and servers of its own before real ones: one that ends TLS, and a forward
 * proxy that opens tunnels.
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Paths of files in PEM, and what a server needs. */
export interface Authority {
  readonly caPath: string;
  /** Issues a certificate and its key for a name; `days` may be in the past. */
  issue(name: string, days?: number): Promise<{ readonly certPath: string; readonly keyPath: string }>;
}

export async function makeAuthority(folder: string): Promise<Authority> {
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => run("openssl", args, { cwd: folder });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Own CA");
  await writeFile(path("names.cnf"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  return {
    caPath: path("ca.pem"),
    async issue(name, days = 1) {
      const [certPath, keyPath, wish] = [path(`${name}.pem`), path(`${name}.key`), path(`${name}.csr`)];
      await openssl("req", ...newKey, "-keyout", keyPath, "-out", wish, "-subj", `/CN=${name}`);
      const until = ["-days", String(days), "-extfile", "names.cnf"];
      await openssl("x509", "-req", "-in", wish, "-CA", "ca.pem", "-CAkey", "ca.key", "-out", certPath, ...until);
      return { certPath, keyPath };
    },
  };
}

export interface Front extends AsyncDisposable {
  readonly port: number;
}

/** Ends TLS at localhost and passes on what is within to the given port; with `asksClients`, only for clients with a certificate of that authority. */
export async function startTlsFront(toPort: number, authority: Authority, asksClients = false): Promise<Front> {
  const { certPath, keyPath } = await authority.issue("localhost");
  const [ca, cert, key] = await Promise.all([authority.caPath, certPath, keyPath].map((path) => readFile(path)));
  const options = { ca, cert, key, requestCert: asksClients, rejectUnauthorized: asksClients };
  return listen(createTlsServer(options as object, (socket) => bind(socket, connect(toPort, "127.0.0.1"))));
}

export interface Proxy extends Front {
  /** Where tunnels led to, and the credentials that came with each, in order. */
  readonly tunnels: readonly { readonly to: string; readonly credentials: string | undefined }[];
}

/** `status` is the answer of every tunnel; none for one that never answers. */
export async function startProxy({ status = 200 }: { readonly status?: number | "never" } = {}): Promise<Proxy> {
  const tunnels: { to: string; credentials: string | undefined }[] = [];
  const server = createServer();
  server.on("connect", ({ url = "", headers }: IncomingMessage, socket: Duplex) => {
    tunnels.push({ to: url, credentials: headers["proxy-authorization"] });
    socket.on("error", () => {});
    if (status === "never") return;
    socket.write(`HTTP/1.1 ${status} X\r\n\r\n`);
    if (status !== 200) socket.end();
    else bind(socket, connect(Number(url.split(":")[1]), "127.0.0.1"));
  });
  return Object.assign(await listen(server), { tunnels });
}

async function listen(server: Server): Promise<Front> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

function bind(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on("error", () => to.destroy()).on("close", () => to.destroy());
    from.pipe(to);
  }
}
