/**
 * A process of its own that writes rows of one run and says the number of each once it is acknowledged. Started as a
 * program it is that process; imported it starts one.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isPostgresUrl, parsePostgresUrl } from "../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../src/ledger/postgres/open-ledger.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";
import { BANK, newRun, row } from "./builders.ts";

export interface WritingProcess {
  /** One line for each row that the ledger has acknowledged. */
  readonly lines: AsyncIterable<string>;
  kill(): void;
  readonly end: Promise<{ code: number | null; stderr: string }>;
}

/** `place` as TIEOUT_LEDGER says it: a path or a URL. */
export function startWriter(place: string, run: string, rows: number): WritingProcess {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), place, run, `${rows}`], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const lines = createInterface({ input: child.stdout });
  const end = once(child, "close").then(([code]) => ({ code: code as number | null, stderr }));
  return { lines, kill: () => child.kill("SIGKILL"), end };
}

/** Kills it once it has said that many lines. Resolves with how many it said in all. */
export async function killAfter(writer: WritingProcess, rows: number): Promise<number> {
  let said = 0;
  for await (const _ of writer.lines) {
    said += 1;
    if (said === rows) writer.kill();
  }
  await writer.end;
  return said;
}

if (import.meta.main) {
  const [place = "", run = "", rows = ""] = process.argv.slice(2);
  const ledger = isPostgresUrl(place)
    ? await openPostgresLedger(parsePostgresUrl(place))
    : await openSqliteLedger(place);
  const opened = await ledger.runs.open(BANK, newRun(run));
  for (let number = 2; number < Number(rows) + 2; number += 1) {
    await ledger.rows.recordRows(opened, [row(number, `client:${number}`)]);
    process.stdout.write(`${number}\n`);
  }
  await ledger[Symbol.asyncDispose]();
}
