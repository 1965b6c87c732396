/** Results that have been through a real spreadsheet program: what it does to ids is seen, and makes no account. */
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { startJob } from "../../src/run/start/start-job.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { openDesk, readResults } from "../support/scenario.ts";

/** LibreOffice where PATH has it. */
function findSpreadsheet(): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "soffice"))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Opens each CSV file of the folder, saves it as a workbook, opens that and saves it as CSV in `<folder>/back`. */
async function roundTrip(soffice: string, folder: string, names: readonly string[]): Promise<void> {
  // A profile of its own: nobody's open LibreOffice is asked to do it.
  const convert = async (form: string, into: string, files: readonly string[]) => {
    const profile = `-env:UserInstallation=${pathToFileURL(join(folder, "profile"))}`;
    const args = [profile, "--headless", "--convert-to", form, "--outdir", join(folder, into), ...files];
    await promisify(execFile)(soffice, args, { cwd: folder });
  };
  const books = names.map((name) => name.replace(/csv$/, "xlsx"));
  await convert("xlsx", "books", names);
  await convert(
    "csv",
    "back",
    books.map((name) => join("books", name)),
  );
}

const FILE = [
  "client_account_id,account_holders,product_name,credit_score,metadata.note",
  "0001700,entity_ann,Card,x,=1+1",
  "0001800,entity_ann,Card,y,",
  "0001900,entity_ann,Card,,",
  "",
].join("\n");
const FILES = ["failed.csv", "results.csv", "results.spreadsheet.csv"];

describe("results given back through LibreOffice", function () {
  // Two starts of LibreOffice, the first of which makes its profile.
  this.timeout(180_000);
  const soffice = findSpreadsheet();
  if (soffice === undefined) {
    it.skip(`skipped: ${FILES.length} checks (soffice is not in PATH)`);
    return;
  }

  itWhole(
    "make no account: the ids of failed.csv and results.csv are seen to be others, and the copy is rejected",
    async () => {
      await using bank = await startSandbox({ seed: { entities: [{ id: "entity_ann" }] } });
      await using desk = await openDesk();
      const job = {
        results: { folder: join(desk.folder, "out"), spreadsheet: true },
        defaults: { capabilities: ["deposit" as const] },
        creates: "trusted" as const,
      };
      const first = await desk.run(bank, FILE, { job, name: "first.csv" });
      expect(first.summary?.words).to.include({ invalid: 2, applied: 1 });
      const folder = join(desk.folder, "spreadsheet");
      await mkdir(folder);
      for (const name of FILES) await copyFile(join(first.summary?.results ?? "", name), join(folder, name));
      await roundTrip(soffice, folder, FILES);
      for (const name of FILES)
        expect(await readFile(join(folder, "back", name), "utf8"), `${name} as LibreOffice has it`).to.match(/^1700,/m);

      const giveBack = async (name: string) => {
        const file = join(folder, "back", name);
        const [end] = await startJob(desk.context(bank, job), {
          kind: "run",
          file,
          from: null,
          limit: null,
          again: null,
        });
        return end;
      };
      for (const name of ["failed.csv", "results.csv"]) {
        const end = await giveBack(name);
        if (end?.kind !== "reported") throw new Error(`${name}: ${end?.kind}`);
        const rows = await readResults(end.summary.results);
        expect(rows, name).to.have.length(name === "failed.csv" ? 2 : 3);
        for (const row of rows) {
          expect(row.result, name).to.equal("invalid");
          expect(row.result_code, name).to.match(/^repair_key_differs\b/);
        }
        expect(await readFile(join(end.summary.results, "failed.csv"), "utf8")).to.match(/^0001700,/m);
      }
      const copy = await giveBack("results.spreadsheet.csv");
      expect(copy?.kind === "rejected" && copy.rejection.code).to.equal("file_spreadsheet_copy");
      expect([...bank.accounts.values()].map(({ client_account_id: id }) => id)).to.deep.equal(["0001900"]);
    },
  );
});
