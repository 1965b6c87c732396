/**
 * The rows of one theme as a file, and the bank that they meet.
 */
import { stringify } from "csv-stringify/sync";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { ACCOUNTS, type Cells, SEED, type Theme } from "./broken-rows-seed.ts";

/** Rows of one theme, each with an account of its own. */
export function rowsOf({ on, base }: Theme, all: readonly Cells[]): readonly Cells[] {
  return all.map((cells, index) => {
    const own = on === undefined ? { client_account_id: `new_${index}` } : { account_id: idOf(index) };
    return { ...own, ...base, ...cells };
  });
}

export const idOf = (index: number) => `account_${index}`;

/** The rows under all columns that any of them has. */
export function fileOf(rows: readonly Cells[]): string {
  const columns = [...new Set(["account_id", "client_account_id", ...rows.flatMap(Object.keys)])];
  return stringify(rows as Cells[], { columns, header: true });
}

/** A bank with as many accounts as the theme's rows need. */
export function seedOf({ on }: Theme, count: number): SandboxSeed {
  const accounts =
    on === undefined
      ? []
      : Array.from({ length: count }, (_, index) => ({
          ...structuredClone<object>(ACCOUNTS[on]),
          id: idOf(index),
          client_account_id: `client_${index}`,
        }));
  return { ...SEED, accounts };
}
