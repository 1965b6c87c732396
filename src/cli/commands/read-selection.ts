/**
 * The flags that narrow a start to some rows, read into a Selection. Throws FatalError `usage`, in one line, with what to write instead.
 */
import { readFileSync, statSync } from "node:fs";
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";
import { OPERATION_KINDS, type OperationKind } from "../../plan/operation.ts";
import type { Selection } from "../../plan/selection.ts";
import { counted, grouped } from "../../text/counted.ts";

export interface SelectionFlags {
  onlyKinds?: string;
  accounts?: string;
  rows?: string;
  sample?: number;
}

const MOST_ACCOUNTS = 10_000;
const MOST_RANGES = 100;
const MOST_BYTES = 1_000_000;

/** Undefined when nothing is narrowed. */
export function readSelection({ onlyKinds, accounts, rows, sample }: SelectionFlags): Selection | undefined {
  const selection: Selection = {
    ...(rows !== undefined && { rows: parseRows("--rows", rows) }),
    ...(accounts !== undefined && { accounts: readAccounts(accounts) }),
    ...(sample !== undefined && { sample }),
    ...(onlyKinds !== undefined && { onlyKinds: parseKinds(onlyKinds) }),
  };
  return Object.keys(selection).length === 0 ? undefined : selection;
}

/** The ranges that a flag has. Throws FatalError `usage`. */
export function parseRows(flag: string, text: string): NonNullable<Selection["rows"]> {
  const ranges = text.split(",").map((part) => {
    const [, from = "", to = from] = /^\s*(\d{1,9})(?:-(\d{1,9}))?\s*$/.exec(part) ?? [];
    const range = [Number(from), Number(to)] as const;
    if (from !== "" && range[0] > 0 && range[0] <= range[1]) return range;
    throw usage(
      `${flag} ${text} is no list of row numbers`,
      `give numbers as in result_row, such as ${flag} 7,100-200`,
    );
  });
  if (ranges.length <= MOST_RANGES) return ranges;
  throw usage(
    `${flag} has ${counted(ranges.length, "part")}`,
    `give ${MOST_RANGES} at most, or name accounts by --accounts`,
  );
}

function parseKinds(text: string): readonly OperationKind[] {
  return [...new Set(text.split(",").map((part) => part.trim()))].map((part) => {
    const kind = OPERATION_KINDS.find((known) => known === part);
    if (kind !== undefined) return kind;
    const hint = `give some of ${OPERATION_KINDS.join(", ")}, separated by commas`;
    throw usage(`--only-kinds does not know ${JSON.stringify(part)}`, hint);
  });
}

/** Ids are cell values, so they come in a file rather than on the command line, where others can see them. */
function readAccounts(text: string): NonNullable<Selection["accounts"]> {
  const hint = "write one account_id or client_account_id a line into a file, and give --accounts @accounts.txt";
  if (!/^@./.test(text)) throw usage("--accounts takes a file, after an @", hint);
  const file = text.slice(1);
  const ids = [
    ...new Set(
      readText(file, hint)
        .split(/\r\n|\r|\n/)
        .map((line) => line.trim()),
    ),
  ].filter((id) => id !== "");
  if (ids.length === 0) throw usage(`--accounts ${text} names no account`, hint);
  if (ids.length <= MOST_ACCOUNTS) return { file, ids };
  throw usage(`--accounts ${text} names ${counted(ids.length, "account")}`, `name ${grouped(MOST_ACCOUNTS)} at most`);
}

function readText(file: string, hint: string): string {
  try {
    if (statSync(file).size > MOST_BYTES)
      throw usage(`--accounts @${file} is larger than ${counted(MOST_BYTES, "byte")}`, hint);
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const code = nodeCode(error);
    if (error instanceof FatalError || code === undefined) throw error;
    throw usage(`--accounts @${file} cannot be read (${code})`, hint);
  }
}

function usage(message: string, hint: string): FatalError {
  return new FatalError("usage", message, { hint });
}
