/**
 * EvidenceTable: one table of a package of evidence, written as CSV and as JSON, a page of records at a time, with the JSON Schema of the latter.
 */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { formatSpreadsheetCell } from "./spreadsheet-cell.ts";

export type EvidenceCell = string | number | boolean | null;
export type EvidenceRecord = Readonly<Record<string, EvidenceCell>>;

/** Each column with what it is, in a few words. */
export type EvidenceColumns = Readonly<Record<string, string>>;

const TYPES = ["string", "number", "boolean", "null"];

export class EvidenceTable implements AsyncDisposable {
  readonly #columns: EvidenceColumns;
  readonly #csv: FileHandle;
  readonly #json: FileHandle;
  count = 0;

  private constructor(columns: EvidenceColumns, csv: FileHandle, json: FileHandle) {
    this.#columns = columns;
    this.#csv = csv;
    this.#json = json;
  }

  /** Makes `<name>.csv`, `<name>.json` and `<name>.schema.json` in the folder, none of which may be there. */
  static async create(folder: string, name: string, what: string, columns: EvidenceColumns): Promise<EvidenceTable> {
    const path = (ending: string) => join(folder, `${name}.${ending}`);
    await writeNew(path("schema.json"), `${JSON.stringify(schemaOf(name, what, columns), null, 2)}\n`);
    const [csv, json] = [await openNew(path("csv")), await openNew(path("json"))];
    const table = new EvidenceTable(columns, csv, json);
    await csv.writeFile(stringify([Object.keys(columns)], { record_delimiter: "\r\n" }));
    await json.writeFile("[");
    return table;
  }

  async add(record: EvidenceRecord): Promise<void> {
    const names = Object.keys(this.#columns);
    const cells = names.map((name) => formatSpreadsheetCell(String(record[name] ?? "")));
    await this.#csv.writeFile(stringify([cells], { record_delimiter: "\r\n" }));
    const ordered = Object.fromEntries(names.map((name) => [name, record[name] ?? null]));
    await this.#json.writeFile(`${this.count === 0 ? "" : ","}\n${JSON.stringify(ordered)}`);
    this.count += 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#json.writeFile("\n]\n");
    for (const file of [this.#csv, this.#json]) await file.close();
  }
}

function schemaOf(name: string, what: string, columns: EvidenceColumns): object {
  const properties = Object.fromEntries(
    Object.entries(columns).map(([column, description]) => [column, { description, type: TYPES }]),
  );
  const items = { type: "object", required: Object.keys(columns), properties, additionalProperties: false };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: name,
    description: what,
    type: "array",
    items,
  };
}

const openNew = (path: string) => open(path, "wx", 0o400);

export async function writeNew(path: string, text: string): Promise<void> {
  await using file = await openNew(path);
  await file.writeFile(text);
}

/** SHA-256 of a file's bytes, in hexadecimal digits, and how many there are. */
export async function digestOf(path: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  await using file = await open(path);
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}
