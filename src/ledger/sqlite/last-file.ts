/**
 * What the last file of a job was like, in SQLite: its sequence, and whether a line end closed it. Looks at no row.
 */
import type { SourceFile } from "../../store/file-store.ts";
import type { FileTest, KnownRunsLedger } from "../ledger.ts";
import type { SqlValue } from "./database.ts";
import type { SqliteStore } from "./store.ts";

const LIST_SEQUENCES = `SELECT file FROM runs WHERE bank = ? AND job = ? AND no < ? AND kind = 'run' AND rerun_of IS NULL
  AND rejection IS NULL AND reason IS NULL AND corrects IS NULL AND file ->> '$.sequence' IS NOT NULL ORDER BY no DESC`;

const LIST_LINE_ENDS = `SELECT file, reading ->> '$.endsWithLineEnd' AS ended FROM runs f
  WHERE bank = ? AND job = ? AND no < ? AND kind = 'run' AND by_name = 0 AND rerun_of IS NULL AND rejection IS NULL AND rows > 0
    AND ended IS NOT NULL AND (reading ->> '$.cutRow' IS NULL OR EXISTS (SELECT 1 FROM runs r, json_each(r.accepts) code
      WHERE r.rerun_of = f.id AND code.value = 'last_row_maybe_cut'))
  ORDER BY no DESC`;

export function sqliteLastFile(store: SqliteStore): Pick<KnownRunsLedger, "findLastSequence" | "findLineEnd"> {
  const { db } = store;
  /** The first one, the latest; all are looked at only where not every file is meant. */
  const findAlike = <Shape extends { file: string }>(sql: string, values: SqlValue[], isAlike: FileTest | undefined) =>
    isAlike === undefined
      ? db.get<Shape>(`${sql} LIMIT 1`, ...values)
      : db.all<Shape>(sql, ...values).find(({ file }) => isAlike(JSON.parse(file) as SourceFile));
  return {
    async findLastSequence({ no, bank, job }, isAlike) {
      const found = findAlike<{ file: string }>(LIST_SEQUENCES, [store.findBank(bank) ?? null, job, no], isAlike);
      return found && (JSON.parse(found.file) as SourceFile).sequence;
    },

    async findLineEnd({ no, bank, job }, isAlike) {
      type Shape = { file: string; ended: 0 | 1 };
      const found = findAlike<Shape>(LIST_LINE_ENDS, [store.findBank(bank) ?? null, job, no], isAlike);
      return found === undefined ? undefined : found.ended === 1;
    },
  };
}
