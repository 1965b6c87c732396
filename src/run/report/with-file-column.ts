/**
 * An issue in, the same issue under the file's own name of its column out. Pure.
 */
import type { Issue } from "../../errors/issue.ts";
import { columnOfPath } from "../../plan/diff/column-of-path.ts";
import { fileColumn } from "../../read/header/read-header.ts";
import { layoutOf } from "../../read/layouts.ts";
import type { Reading } from "../../read/reading.ts";

/** The bank's issues, and those of the comparison, name columns of our layout: here they get the file's own name of the column. */
export function withFileColumn(issue: Issue, reading: Reading | null): Issue {
  if (reading === null || issue.column === "" || reading.header.includes(issue.column)) return issue;
  const column = columnOfPath(issue.column);
  // What the bank calls a list, since rows share a call, has one entity of each row.
  const isOfUser = layoutOf(reading).rowIsAbout === "user" && column === "entity_ids";
  return { ...issue, column: fileColumn(reading, isOfUser ? "authorized_users" : column) };
}
