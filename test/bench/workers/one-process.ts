/**
 * Part 1, one process: the same job on a ledger in PostgreSQL and on one in a file, in turns, at a bank that answers at once; and what a row
 * costs the server.
 */
import { join } from "node:path";
import { writeRows } from "../accounts.ts";
import type { BenchBank } from "../bank.ts";
import { inFolder, runTieout } from "../clients.ts";
import { atLeast, atMost, count, decimal, megabytes, type Part } from "../figures.ts";
import { median, medianUsage, type Usage } from "../measure.ts";
import { type BenchServer, openServer, type ServerUsage } from "./server.ts";
import type { WorkerSizes } from "./worker-sizes.ts";

const CAP = 64;

interface OnPostgres {
  readonly usage: Usage;
  readonly server: ServerUsage;
  /** Of the ledger's tables and indexes, and of the queue's. */
  readonly bytes: number;
}

export async function oneProcess(bank: BenchBank, { repeats, rows }: WorkerSizes): Promise<Part> {
  await using server = await openServer();
  return await inFolder(async (folder) => {
    const task = { file: join(folder, "rows.csv"), bankUrl: bank.url, cap: CAP };
    await writeRows(task.file, rows, "changed");
    const files: Usage[] = [];
    const databases: OnPostgres[] = [];
    for (let round = 0; round < repeats; round++) {
      await bank.reset();
      files.push(await runTieout(task));
      await bank.reset();
      databases.push(await runOnPostgres(server, task));
    }
    const file = medianUsage(files);
    const database = medianUsage(databases.map(({ usage }) => usage));
    const perRow = (of: (one: OnPostgres) => number) => median(databases.map(of)) / rows;
    const serverUs = perRow(({ server: { cpuMs } }) => cpuMs * 1000);
    const line = (what: string, { wallMs, cpuMs, peakBytes }: Usage, ofServer: readonly string[]) => [
      what,
      count((rows * 1000) / wallMs),
      count((cpuMs * 1000) / rows),
      megabytes(peakBytes),
      ...ofServer,
    ];
    const statements = perRow(({ server: { statements } }) => statements ?? Number.NaN);
    return {
      title: "1. One process",
      text: `One GET and one PATCH for each of ${count(rows)} rows of 24 columns, ${CAP} in flight, from the start of the process to its end. Statements, commits and CPU are the server's, with those of the queue. The queue costs the server some 40 ms each second, so a slow machine makes its CPU a row look worse.`,
      columns: [
        "ledger in",
        "rows/s",
        "CPU µs/row",
        "peak memory",
        "server's CPU µs/row",
        "statements/row",
        "commits/row",
        "bytes/row",
      ],
      rows: [
        line("a file (SQLite)", file, ["", "", "", ""]),
        line("PostgreSQL", database, [
          count(serverUs),
          Number.isNaN(statements) ? "" : decimal(statements, 2),
          decimal(
            perRow(({ server: { commits } }) => commits),
            2,
          ),
          count(perRow(({ bytes }) => bytes)),
        ]),
      ],
      bars: [
        atLeast("one process on PostgreSQL: rows/s ÷ those on SQLite", file.wallMs / database.wallMs, 0.8),
        atMost("one process on PostgreSQL: CPU of the server a row", serverUs, 300, "µs"),
      ],
    };
  });
}

function runOnPostgres(server: BenchServer, task: Parameters<typeof runTieout>[0]): Promise<OnPostgres> {
  return server.withLedger(async (url, schema) => {
    const before = await server.read();
    const usage = await runTieout(task, { env: { TIEOUT_LEDGER: url } });
    const after = await server.read();
    const statements = after.statements === null ? null : after.statements - (before.statements ?? 0);
    const used = { cpuMs: after.cpuMs - before.cpuMs, commits: after.commits - before.commits, statements };
    const [{ bytes } = { bytes: 0 }] = await server.rows<{ bytes: number }>(
      `SELECT sum(pg_total_relation_size(c.oid))::float8 AS bytes FROM pg_class c
        WHERE c.relkind = 'r' AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('${schema}', '${schema}_queue'))`,
    );
    return { usage, server: used, bytes };
  });
}
