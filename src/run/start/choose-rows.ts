/**
 * Which rows of a run are to be run again: by word, by code, by cause. Gives them page by page.
 */
import type { Code } from "../../errors/codes/codes.ts";
import { WORDS, type Word } from "../../errors/words.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { numberOf } from "../../report/causes.ts";
import { checkValues } from "../check-values.ts";
import { PAGE, walkPages } from "../pages.ts";
import type { ChosenRow } from "../read/copy-rows.ts";
import { type FoundCauses, findNumbered, type NumberedCause } from "../report/find-causes.ts";

export interface RowChoice {
  readonly words: readonly Word[];
  /** With one of these codes; any when there is none. */
  readonly codes: readonly Code[];
  /** Of any of these causes; all rows when there is none. */
  readonly causes: readonly NumberedCause[];
}

/**
 * `onGone` is told at the end how many of the rows have no values any more, if any, and are left out. Throws FatalError `run_pruned`,
 * `causes_changed` if the numbers may be those of other causes than a person has seen, and `usage` if there is no such cause.
 */
export async function chooseRows(
  ledger: Ledger,
  from: Run,
  { words, codes, causes }: RowChoice,
  onGone: (rows: number) => void,
): Promise<() => AsyncIterable<readonly ChosenRow[]>> {
  if (causes.length > 0) {
    const found = await findNumbered(ledger, from, causes);
    return () => ofCauses(found, { words, codes, causes });
  }
  const chosen = () =>
    walkPages(
      (page) => ledger.rows.readRows(from, words, page, codes),
      ({ source }) => source.row,
      PAGE,
    );
  return from.prunedAtMs === null ? chosen : () => withValues(ledger, from, chosen(), onGone);
}

/** Of a pruned run, the rows that are kept. Throws FatalError `run_pruned` when there are none. */
async function* withValues(
  { retention }: Ledger,
  from: Run,
  pages: AsyncIterable<readonly ChosenRow[]>,
  onGone: (rows: number) => void,
): AsyncGenerator<readonly ChosenRow[]> {
  let chosen = 0;
  let given = 0;
  for await (const page of pages) {
    const kept = await retention.findKept(
      from,
      page.map(({ source }) => source.row),
    );
    const rows = page.filter(({ source }) => kept.has(source.row));
    chosen += page.length;
    given += rows.length;
    if (rows.length > 0) yield rows;
  }
  if (chosen > 0 && given === 0) checkValues(from, "its rows cannot be run again");
  if (chosen > given) onGone(chosen - given);
}

/** As `refused or failed`, or `of cause 3`. */
export function describeChoice({ words, codes, causes }: RowChoice): string {
  const numbers = causes.map(({ no }) => no).join(" or ");
  const ofCause = causes.length === 0 ? [] : [`of cause ${numbers}`];
  const ofWord = words.length === WORDS.length ? [] : [words.join(" or ")];
  const forCode = codes.length === 0 ? [] : [`for ${codes.join(" or ")}`];
  return [...ofWord, ...ofCause, ...forCode].join(" ");
}

/** The same choice as flags of `tieout rerun`, with a blank before each. */
export function flagsOfChoice({ words, codes, causes }: RowChoice): string {
  const numbers = causes.map(({ no, renumbered }) => numberOf(no, renumbered)).join(",");
  return [
    ...(words.length === WORDS.length ? [] : [` --only ${words.join(",")}`]),
    ...(causes.length === 0 ? [] : [` --cause ${numbers}`]),
    ...(codes.length === 0 ? [] : [` --accept ${codes.join(",")} --reason "…"`]),
  ].join("");
}

async function* ofCauses(
  { pagesOf }: FoundCauses,
  { words, codes, causes }: RowChoice,
): AsyncGenerator<readonly ChosenRow[]> {
  for await (const page of pagesOf(causes.map(({ no }) => no))) {
    const rows = page.filter(
      ({ word, issues }) =>
        words.includes(word) && (codes.length === 0 || issues.some(({ code }) => codes.includes(code))),
    );
    if (rows.length > 0) yield rows.map((row) => ({ source: row, issues: row.cells === null ? row.issues : [] }));
  }
}
