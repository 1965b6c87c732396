/**
 * Lists the first ids that the rows of a run name in a column of own ids: those of the program, and those of the bank.
 */
import type { OwnIdKind } from "../account.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import { idsNamed, PREFIX_OF } from "../plan/own-ids.ts";
import { parseRow } from "../read/row/parse-row.ts";
import { PAGE, walk } from "./pages.ts";

interface NamedIds {
  readonly own: readonly string[];
  readonly bank: readonly string[];
}

/** In the file's order, at most so many of each as `limits` says. */
export async function listNamedIds(
  { rows }: Ledger,
  run: Run,
  kind: OwnIdKind,
  limits: { readonly own: number; readonly bank: number },
): Promise<NamedIds> {
  const { reading } = run;
  const own = new Set<string>();
  const bank = new Set<string>();
  if (reading === null) return { own: [], bank: [] };
  const all = walk(
    (page) => rows.readResults(run, page),
    ({ source }) => source.row,
    PAGE,
  );
  for await (const { source } of all) {
    const row = parseRow(source, reading);
    for (const id of row.kind === "desired" ? idsNamed(row.desired, kind) : []) {
      const [of, limit] = id.startsWith(PREFIX_OF[kind]) ? [bank, limits.bank] : [own, limits.own];
      if (of.size < limit) of.add(id);
    }
    if (own.size === limits.own && bank.size === limits.bank) break;
  }
  return { own: [...own], bank: [...bank] };
}
