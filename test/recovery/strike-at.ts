/**
 * Strikes its own process at a point that the environment names, from outside of the program: it is loaded before it, and
 * listens to SQLite's and PostgreSQL's commits, to undici's and Node's channels and to the link by which a file gets its name.
 *
 * TIEOUT_TEST_STRIKE is `<signal> <nth> <point>`, or not set; TIEOUT_TEST_REACHED the file that tells what was reached.
 * TIEOUT_TEST_AHEAD_MS sets the process's clock, and TIEOUT_TEST_PAGES is the size at which the ledger's disk is full.
 */
import { subscribe } from "node:diagnostics_channel";
import { writeFileSync } from "node:fs";
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { DatabaseSync, StatementSync } from "node:sqlite";
import type { Point, Reached } from "./points.ts";

const { TIEOUT_TEST_STRIKE, TIEOUT_TEST_REACHED, TIEOUT_TEST_AHEAD_MS, TIEOUT_TEST_PAGES } = process.env;
const [signal = "", nth = "0", ...words] = (TIEOUT_TEST_STRIKE ?? "").split(" ");
const wanted = words.join(" ");
let points = 0;
let ofKind = 0;

function reach(point: Point): void {
  points += 1;
  if (wanted !== "any" && wanted !== point) return;
  ofKind += 1;
  if (ofKind !== Number(nth)) return;
  tell({ struck: point, points });
  process.kill(process.pid, signal);
}

function tell(reached: Reached): void {
  if (TIEOUT_TEST_REACHED !== undefined) writeFileSync(TIEOUT_TEST_REACHED, JSON.stringify(reached));
}

process.once("exit", () => tell({ struck: null, points }));

/** What makes changes durable: a commit, the change to a write-ahead log, and working the log in when the file is closed. */
const DURABLE = /\bCOMMIT\b|journal_mode = /;

function aroundCommit<Result>(act: () => Result): Result {
  reach("commit before");
  const result = act();
  reach("commit after");
  return result;
}

const { run } = StatementSync.prototype;
StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<typeof run>) {
  return DURABLE.test(this.sourceSQL) ? aroundCommit(() => run.apply(this, values)) : run.apply(this, values);
} as typeof run;

const { exec, close } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql) {
  if (DURABLE.test(sql)) aroundCommit(() => exec.call(this, sql));
  else exec.call(this, sql);
  if (TIEOUT_TEST_PAGES !== undefined && sql.includes("journal_mode = "))
    exec.call(this, `PRAGMA max_page_count = ${TIEOUT_TEST_PAGES}`);
};
DatabaseSync.prototype.close = function () {
  aroundCommit(() => close.call(this));
};

if (process.env.TIEOUT_LEDGER?.startsWith("postgres")) {
  const { Client } = (await import("pg")).default;
  const query = Client.prototype.query as (text: unknown, ...more: unknown[]) => Promise<unknown>;
  Client.prototype.query = async function (this: unknown, text: unknown, ...more: unknown[]) {
    if (text !== "COMMIT") return query.call(this, text, ...more);
    reach("commit before");
    const result = await query.call(this, text, ...more);
    reach("commit after");
    return result;
  } as typeof Client.prototype.query;
}

// undici publishes the first just before it writes to the socket, the second once the kernel has the bytes, and the third
// when the last byte of the answer is there and nobody has been told yet.
subscribe("undici:client:sendHeaders", () => reach("send before"));
subscribe("undici:request:bodySent", () => reach("send after"));
subscribe("undici:request:trailers", () => reach("receive"));

/** Results in a folder: a file gets its name by a link. */
const { link } = files;
files.link = async (from, to) => {
  reach("publish before");
  await link(from, to);
  reach("publish after");
};
syncBuiltinESMExports();

/** Results in a bucket: the SDK's PUT is made, has been handed to its socket, and is answered. */
const onPut = (point: Point) => (message: unknown) => {
  if ((message as { request: { method: string } }).request.method === "PUT") reach(point);
};
subscribe("http.client.request.created", onPut("publish before"));
subscribe("http.client.request.start", onPut("publish amid"));
subscribe("http.client.response.finish", onPut("publish after"));

const { now } = Date;
if (TIEOUT_TEST_AHEAD_MS !== undefined) Date.now = () => now() + Number(TIEOUT_TEST_AHEAD_MS);
