/**
 * A PostgreSQL server of a test's own, on loopback, which may be stopped, cut off and copied. It is made of the programs that lie beside
 * those of Debian's packages.
 */
import { execFile } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const IS_ROOT = process.getuid?.() === 0;

const PROGRAMS = globSync("/usr/lib/postgresql/*/bin").sort().at(-1);
/** Whether there is what a server is made of. */
export const CAN_START = PROGRAMS !== undefined && existsSync(join(PROGRAMS, "initdb"));

/** The user who must give the right password; all others are trusted. */
export const LOCKED = "locked";
const RULES = `host all ${LOCKED} 127.0.0.1/32 scram-sha-256
host all,replication all 127.0.0.1/32 trust
`;

export interface OwnServer extends AsyncDisposable {
  /** Of a superuser and an empty database. */
  readonly url: string;
  start(): Promise<void>;
  /** `immediate` ends it as a crash does. */
  stop(how?: "fast" | "immediate"): Promise<void>;
  /** SIGKILL for the process that is parent to all others of it. */
  kill(): Promise<void>;
  /** A copy that follows it, and only reads. */
  openStandby(): Promise<OwnServer>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Servers refuse to run as root. */
export async function runAsOwner(program: string, ...args: readonly string[]): Promise<void> {
  if (IS_ROOT) await run("runuser", ["-u", "postgres", "--", program, ...args]);
  else await run(program, args);
}

/** A folder of the user whom servers run as. */
export async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tieout-postgres-"));
  await chmod(folder, 0o711);
  if (IS_ROOT) await run("chown", ["postgres", folder]);
  return folder;
}

/** `settings` are those of postgresql.conf. */
export function startOwnServer(settings: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
  return startServer(async (data) => {
    await call("initdb", "-D", data, "-U", "tieout", "-A", "trust", "--no-sync");
    await writeFile(join(data, "pg_hba.conf"), RULES);
  }, settings);
}

const call = (program: string, ...args: readonly string[]) => runAsOwner(join(PROGRAMS ?? "", program), ...args);

/** `fill` makes the data of the server in a folder that is not there yet. */
async function startServer(
  fill: (data: string) => Promise<void>,
  more: Readonly<Record<string, string>> = {},
): Promise<OwnServer> {
  const folder = await ownFolder();
  const [data, port] = [join(folder, "data"), await freePort()];
  await fill(data);
  const own = { port, listen_addresses: "'127.0.0.1'", unix_socket_directories: "''", shared_buffers: "16MB" };
  const settings = { ...own, ...more };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  await appendFile(join(data, "postgresql.conf"), lines.join(""));
  const server: OwnServer = {
    url: `postgres://tieout@127.0.0.1:${port}/postgres`,
    start: () => call("pg_ctl", "-D", data, "-l", join(folder, "log"), "-w", "start"),
    stop: (how = "fast") => call("pg_ctl", "-D", data, "-m", how, "-w", "stop"),
    async kill() {
      const [pid = ""] = (await readFile(join(data, "postmaster.pid"), "utf8")).split("\n");
      process.kill(Number(pid), "SIGKILL");
    },
    openStandby: () =>
      startServer((copy) =>
        call("pg_basebackup", "-D", copy, "-d", server.url, "-R", "-X", "stream", "-c", "fast", "--no-sync"),
      ),
    async [Symbol.asyncDispose]() {
      await server.stop("immediate").catch(() => {});
      await rm(folder, { recursive: true });
    },
  };
  await server.start();
  return server;
}
