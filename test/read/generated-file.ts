/**
 * A process of its own that reads one huge generated file and prints, as JSON, what became of it and the most memory that
 * the process ever had. Its argument names the file; `read-csv-memory.test.ts` starts it.
 */
import { gzipSync } from "node:zlib";
import { readCsv } from "../../src/read/read-csv.ts";
import { DEFAULT_LIMITS, DEFAULT_READ_SETTINGS, type Limits } from "../../src/read/reading.ts";
import { peakBytes } from "../support/peak-memory.ts";

const MB = 1_000_000;

async function* repeat(head: string, part: Uint8Array, times: number, foot = ""): AsyncGenerator<Uint8Array> {
  yield Buffer.from(head);
  for (let n = 0; n < times; n++) yield part;
  yield Buffer.from(foot);
}

async function* gzipOf(head: string, part: Uint8Array, times: number): AsyncGenerator<Uint8Array> {
  yield gzipSync(head);
  const member = gzipSync(part);
  for (let n = 0; n < times; n++) yield member;
}

interface Generated {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly limits?: Partial<Limits>;
}

const WIDE = { rowBytes: 64 * MB };

const FILES: Readonly<Record<string, () => Generated>> = {
  "commas in the header": () => ({ bytes: repeat("", Buffer.alloc(MB, ","), 200) }),
  "commas in a row": () => ({ bytes: repeat("account_id,limit\n", Buffer.alloc(MB, ","), 200) }),
  "an open quote": () => ({ bytes: repeat('account_id,limit\naccount_1,"', Buffer.alloc(MB, "x"), 200) }),
  "zeros in gzip": () => ({ bytes: gzipOf("", Buffer.alloc(16 * MB), 250) }),
  "zeros in gzip, long rows allowed": () => ({ bytes: gzipOf("", Buffer.alloc(16 * MB), 250), limits: WIDE }),
  "rows in gzip": () => ({ bytes: gzipOf("account_id\n", Buffer.alloc(16 * MB, "account_1\n"), 250) }),
  "blank lines": () => ({ bytes: repeat("account_id,limit\n", Buffer.alloc(MB, "\n"), 100) }),
  "blank lines before a row": () => ({
    bytes: repeat("account_id,limit", Buffer.alloc(MB, "\n"), 4, "account_1,1\n"),
  }),
  "a million columns": () => ({ bytes: repeat("account_id", Buffer.alloc(MB, ",a"), 2) }),
  "a million columns, long rows allowed": () => ({
    bytes: repeat("account_id", Buffer.concat([Buffer.alloc(2 * MB, ",a"), Buffer.from("\n")]), 1),
    limits: WIDE,
  }),
  "short rows": () => ({ bytes: repeat("client_account_id\n", Buffer.alloc(MB, "a\n"), 4) }),
};

const { bytes, limits } = FILES[process.argv[2] ?? ""]?.() ?? { bytes: repeat("", Buffer.alloc(0), 0) };
let code = "";
let rows = 0;
for await (const event of readCsv(bytes, { ...DEFAULT_READ_SETTINGS, limits: { ...DEFAULT_LIMITS, ...limits } })) {
  if (event.kind === "rejected") code = event.rejection.code;
  if (event.kind === "end") code = "end";
  if (event.kind === "rows") rows += event.rows.length;
}
console.log(JSON.stringify({ code, rows, peakBytes: peakBytes() }));
