/**
 * Part 8, the calls: what a row costs the bank, as the sandbox counts it, where one row of ten changes. Each file meets a
 * new ledger, as on a first night.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { BenchBank } from "./bank.ts";
import { inFolder, runTieout } from "./clients.ts";
import { atMost, type Bar, count, decimal, type Part } from "./figures.ts";
import type { Sizes } from "./sizes.ts";
import { CAP } from "./whole-job.ts";

const CHANGED = 0.1;

interface File {
  readonly name: string;
  readonly header: string;
  readonly row: (n: number) => string;
  /** GETs that each row needs, whoever makes them: the account, the look-up before it, its holders. */
  readonly gets: number;
  readonly most: number;
}

const FILES: readonly File[] = [
  { name: "by account_id", header: "account_id", row: (n) => `account_${n}`, gets: 1, most: 1.15 },
  { name: "by client_account_id", header: "client_account_id", row: (n) => `c${n}`, gets: 2, most: 2.15 },
  {
    name: "by client_account_id, with holders",
    header: "client_account_id,account_holders",
    row: (n) => `c${n},entity_ann`,
    gets: 3,
    most: 3.15,
  },
];

export async function calls(_: BenchBank, { callRows }: Sizes): Promise<Part> {
  const rows: string[][] = [];
  const bars: Bar[] = [];
  for (const file of FILES) {
    const made = await countCalls(file, callRows);
    rows.push([file.name, count(callRows), count(made), decimal(made / callRows, 2), decimal(file.gets + CHANGED, 2)]);
    bars.push(atMost(`calls a row, ${file.name}`, made / callRows, file.most, "calls"));
  }
  return {
    title: "8. Calls",
    text: "All calls of a run as the sandbox counts them, the token's among them. One row of ten changes, and the ledger is new. The minimum is what anybody needs who compares each row with the bank.",
    columns: ["file", "rows", "calls", "calls a row", "minimum"],
    rows,
    bars,
  };
}

async function countCalls({ header, row }: File, rows: number): Promise<number> {
  const numbers = Array.from({ length: rows }, (_, index) => index + 1);
  const accounts = numbers.map((n) => ({
    id: `account_${n}`,
    client_account_id: `c${n}`,
    relationships: { account_holder: ["entity_ann"] },
  }));
  const bank = await startSandbox({ seed: { entities: [{ id: "entity_ann" }], accounts } });
  try {
    return await inFolder(async (folder) => {
      const file = join(folder, "rows.csv");
      const lines = numbers.map((n) => `${row(n)},${n % (1 / CHANGED) === 0 ? "New" : "Everyday"}\n`);
      await writeFile(file, `${header},product_name\n${lines.join("")}`);
      const env = { LEAD_CLIENT_ID: bank.clientId, LEAD_CLIENT_SECRET: bank.clientSecret };
      await runTieout({ file, bankUrl: bank.url, cap: CAP }, { env });
      const writes = bank.effects.length;
      if (writes !== rows * CHANGED) throw new Error(`${rows} rows made ${writes} writes`);
      return bank.requests.length;
    });
  } finally {
    await bank.close();
  }
}
