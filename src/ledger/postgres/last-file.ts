/**
 * What the last file of a job was like, in PostgreSQL: its sequence, and whether a line end closed it. Looks at no row.
 */
import type { SourceFile } from "../../store/file-store.ts";
import type { FileTest, KnownRunsLedger } from "../ledger.ts";
import type { PgValue } from "./database.ts";
import type { PostgresStore } from "./store.ts";

const LIST_SEQUENCES = `SELECT file FROM runs WHERE bank = $1 AND job = $2 AND no < $3 AND kind = 'run' AND rerun_of IS NULL
  AND rejection IS NULL AND reason IS NULL AND corrects IS NULL AND strpos(file, '"sequence":') > 0 ORDER BY no DESC`;

const LIST_LINE_ENDS = `SELECT file, strpos(reading, '"endsWithLineEnd":true') > 0 AS ended FROM runs f
  WHERE bank = $1 AND job = $2 AND no < $3 AND kind = 'run' AND by_name = 0 AND rerun_of IS NULL AND rejection IS NULL AND rows > 0
    AND strpos(reading, '"endsWithLineEnd":') > 0 AND (strpos(reading, '"cutRow":') = 0 OR EXISTS (SELECT 1 FROM runs r
      WHERE r.rerun_of = f.id AND strpos(r.accepts, '"last_row_maybe_cut"') > 0))
  ORDER BY no DESC`;

export function postgresLastFile(store: PostgresStore): Pick<KnownRunsLedger, "findLastSequence" | "findLineEnd"> {
  /** The first one, the latest; all are looked at only where not every file is meant. */
  const findAlike = async <Shape extends { file: string }>(
    sql: string,
    values: PgValue[],
    isAlike: FileTest | undefined,
  ): Promise<Shape | undefined> =>
    isAlike === undefined
      ? store.sql.get<Shape>(`${sql} LIMIT 1`, ...values)
      : (await store.sql.all<Shape>(sql, ...values)).find(({ file }) => isAlike(JSON.parse(file) as SourceFile));
  return {
    async findLastSequence({ no, bank, job }, isAlike) {
      const found = await findAlike<{ file: string }>(
        LIST_SEQUENCES,
        [(await store.findBank(bank)) ?? null, job, no],
        isAlike,
      );
      return found && (JSON.parse(found.file) as SourceFile).sequence;
    },

    async findLineEnd({ no, bank, job }, isAlike) {
      type Shape = { file: string; ended: boolean };
      return (await findAlike<Shape>(LIST_LINE_ENDS, [(await store.findBank(bank)) ?? null, job, no], isAlike))?.ended;
    },
  };
}
