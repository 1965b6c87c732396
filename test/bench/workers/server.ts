/**
 * The PostgreSQL server of the bench: the one that TEST_POSTGRES_URL names, or one of its own, which is gone afterwards. Reads what it has
 * done and used, from outside of the ledgers on it. One of its own counts nothing of anybody else.
 */
import { readdirSync, readFileSync } from "node:fs";
import { Pool } from "pg";
import { parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../../src/ledger/postgres/open-ledger.ts";
import { startOwnServer } from "../../ledger/postgres/own-server.ts";
import { newSchema } from "../../ledger/postgres/use-postgres.ts";

/** What the server has used and done since its start. */
export interface ServerUsage {
  /** Of all its processes, those that have ended among them. */
  readonly cpuMs: number;
  readonly commits: number;
  /** Null where the server counts none. */
  readonly statements: number | null;
}

export interface BenchServer extends AsyncDisposable {
  read(): Promise<ServerUsage>;
  rows<Shape extends object>(sql: string): Promise<Shape[]>;
  /** Gives `act` the URL of an empty ledger, and its schema, which is gone afterwards. */
  withLedger<Result>(act: (url: string, schema: string) => Promise<Result>): Promise<Result>;
}

/** As Debian's packages set it up, but for what counts statements. */
const SETTINGS = {
  shared_buffers: "128MB",
  shared_preload_libraries: "pg_stat_statements",
  "pg_stat_statements.track_planning": "on",
  "pg_stat_statements.track_utility": "on",
};
/** Of the kernel's times of processes, on every machine of today. */
const MS_PER_TICK = 10;

export async function openServer(): Promise<BenchServer> {
  const given = process.env.TEST_POSTGRES_URL;
  const own = given === undefined ? await startOwnServer(SETTINGS) : null;
  const url = given ?? own?.url ?? "";
  const pool = new Pool({ connectionString: url, max: 1 });
  const rows = async <Shape extends object>(sql: string) =>
    (await pool.query<Shape & Record<string, unknown>>(sql)).rows;
  if (own !== null) await rows("CREATE EXTENSION pg_stat_statements");
  const [{ pid } = { pid: 0 }] = await rows<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const postmaster = statOf(pid).parent;
  return {
    rows,
    async read() {
      // A backend reports its counts now and then, and an idle one within a second.
      const [commits] = await rows<{ n: number }>(
        "SELECT xact_commit::float8 AS n FROM pg_stat_database WHERE datname = current_database()",
      );
      const [statements] = own
        ? await rows<{ n: number }>("SELECT sum(calls)::float8 AS n FROM pg_stat_statements")
        : [];
      return { cpuMs: cpuOf(postmaster), commits: commits?.n ?? 0, statements: statements?.n ?? null };
    },
    async withLedger(act) {
      const schema = newSchema();
      const ledger = new URL(url);
      ledger.searchParams.set("schema", schema);
      try {
        // Workers begin none.
        await (await openPostgresLedger(parsePostgresUrl(ledger.href)))[Symbol.asyncDispose]();
        return await act(ledger.href, schema);
      } finally {
        await rows(`SET client_min_messages = warning; DROP SCHEMA IF EXISTS ${schema}, ${schema}_queue CASCADE`);
      }
    },
    async [Symbol.asyncDispose]() {
      await pool.end();
      await own?.[Symbol.asyncDispose]();
    },
  };
}

interface ProcessStat {
  readonly parent: number;
  /** Its own, and that of its ended children. */
  readonly ownMs: number;
  readonly endedMs: number;
}

function statOf(pid: number): ProcessStat {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  // Behind the name, which may have blanks and brackets: state, parent, …, utime, stime, cutime, cstime.
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const ms = (from: number) => ((fields[from] ?? 0) + (fields[from + 1] ?? 0)) * MS_PER_TICK;
  return { parent: fields[1] ?? 0, ownMs: ms(11), endedMs: ms(13) };
}

/** Of the server's first process and of all that it has started; 0 for a server on another machine. */
function cpuOf(postmaster: number): number {
  const { ownMs, endedMs } = statOf(postmaster);
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const children = pids.flatMap((pid) => {
    try {
      return [statOf(Number(pid))];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
  return children
    .filter(({ parent }) => parent === postmaster)
    .reduce((sum, child) => sum + child.ownMs, ownMs + endedMs);
}
