/**
 * Huge files of the worst kinds, each read in a process of its own: they are read or rejected, and memory stays flat.
 */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { describeWhole } from "../support/extent.ts";

const READER = fileURLToPath(new URL("generated-file.ts", import.meta.url));
const MOST_BYTES = 300_000_000;

interface Ended {
  readonly code: string;
  readonly rows: number;
  readonly peakBytes: number;
}

async function readGenerated(name: string): Promise<Ended> {
  // As the command has them: else V8 lets garbage pile up by how much memory the machine has.
  const flags = ["--max-semi-space-size=16", "--heap-growing-percent=30"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, READER, name]);
  return JSON.parse(stdout) as Ended;
}

describeWhole("readCsv in little memory", function () {
  this.timeout(60_000);
  const files: readonly [string, string, number | undefined][] = [
    ["commas in the header", "file_row_too_long", 0],
    ["commas in a row", "file_row_too_long", 0],
    ["an open quote", "file_row_too_long", 0],
    ["zeros in gzip", "file_row_too_long", 0],
    ["zeros in gzip, long rows allowed", "file_expands_too_far", 0],
    ["rows in gzip", "file_expands_too_far", undefined],
    ["blank lines", "file_too_many_rows", 0],
    ["blank lines before a row", "end", 4_000_000],
    ["a million columns", "file_row_too_long", 0],
    ["a million columns, long rows allowed", "file_too_many_columns", 0],
    ["short rows", "end", 2_000_000],
  ];
  for (const [name, code, rows] of files) {
    it(`${name}: ${code}`, async () => {
      const ended = await readGenerated(name);
      expect(ended.code).to.equal(code);
      if (rows !== undefined) expect(ended.rows).to.equal(rows);
      expect(ended.peakBytes).to.be.below(MOST_BYTES);
    });
  }
});
