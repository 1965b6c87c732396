/** Rows that were repaired in a real spreadsheet program: what it does to the other cells is undone, whatever the country. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { startJob } from "../../src/run/start/start-job.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { COUNTRIES, findSpreadsheet, roundTrip, type Trip } from "../support/libre-office.ts";
import { openDesk, readResults } from "../support/scenario.ts";

const CELLS = [
  ["0001700", "2026-01-02", "1-2", "12345678901234567890", "true", "=1+1"],
  ["0001800", "2026-12-31", "3.4", "1250.00", "FALSE", "Zoë"],
  ["17", "2026-02-28", "MARCH1", "1,250", "12:30", "' odd"],
  ["12345678901234567", "", "1/2", "0.1234567890123456", "5%", "8.9E+19"],
];
const HEADER = "client_account_id,product_name,scra_start_date,metadata.a,metadata.b,metadata.c,metadata.d";
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const FILE = [HEADER, ...CELLS.map(([id = "", ...more]) => [id, "#N/A", ...more].map(quoted).join(",")), ""].join("\n");
const SEED = {
  accounts: CELLS.map(([id = ""], at) => ({
    id: `account_${at + 1}`,
    client_account_id: id,
    status: "active" as const,
  })),
};

const TRIPS: readonly Trip[] = COUNTRIES.flatMap((country) => [
  { country, book: "xlsx" as const, detects: true },
  { country, book: "ods" as const, detects: country.locale === "de-DE" },
]);
/** A formula that was evaluated is gone: no cell tells what it was. */
const FORMULA = CELLS.findIndex((cells) => cells.includes("=1+1"));

describe("failed.csv and failed.spreadsheet.csv given back through LibreOffice", function () {
  // Two starts of LibreOffice each, the first of which makes its profile.
  this.timeout(180_000);
  const soffice = findSpreadsheet();
  if (soffice === undefined) {
    it.skip(`skipped: ${TRIPS.length} checks (soffice is not in PATH)`);
    return;
  }

  for (const trip of TRIPS) {
    const how = `${trip.country.locale}, ${trip.book}, ${trip.detects ? "with" : "without"} special numbers`;
    itWhole(`have every cell as it was: ${how}`, async () => {
      await using bank = await startSandbox({ seed: structuredClone(SEED) });
      await using desk = await openDesk();
      const first = await desk.run(bank, FILE, { name: "first.csv" });
      expect(first.summary?.words.invalid).to.equal(CELLS.length);
      const files = ["failed.csv", "failed.spreadsheet.csv"].map((name) => join(first.summary?.results ?? "", name));
      for (const file of files) await writeFile(file, (await readFile(file, "utf8")).replaceAll("#N/A", "Gold"));
      const back = await roundTrip(soffice, files, trip);
      for (const [name, bytes] of Object.entries(back)) {
        const file = join(desk.folder, name);
        await writeFile(file, bytes);
        const [end] = await startJob(desk.context(bank), { kind: "plan", file, from: null, limit: null, again: null });
        if (end?.kind !== "reported") throw new Error(JSON.stringify(end));
        const rows = await readResults(end.summary.results);
        const told = rows.map(({ result_code, result_message }) => `${result_code} ${result_message}`).join("\n");
        const isLost = name === "failed.csv";
        if (isLost) expect(end.summary.repairs?.restored.map(({ damage }) => damage)).to.include("number");
        for (const [at, row] of rows.entries()) {
          const [id = "", ...more] = CELLS[at] ?? [];
          const isFormula = isLost && at === FORMULA;
          expect(row.result, `${name}\n${told}`).to.equal(isFormula ? "invalid" : "skipped");
          expect(Object.values(row).slice(0, 7), `${name}\n${told}`).to.deep.equal([id, "Gold", ...more]);
        }
      }
    });
  }
});
