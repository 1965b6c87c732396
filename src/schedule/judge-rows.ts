/**
 * Whether files have as many rows as the job expects. The next file that does ends the state of all before it. Pure.
 */
import { counted, grouped } from "../text/counted.ts";
import { shownKey } from "../text/shown-key.ts";
import type { ExpectedState } from "./expected-state.ts";

/** A file that was read, in the order of the runs. */
export interface CountedFile {
  readonly key: string;
  readonly rows: number;
  readonly atMs: number;
}

export function judgeRows([least, most]: readonly [number, number], files: readonly CountedFile[]): ExpectedState[] {
  return files.flatMap(({ key, rows, atMs }, at): ExpectedState[] => {
    if (rows >= least && rows <= most) return [];
    const next = files.slice(at + 1).find((one) => one.rows >= least && one.rows <= most);
    const isSmall = rows < least;
    const wanted = `the job expects ${grouped(least)} to ${grouped(most)}`;
    const kind = isSmall ? "too_small" : "too_large";
    return [
      {
        kind,
        subject: key,
        code: isSmall ? "file_rows_few" : "file_rows_many",
        message: `${shownKey(key)} has ${counted(rows, "row")}; ${wanted}`,
        raisedAtMs: atMs,
        clearedAtMs: next?.atMs ?? null,
      },
    ];
  });
}
