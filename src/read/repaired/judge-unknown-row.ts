/**
 * Judges a repaired row of a run that the ledger does not know by its own fingerprint: the row in, the same row out, invalid where a cell
 * changed that nobody was asked to repair. Pure. What the cell was cannot be told, so nothing is restored.
 */
import { CODES, type Code } from "../../errors/codes/codes.ts";
import type { Issue } from "../../errors/issue.ts";
import { showId } from "../../text/show-id.ts";
import type { ParsedRow, Provenance } from "../change.ts";
import { FINGERPRINT_COLUMN } from "../columns.ts";
import type { Reading } from "../reading.ts";
import { changedSince, wasEmpty } from "./fingerprint.ts";
import { columnsUnderRepair, KEYS } from "./under-repair.ts";

/** `changed`: how many cells are others than the fingerprint says. */
export interface JudgedByItself {
  readonly row: ParsedRow;
  readonly changed: number;
}

/** A row without a fingerprint is taken as given. */
export function judgeUnknownRow(
  row: ParsedRow,
  { run, row: number }: Provenance,
  reading: Reading,
  allowed: readonly string[],
): JudgedByItself {
  const { header, columns } = reading;
  const cellAt = (name: string) => row.source.cells?.[header.indexOf(name)] ?? "";
  const fingerprint = cellAt(FINGERPRINT_COLUMN);
  const read = changedSince(fingerprint, run, { ...row.source, row: number }, header).filter(
    (name) => typeof columns[header.indexOf(name)] === "string",
  );
  const repaired = columnsUnderRepair(issuesSaid(cellAt("result_code"), cellAt("result_column")), reading);
  const found = read.flatMap((name): Issue[] => {
    const column = columns[header.indexOf(name)] ?? "";
    if (repaired.columns.has(column)) return [];
    const told = `the file has ${showId(cellAt(name))} here, which is not what row ${number} of run ${run} was given out with`;
    if (KEYS.includes(column)) {
      if (wasEmpty(fingerprint, run, number, name)) return [];
      return [{ code: "key_unproven", column: name, message: `${told}; the ledger does not know that run` }];
    }
    if (repaired.isAny) return [];
    if (allowed.includes(name))
      return [{ code: "edit_allowed", column: name, message: `${told}, as --allow-edit allows` }];
    return [{ code: "cell_unproven", column: name, message: `${told}; the ledger does not know that run` }];
  });
  return { row: withIssues(row, found), changed: read.length };
}

/** What the row's own results say was wrong with it. */
function issuesSaid(codes: string, columns: string): readonly Issue[] {
  const [ofCodes, ofColumns] = [codes, columns].map((cell) => cell.split("|").map((part) => part.trim()));
  return (ofCodes ?? []).flatMap((code, at) =>
    Object.hasOwn(CODES, code) ? [{ code: code as Code, column: ofColumns?.[at] ?? "", message: "" }] : [],
  );
}

function withIssues(row: ParsedRow, found: readonly Issue[]): ParsedRow {
  const [notes, wrong] = [true, false].map((isNote) =>
    found.filter(({ code }) => (code === "edit_allowed") === isNote),
  ) as [Issue[], Issue[]];
  if (row.kind === "desired" && wrong.length === 0)
    return notes.length === 0 ? row : { ...row, notes: [...(row.notes ?? []), ...notes] };
  if (row.kind === "skipped" || found.length === 0) return row;
  const blamed = wrong.map(({ column }) => column);
  const others = row.kind === "invalid" ? row.issues.filter(({ column }) => !blamed.includes(column)) : [];
  const from = row.provenance === undefined ? {} : { provenance: row.provenance };
  return { kind: "invalid", source: row.source, issues: [...wrong, ...others, ...notes], ...from };
}
