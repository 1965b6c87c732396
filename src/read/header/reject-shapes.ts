/**
 * A header and what the job says of how the file writes values in, why the two do not fit out; and what the job names that
 * the header lacks.
 */
import type { Rejection } from "../../errors/rejection.ts";
import type { ReadSettings } from "../reading.ts";
import { givesReason, isMade, partName, partsOf, wholeOf } from "../shape/places.ts";
import { columnNamed } from "../shape/shapes-of.ts";
import type { Shapes } from "../shapes.ts";
import { shown } from "./check-header.ts";

interface HeaderColumns {
  /** As they are in the file. */
  readonly cells: readonly string[];
  readonly columns: readonly (string | null | undefined)[];
}

/** Rejection: header_shape_differs. */
export function rejectShapes(header: HeaderColumns, shapes: Shapes | undefined): Rejection | undefined {
  if (shapes === undefined) return undefined;
  const message = findDoubled(header, shapes) ?? findTorn(header, shapes);
  if (message === undefined) return undefined;
  return {
    code: "header_shape_differs",
    message,
    hint: "correct the setting in the job, or the columns of the file",
  };
}

/** A column of the file that the job makes in another way. */
function findDoubled({ cells, columns }: HeaderColumns, shapes: Shapes): string | undefined {
  const own = (column: string) => cells[columns.indexOf(column)];
  for (const [name, made] of Object.entries({
    constants: shapes.constants,
    join: shapes.join,
    amounts: shapes.amounts,
  })) {
    const column = Object.keys(made ?? {}).find(
      (one) => own(one) !== undefined && (name === "constants" || isMade(shapes, one)),
    );
    if (column !== undefined)
      return `the job makes ${column} by ${name}, and the file has ${shown(own(column))} for it`;
  }
  const reason = own("status_reason");
  if (reason === undefined || own("status") === undefined || !givesReason(shapes)) return undefined;
  return `the job's values of status give a reason too, and the file has ${shown(reason)} for it`;
}

/** A value of which the file has some parts and not all. */
function findTorn({ columns }: HeaderColumns, shapes: Shapes): string | undefined {
  for (const name of ["join", "amounts"] as const) {
    for (const column of Object.keys(shapes[name] ?? {})) {
      const parts = partsOf(shapes, column);
      const missing = parts.filter((part) => !columns.includes(partName(column, part)));
      const isThere = isMade(shapes, column) ? missing.length < parts.length : columns.includes(column);
      if (!isThere || missing.length === 0) continue;
      return `the job makes ${column} by ${name}, and the file lacks ${missing.map(shown).join(", ")}`;
    }
  }
  return undefined;
}

/** As `columns.OLD_NO` and `dates.effective_at`: what the job says has no effect where the column is not in the file. */
export function findLacking({ cells, columns }: HeaderColumns, settings: ReadSettings): readonly string[] {
  const there = new Set(columns.map((column) => wholeOf(column ?? "")));
  const shaped = (["values", "split", "join", "dates", "amounts"] as const).flatMap((name) =>
    Object.keys(settings[name] ?? {})
      .filter((column) => !there.has(columnNamed(column) ?? ""))
      .map((column) => `${name}.${column}`),
  );
  const aliases = Object.keys(settings.columns).filter((name) => !cells.includes(name));
  return [...aliases.map((name) => `columns.${name}`), ...shaped];
}
