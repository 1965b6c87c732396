/**
 * The accounts of the bench: account n as the bank answers it, and its row in a file of 24 columns, a complete record as
 * core banking systems export it. A row agrees with the bank, or wants another available_credit: one GET, one PATCH.
 */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Rows that agree with the bank, and rows that want one change each. */
export type Wish = "unchanged" | "changed";

export const COLUMNS = [
  "account_id",
  "client_account_id",
  "application_id",
  "account_holder_type",
  "capabilities",
  "product_name",
  "currency",
  "is_secured",
  "is_mla",
  "underwriting_grade",
  "available_credit",
  "limit",
  "max_limit",
  "scra_start_date",
  "scra_end_date",
  "credit_score",
  "credit_pulled_at",
  "credit_report_source",
  "documents",
  "metadata.branch",
  "metadata.officer",
  "status",
  "status_reason",
  "effective_at",
] as const;

const ROWS_AT_ONCE = 1_000;

export function accountId(n: number): string {
  return `account_${n}`;
}

const clientAccountId = (n: number) => `core-${String(n).padStart(9, "0")}`;
const documentOf = (n: number) =>
  `{"document_id":"esign-${n}","type":"esign_agreement","version":"7","consented_at":"2026-02-03T10:15:30Z"}`;

/** The account as the bank holds it, as JSON text. */
export function accountJson(n: number): string {
  return `{"id":"${accountId(n)}","created_at":"2026-02-03T10:15:30Z","updated_at":"2026-02-03T10:15:30Z","application_id":null,"status":"active","status_reason":"active","capabilities":["credit_without_underwriting"],"entities":{"account_holder_type":"consumer"},"details":{"product_name":"Everyday Credit","credit":{"is_secured":false,"is_mla":false,"underwriting_grade":"B","currency":"USD","available_credit":${500_000 + n},"limit":750000,"max_limit":1000000,"report":{"score":712,"pulled_at":"2026-02-01T08:00:00Z","source":"equifax"}}},"metadata":{"branch":"${n % 400}","officer":"m.keller"},"documents":[${documentOf(n)}],"client_account_id":"${clientAccountId(n)}"}`;
}

function rowOf(n: number, wish: Wish): string {
  return rowWith(n, wish === "changed" ? 400_000 + n : 500_000 + n);
}

function rowWith(n: number, availableCredit: number): string {
  const document = `"[${documentOf(n).replaceAll('"', '""')}]"`;
  return `${accountId(n)},${clientAccountId(n)},,consumer,credit_without_underwriting,Everyday Credit,USD,false,false,B,${availableCredit},750000,1000000,,,712,2026-02-01T08:00:00Z,equifax,${document},${n % 400},m.keller,active,active,2026-11-20T02:00:00Z\n`;
}

/** A file of one row, of account 1. */
export const ONE_ROW = "account_id,available_credit\naccount_1,400001\n";

/** Writes a file of that many rows, for accounts 1 and up, in little memory. */
export async function writeRows(path: string, rows: number, wish: Wish): Promise<void> {
  await writeLines(path, linesOf(rows, wish));
}

/** Writes the file of a night: each row as the last one had it, but for one in so many. */
export async function writeNight(
  path: string,
  rows: number,
  { no, changed }: { readonly no: number; readonly changed: number },
): Promise<void> {
  await writeLines(path, linesOfNight(rows, no, changed));
}

/** In the first night all agree with the bank. In each later one other rows change, and stay so. */
function* linesOfNight(rows: number, no: number, changed: number): Generator<string> {
  yield `${COLUMNS.join(",")}\n`;
  for (let n = 1; n <= rows; n++) {
    const place = n % changed;
    yield rowWith(n, place + 2 <= no ? 400_000 + n : 500_000 + n);
  }
}

/** Writes a file of that many rows that all name account 1 and another product; the latest is the first one. */
export async function writeRowsOfOne(path: string, rows: number): Promise<void> {
  await writeLines(path, linesOfOne(rows));
}

async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(lines), createWriteStream(path));
}

function* linesOfOne(rows: number): Generator<string> {
  yield "account_id,product_name,effective_at\n";
  for (let nth = 0; nth < rows; nth++) {
    yield `${accountId(1)},Card ${nth},${new Date(Date.UTC(2026, 0, 1) - nth).toISOString()}\n`;
  }
}

function* linesOf(rows: number, wish: Wish): Generator<string> {
  yield `${COLUMNS.join(",")}\n`;
  for (let from = 1; from <= rows; from += ROWS_AT_ONCE) {
    const length = Math.min(ROWS_AT_ONCE, rows - from + 1);
    yield Array.from({ length }, (_, index) => rowOf(from + index, wish)).join("");
  }
}
