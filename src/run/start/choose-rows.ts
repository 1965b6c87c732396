/**
 * Which rows of a run are to be run again: by word, by code, by cause. Gives them page by page.
 */
import type { Code } from "../../errors/codes/codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { WORDS, type Word } from "../../errors/words.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { numberOf } from "../../report/causes.ts";
import { PAGE, walkPages } from "../pages.ts";
import type { ChosenRow } from "../read/copy-rows.ts";
import { findCauses } from "../report/find-causes.ts";

/** The number of a cause, and the publication that gave it its number if that was not the first; see Summary. */
export interface NumberedCause {
  readonly no: number;
  readonly renumbered?: number;
}

export interface RowChoice {
  readonly words: readonly Word[];
  /** With one of these codes; any when there is none. */
  readonly codes: readonly Code[];
  /** Of any of these causes; all rows when there is none. */
  readonly causes: readonly NumberedCause[];
}

/** Throws FatalError `causes_changed` if the numbers may be those of other causes than a person has seen, and `usage` if there is no such cause. */
export async function chooseRows(
  ledger: Ledger,
  from: Run,
  { words, codes, causes }: RowChoice,
): Promise<() => AsyncIterable<readonly ChosenRow[]>> {
  if (causes.length > 0) {
    const found = await findNumbered(ledger, from, causes);
    return () => ofCauses(found, { words, codes, causes });
  }
  return () =>
    walkPages(
      (page) => ledger.rows.readRows(from, words, page, codes),
      ({ source }) => source.row,
      PAGE,
    );
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

/** The causes of a run, if the numbers mean those in its last results. Throws as `chooseRows`. */
export async function findNumbered(ledger: Ledger, run: Run, causes: readonly NumberedCause[]) {
  const found = await findCauses(ledger, (await ledger.runs.find(run.id)) ?? run, null);
  const hint = `see tieout causes ${run.id}`;
  const isOld = causes.some(({ renumbered }) => renumbered !== found.published?.renumbered);
  if (!found.isPublished || isOld) {
    const message = `the causes of run ${run.id} have other numbers by now than in earlier results`;
    throw new FatalError("causes_changed", message, { hint });
  }
  const { length } = found.causes;
  const unknown = causes.find(({ no }) => no > length);
  if (unknown === undefined) return found;
  const has = length === 0 ? "no causes" : length === 1 ? "one cause" : `causes 1 to ${length}`;
  throw new FatalError("usage", `run ${run.id} has ${has}, and so none of number ${unknown.no}`, { hint });
}

async function* ofCauses(
  { pagesOf }: Awaited<ReturnType<typeof findNumbered>>,
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
