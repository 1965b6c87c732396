/**
 * A process of its own that reads and folds one generated file, as `validate` does, and prints as JSON how many rows
 * there were, how long it took, and the most memory that the process ever had. Its arguments: how many rows each account
 * has, how many accounts, and whether rows disagree ("by time"), agree ("agree") or contradict each other ("at odds").
 */
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isTaken, startJob } from "../../src/run/start/start-job.ts";
import { peakBytes } from "../support/peak-memory.ts";
import { openDesk } from "../support/scenario.ts";

const [each = 2, accounts = 1] = process.argv.slice(2, 4).map(Number);
const how = process.argv[4] ?? "by time";

/** Rows of an account lie far apart, and the latest is the first one. */
function* lines(): Generator<string> {
  yield "client_account_id,product_name,metadata.note,effective_at\n";
  for (let nth = 0; nth < each; nth++) {
    const at = new Date(Date.UTC(2026, 0, 1) - nth).toISOString();
    const product = how === "agree" ? "Card" : `Card ${nth}`;
    for (let account = 0; account < accounts; account++) {
      yield `c${account},${product},,${how === "at odds" ? "" : at}\n`;
    }
  }
}

await using desk = await openDesk({ durable: false });
const file = join(desk.folder, "file.csv");
await pipeline(Readable.from(lines()), createWriteStream(file));
const startedMs = performance.now();
const context = desk.context({ url: "http://127.0.0.1:9", clientId: "nobody", clientSecret: "" });
const options = { kind: "validate", file, from: null, limit: null, again: null } as const;
const [end] = (await startJob(context, options)).filter(isTaken);
const rows = end?.kind === "reported" ? end.summary.rows : 0;
const wallMs = Math.round(performance.now() - startedMs);
console.log(JSON.stringify({ rows, wallMs, peakBytes: peakBytes() }));
