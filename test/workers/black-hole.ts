/**
 * The way to a server that a test can cut: a forwarder on loopback that at any time stops to forward, without a word to either side.
 */
import { connect, createServer, type Socket } from "node:net";

export interface BlackHole extends AsyncDisposable {
  /** The same URL by this way. */
  readonly url: string;
  swallow(): void;
  forward(): void;
}

export async function openWay(to: string): Promise<BlackHole> {
  const sockets = new Set<Socket>();
  let isHole = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    if (isHole) socket.pause();
    return socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  };
  const { hostname, port } = new URL(to);
  const server = createServer((near) => {
    const far = keep(connect(Number(port), hostname));
    keep(near).pipe(far).pipe(near);
    // A pipe begins to read when it is made.
    if (isHole) for (const socket of [near, far]) socket.pause();
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const turn = (on: boolean) => {
    isHole = on;
    for (const socket of sockets) on ? socket.pause() : socket.resume();
  };
  return {
    url: Object.assign(new URL(to), { host: `127.0.0.1:${address.port}` }).href,
    swallow: () => turn(true),
    forward: () => turn(false),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
