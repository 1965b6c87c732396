/** Files whose trailer or manifest states totals and a business date: what goes through with its proof, and what is rejected before any call. */
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../../src/job.ts";
import { renderCertificate } from "../../../src/report/certificate.ts";
import type { Summary } from "../../../src/report/summary.ts";
import { exitOf, type FileEnd, type StartOptions, startJob } from "../../../src/run/start/start-job.ts";
import { startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../../support/scenario.ts";

const CSV = "account_id,product_name,limit\naccount_1,New,100\naccount_2,New,\naccount_3,Old,2350\naccount_4,New,x\n";
const TRAILER = {
  marker: "END",
  sums: { limit: 3 },
  hashTotals: { account_id: { at: 4, digits: 4 } },
  counts: { product_name: { New: 5, Old: 6 } },
  dateAt: 7,
} as const;
const ROWS = CSV.replace("4,New,x", "4,New,0050");

async function start(
  files: Readonly<Record<string, string>>,
  job: Partial<JobInput>,
  act: (told: { end: FileEnd | undefined; desk: Desk; writes: number; notes: string[] }) => Promise<void> | void,
  { options = {}, cameAt }: { options?: Partial<StartOptions>; cameAt?: string } = {},
) {
  const accounts = [1, 2, 3, 4].map((n) => ({ id: `account_${n}`, client_account_id: `c${n}` }));
  await using bank = await startSandbox({ seed: { accounts } });
  await using desk = await openDesk({ durable: false });
  await mkdir(join(desk.folder, "in"), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(desk.folder, "in", name), text);
    if (cameAt) await utimes(join(desk.folder, "in", name), new Date(cameAt), new Date(cameAt));
  }
  const notes: string[] = [];
  const context = desk.context(bank, {
    source: { folder: join(desk.folder, "in"), pattern: /\.csv$/ },
    ...sourceIn(desk, job),
  });
  const progress = { ...context.progress, note: (text: string) => void notes.push(text) };
  const all: StartOptions = { kind: "run", file: null, from: null, limit: null, again: null, ...options };
  const file = all.file === null ? null : join(desk.folder, "in", all.file);
  const [end] = await startJob({ ...context, progress }, { ...all, file });
  await act({ end, desk, writes: bank.writes.length, notes });
}

/** Its pattern, in the desk's folder. */
function sourceIn(desk: Desk, { source, ...job }: Partial<JobInput>): Partial<JobInput> {
  const pattern = source && "pattern" in source ? source.pattern : undefined;
  return { ...job, ...(pattern && { source: { folder: join(desk.folder, "in"), pattern } }) };
}

const summaryOf = (end: FileEnd | undefined): Summary =>
  end?.kind === "reported" ? end.summary : expect.fail(JSON.stringify(end));
const rejectionOf = (end: FileEnd | undefined) =>
  end?.kind === "rejected" ? { ...end.rejection, exit: exitOf(end) } : expect.fail(JSON.stringify(end?.kind));

describe("totals that a file states", () => {
  const DATED = { source: { folder: "", pattern: /-(?<date>\d{8})\.csv$/ } };

  it("of a trailer are proven, and are equations of the certificate", async () => {
    await start(
      { "a.csv": `${ROWS}END,4,2500.00,0010,3,1,20261128\n` },
      { completeness: { trailer: TRAILER } },
      async ({ end, notes, desk }) => {
        const { certificate, words } = summaryOf(end);
        expect(words.applied).to.equal(4);
        expect(certificate.filter(({ right }) => right.endsWith(" by the trailer"))).to.deep.equal([
          { left: "number of rows", right: "number of rows by the trailer", figures: [4, 4] },
          { left: "sum of limit", right: "sum of limit by the trailer", figures: ["2500", "2500"] },
          { left: "hash total of account_id", right: "hash total of account_id by the trailer", figures: ["10", "10"] },
          { left: "count of product_name New", right: "count of product_name New by the trailer", figures: [3, 3] },
          { left: "count of product_name Old", right: "count of product_name Old by the trailer", figures: [1, 1] },
        ]);
        expect(renderCertificate(certificate)).to.match(
          /; as the trailer has it: number of rows 4, sum of limit 2,500, hash total of account_id 10, count of product_name New 3, count of product_name Old 1$/,
        );
        expect(notes).to.include(
          "whole by its trailer: number of rows 4, sum of limit 2,500, hash total of account_id 10, count of product_name New 3, count of product_name Old 1, business date 2026-11-28",
        );
        expect((await desk.ledger.runs.find("last"))?.reading?.stated).to.deep.include({
          by: "trailer",
          businessDate: "2026-11-28",
        });
      },
    );
  });

  it("count the cells of invalid rows that are numbers", async () => {
    const csv = "account_id,product_name,limit\naccount_1,New,100\nbad id,New,25.5\naccount_3,New,50\n";
    await start(
      { "a.csv": `${csv}END,3,175.5\n` },
      { completeness: { trailer: { marker: "END", sums: { limit: 3 } } } },
      ({ end }) => {
        expect(summaryOf(end).words).to.include({ invalid: 1, applied: 2 });
      },
    );
  });

  it("are read as the job says that amounts are written, in the rows and in the trailer", async () => {
    const csv = "account_id;product_name;limit\naccount_1;New;1.250,00\naccount_2;New;0,5\nEND;2;1.250,50\n";
    const job: Partial<JobInput> = {
      numbers: { decimal: ",", group: "." },
      completeness: { trailer: { marker: "END", sums: { limit: 3 } } },
    };
    await start({ "a.csv": csv }, job, ({ end }) => {
      const found = summaryOf(end).certificate.find(({ left }) => left === "sum of limit");
      expect(found?.figures).to.deep.equal(["1250.50", "1250.50"]);
    });
    await start({ "a.csv": csv.replace("1.250,50", "1.250,51") }, job, ({ end }) => {
      expect(rejectionOf(end).code).to.equal("total_differs");
    });
  });

  const differing: readonly [string, string, string, RegExp][] = [
    [
      "a sum",
      `${ROWS}END,4,2500.01,0010,3,1,20261128\n`,
      "total_differs",
      /^the sum of limit is 2,500, and its trailer has 2,500\.01$/,
    ],
    [
      "a digit in a row",
      `${ROWS.replace("2350", "2351")}END,4,2500,0010,3,1,20261128\n`,
      "total_differs",
      /sum of limit is 2,501/,
    ],
    [
      "a count",
      `${ROWS}END,4,2500,0010,2,1,20261128\n`,
      "total_differs",
      /count of product_name New is 3, and its trailer has 2/,
    ],
    ["a hash total", `${ROWS}END,4,2500,0011,3,1,20261128\n`, "total_differs", /hash total of account_id is 10/],
    [
      "a cell that is no number",
      `${CSV}END,4,2450,0010,3,1,20261128\n`,
      "total_unprovable",
      /^row 5 has "x…" in limit/,
    ],
    [
      "the number of rows, which is told first",
      `${CSV}END,5,2450,0010,3,1,20261128\n`,
      "file_incomplete",
      /counts 5 rows/,
    ],
  ];
  for (const [what, csv, code, message] of differing) {
    it(`of a trailer reject a file with another ${what}, before any call: ${code}`, async () => {
      await start({ "a.csv": csv }, { completeness: { trailer: TRAILER } }, ({ end, writes }) => {
        const rejection = rejectionOf(end);
        expect(rejection).to.include({ code, exit: 7 });
        expect(rejection.message).to.match(message);
        expect(writes).to.equal(0);
      });
    });
  }

  const MANIFEST = { completeness: { manifest: { demands: ["rows", "sums.limit", "businessDate"] } } };
  const manifests: readonly [string, object | string, string, RegExp][] = [
    [
      "as texts",
      { rows: 4, sums: { limit: "2500.00" }, counts: { product_name: { New: 3 } }, businessDate: "2026-11-28" },
      "reported",
      /./,
    ],
    [
      "as numbers",
      '{"rows":4,"sums":{"limit":2500.000},"hashTotals":{"account_id":10},"businessDate":"20261128"}',
      "reported",
      /./,
    ],
    [
      "as a number that no binary fraction is",
      '{"rows":4,"sums":{"limit":2500.00000000000000000001},"businessDate":"20261128"}',
      "total_differs",
      /its manifest has 2,500\.00000000000000000001$/,
    ],
    [
      "with another sum",
      { rows: 4, sums: { limit: "25" }, businessDate: "2026-11-28" },
      "total_differs",
      /and its manifest has 25$/,
    ],
    [
      "without a sum",
      { rows: 4, sums: { max_limit: "2" }, businessDate: "2026-11-28" },
      "manifest_unreadable",
      /has no sums\.limit, which the job demands$/,
    ],
    [
      "of a column that the file lacks",
      { rows: 4, sums: { limit: "2500", max_limit: "2" }, businessDate: "2026-11-28" },
      "total_unprovable",
      /no column "max_limit"/,
    ],
    [
      "with a sum that is none",
      { rows: 4, sums: { limit: "2,500" }, businessDate: "2026-11-28" },
      "manifest_unreadable",
      /has a sums\.limit that cannot be used$/,
    ],
    [
      "with a day that is none",
      { rows: 4, sums: { limit: "2500" }, businessDate: "2026-11-31" },
      "manifest_unreadable",
      /has a businessDate that cannot be used$/,
    ],
  ];
  for (const [what, manifest, code, message] of manifests) {
    it(`of a manifest, ${what}: ${code}`, async () => {
      const text = typeof manifest === "string" ? manifest : JSON.stringify(manifest);
      await start({ "a.csv": ROWS, "a.csv.manifest.json": text }, MANIFEST, ({ end, writes }) => {
        if (code === "reported") expect(summaryOf(end).words.applied).to.equal(4);
        else {
          expect(rejectionOf(end)).to.include({ code, exit: 7 });
          expect(rejectionOf(end).message).to.match(message);
          expect(writes).to.equal(0);
        }
      });
    });
  }

  it("have a business date that must be the one in the file's name", async () => {
    const job = { ...DATED, completeness: { trailer: TRAILER } };
    await start({ "a-20261128.csv": `${ROWS}END,4,2500,0010,3,1,20261128\n` }, job, ({ end }) => {
      expect(summaryOf(end).words.applied).to.equal(4);
    });
    await start({ "a-20261127.csv": `${ROWS}END,4,2500,0010,3,1,20261128\n` }, job, ({ end, writes }) => {
      expect(rejectionOf(end)).to.include({
        code: "file_incomplete",
        message: "the file's name has the date 20261127, and its trailer has 2026-11-28",
      });
      expect(writes).to.equal(0);
    });
  });

  // The 26th is Thanksgiving Day, the 27th a Friday.
  const expectFiles = { by: "02:30", zone: "America/Chicago", days: "federal-reserve-business-days" } as const;
  const days: readonly [string, "same day" | "day before", string, boolean][] = [
    ["2026-11-27T07:00:00Z", "same day", "20261127", true],
    ["2026-11-27T07:00:00Z", "day before", "20261125", true],
    ["2026-11-27T07:00:00Z", "day before", "20261126", false],
    ["2026-11-28T07:00:00Z", "same day", "20261130", true],
    ["2026-11-28T07:00:00Z", "day before", "20261127", true],
    ["2026-11-27T20:00:00Z", "same day", "20261127", true],
    ["2026-11-27T21:00:00Z", "same day", "20261127", false],
  ];
  for (const [cameAt, businessDate, date, isTaken] of days) {
    it(`of a file that came ${cameAt} may be of ${date}, ${businessDate}: ${isTaken}`, async () => {
      const job = { ...DATED, completeness: { businessDate }, expect: expectFiles };
      const name = `a-${date}.csv`;
      await start(
        { [name]: ROWS },
        job,
        ({ end, writes }) => {
          if (isTaken) {
            expect(summaryOf(end).words.applied).to.equal(4);
            return;
          }
          const { code, message, hint } = rejectionOf(end);
          expect(code).to.equal("file_other_day");
          expect(message).to.match(
            /^the file's business date is 2026-11-\d\d, and one that came 2026-11-27 \d\d:00 \(America\/Chicago\) is to be of 2026-11-\d\d$/,
          );
          expect(hint).to.contain("--again");
          expect(writes).to.equal(0);
        },
        { cameAt },
      );
    });
  }

  it("of another day are taken with a reason, and by a validation", async () => {
    const job = { ...DATED, completeness: { businessDate: "same day" as const }, expect: expectFiles };
    const files = { "a-20261120.csv": ROWS };
    const again = { file: "a-20261120.csv", again: "late from the core" };
    await start(files, job, ({ end }) => void expect(summaryOf(end).words.applied).to.equal(4), { options: again });
    await start(files, job, ({ end }) => void expect(summaryOf(end).rows).to.equal(4), {
      options: { kind: "validate" },
    });
    await start(files, job, ({ end }) => void expect(rejectionOf(end).code).to.equal("file_other_day"), {
      options: { kind: "plan" },
    });
  });

  it("must have a business date somewhere where the job compares it", async () => {
    await start({ "a.csv": ROWS }, { completeness: { businessDate: "same day" } }, ({ end }) => {
      expect(rejectionOf(end)).to.include({ code: "file_incomplete" });
      expect(rejectionOf(end).message).to.match(/has no business date/);
    });
  });
});
