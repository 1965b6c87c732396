/**
 * Whether a repaired row still names the account of the row it came from: the row and its origin, as the ledger has it, in,
 * the same row out, or an invalid one that has the origin's keys again. A spreadsheet that makes 1700 of 0001700 would
 * otherwise make a new account.
 */
import type { Code } from "../../errors/codes/codes.ts";
import type { Issue } from "../../errors/issue.ts";
import { showId } from "../../text/show-id.ts";
import type { ParsedRow } from "../change.ts";
import type { CsvRow } from "../csv-row.ts";
import { fileColumn } from "../header/read-header.ts";
import type { Reading } from "../reading.ts";

/** A row of an earlier run, with what was wrong with it and how its file was read. */
export interface Origin {
  readonly run: string;
  readonly source: CsvRow;
  readonly issues: readonly Issue[];
  readonly reading: Reading;
}

const KEYS = ["account_id", "client_account_id"] as const;
type Key = (typeof KEYS)[number];

/** Whose way forward is another key, whichever column they name. */
const ABOUT_KEYS: readonly Code[] = ["account_not_found", "lookup_ambiguous", "doubt_conflict"];

/**
 * A key may be filled in where there was none, and be corrected where the origin's was what was wrong. A
 * client_account_id may be left out beside the account_id that was there. Anything else is repair_key_differs.
 */
export function judgeRepairedKeys(row: ParsedRow, reading: Reading, origin: Origin): ParsedRow {
  const given = row.source.cells;
  const had = origin.source.cells;
  if (given === null || had === null) return row;
  const wrong = KEYS.filter((key) => differs(key, keysOf(given, reading), keysOf(had, origin.reading), origin));
  if (wrong.length === 0) return row;
  const cells = [...given];
  const issues = wrong.map((key): Issue => {
    const at = reading.columns.indexOf(key);
    const old = had[origin.reading.columns.indexOf(key)] ?? "";
    if (at >= 0) cells[at] = old;
    const message =
      `row ${origin.source.row} of run ${origin.run} has ${showId(old)} here, and the repaired row ${showId(given[at] ?? "")}: ` +
      "a program may have changed it; to name another account, remove the result_ columns";
    return { code: "repair_key_differs", column: fileColumn(reading, key), message };
  });
  const others = row.kind === "invalid" ? row.issues : [];
  const blamed = issues.map(({ column }) => column);
  return {
    kind: "invalid",
    source: { ...row.source, cells },
    issues: [...issues, ...others.filter(({ column }) => !blamed.includes(column))],
    ...(row.provenance !== undefined && { provenance: row.provenance }),
  };
}

type Keys = Readonly<Record<Key, string>>;

function keysOf(cells: readonly string[], { columns }: Reading): Keys {
  const of = (key: Key) => (cells[columns.indexOf(key)] ?? "").trim();
  return { account_id: of("account_id"), client_account_id: of("client_account_id") };
}

function differs(key: Key, given: Keys, had: Keys, { issues, reading }: Origin): boolean {
  if (had[key] === "" || given[key] === had[key]) return false;
  const isNamed = had.account_id !== "" && given.account_id === had.account_id;
  if (key === "client_account_id" && given[key] === "" && isNamed) return false;
  const column = fileColumn(reading, key);
  return !issues.some(
    (issue) => issue.code !== "repair_key_differs" && (issue.column === column || ABOUT_KEYS.includes(issue.code)),
  );
}
