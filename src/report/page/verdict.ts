/**
 * The verdict on a run, in one sentence that a person reads first. Pure.
 */
import { counted, grouped } from "../../text/counted.ts";
import { absenceOf } from "../snapshot-summary.ts";
import type { Summary } from "../summary.ts";

/** As `Of 48 rows, 22 are held and 9 need repair`; of a snapshot with what it lacks. */
export function verdictOf(summary: Summary): string {
  const { kind, rows } = summary;
  const absent =
    summary.snapshot === undefined || kind === "validate" || rows === 0 ? "" : absenceOf(summary.snapshot, kind);
  return `${verdictOfRows(summary)}${absent}`;
}

function verdictOfRows(summary: Summary): string {
  const { kind, final, rows, words, page, stopped } = summary;
  const repair = words.invalid + words.refused + words.failed;
  const open = [
    ...(words.unknown > 0 ? [`${be(words.unknown)} not settled`] : []),
    ...(words.held > 0 ? [`${be(words.held)} held`] : []),
    ...(repair > 0 ? [`${grouped(repair)} ${repair === 1 ? "needs" : "need"} repair`] : []),
  ];
  const of = summary.absentOf === undefined ? "row" : "absent account";
  const left = open.length === 0 ? "" : `of ${counted(rows, of)}, ${listed(open)}`;
  if (rows === 0) return "The file has no rows";
  if (kind === "plan" && page !== undefined) {
    const calls = page.operations.reduce((sum, { kind: of, count }) => sum + (of === "clear_documents" ? 0 : count), 0);
    const would = `A run would make ${calls === 0 ? "no change" : counted(calls, "change")} at the bank`;
    return left === "" ? would : `${would}; ${left}`;
  }
  if (kind === "validate") return upper(left || `${counted(rows, "row")} checked, none is invalid`);
  if (!final || stopped !== null) return `Not finished${left === "" ? "" : `: ${left}`}`;
  return upper(left || `${counted(rows, of)} done, nothing to repair`);
}

const be = (count: number) => `${grouped(count)} ${count === 1 ? "is" : "are"}`;

const upper = (sentence: string) => sentence.slice(0, 1).toUpperCase() + sentence.slice(1);

/** As `a, b and c`. */
function listed(parts: readonly string[]): string {
  return [parts.slice(0, -1).join(", "), ...parts.slice(-1)].filter(Boolean).join(" and ");
}
