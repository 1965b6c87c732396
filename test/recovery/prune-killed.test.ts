/**
 * `tieout prune` killed at every commit: what must stay is there after each kill, and typed again it comes to the same end. And a schedule
 * that prunes after a start.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { BANK, findAll, issue, newRun, plan, row } from "../ledger/builders.ts";
import { IS_WHOLE } from "../support/extent.ts";
import { IS_POSTGRES, ledgerFor, openTestLedger } from "../support/test-ledger.ts";
import { startTieout } from "../support/tieout.ts";
import { TIMEOUT_MS } from "./figures.ts";

const STRIKE_URL = new URL("strike-at.ts", import.meta.url).href;
const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
/** Three parts, of which the middle one has a row that is open. */
const ROWS = 1_200;
const OPEN = 700;

/** Opening a file has commits too. */
const FIRST = IS_POSTGRES ? 2 : 4;

interface Place {
  readonly folder: string;
  readonly path: string;
}

async function openPlace(settings = 'retention: { cells: "30d" }'): Promise<Place & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "tieout-prune-"));
  const text = `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "nightly", source: { folder: "in" }, results: { folder: "out" }, ${settings} });\n`;
  await writeFile(join(folder, "job.ts"), text);
  const path = join(folder, "ledger.sqlite");
  await using ledger = await openTestLedger(path);
  const run = await ledger.runs.open(BANK, newRun("r1", { jobPath: join(folder, "job.ts") }));
  const rows = Array.from({ length: ROWS }, (_, at) => row(at + 2, `client:${at + 2}`));
  await ledger.rows.recordRows(run, rows);
  await ledger.runs.record(run, { rows: ROWS, stage: "report" });
  await findAll(ledger, run);
  await ledger.changes.recordPlans(run, [plan(OPEN, ["patch"]), plan(2, ["patch"])]);
  await ledger.changes.recordDone(run, OPEN, { word: "refused", issues: [issue("bank_refused")] }, 5);
  await ledger.changes.recordDone(run, 2, { word: "applied", issues: [] }, 5);
  await ledger.changes.closeOpen(run, { word: "unchanged", issues: [] }, 5);
  const number = await ledger.runs.openPublication(run);
  await ledger.runs.recordPublication(run, { number, summary: "{}", exit: 3, final: true, atMs: 6 });
  return { folder, path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** How many rows have their values, and whether all of the open one is there. */
async function look({ path }: Place) {
  await using ledger = await openTestLedger(path);
  const run = await ledger.runs.find("r1");
  if (run === undefined) throw new Error("no run");
  let values = 0;
  for (let after = 0; ; ) {
    const page = await ledger.rows.readResults(run, { after, limit: 500 });
    values += page.filter(({ source }) => source.cells !== null).length;
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.source.row;
  }
  const [open] = await ledger.rows.readResultsOf(run, [OPEN]);
  const isOpenWhole = open?.source.cells !== null && open?.operations[0]?.body === '{"step":1}';
  return { values, isOpenWhole, isMarked: run.prunedAtMs !== null };
}

const prune = ({ folder, path }: Place, strike = "") =>
  startTieout(
    ["prune", "./job.ts", "--reason", "the ledger is a test's"],
    {
      TIEOUT_LEDGER: ledgerFor(path),
      ...(strike !== "" && { TIEOUT_TEST_STRIKE: strike, NODE_OPTIONS: `--import=${STRIKE_URL}` }),
    },
    folder,
  ).ended;

describe("pruning that is killed", function () {
  this.timeout(TIMEOUT_MS);

  for (const point of ["commit before", "commit after"])
    it(`at ${point}, has kept what must stay, and goes on when it is typed again`, async () => {
      const seen = new Set<number>();
      for (let nth = IS_WHOLE ? 1 : FIRST; ; nth += IS_WHOLE ? 1 : 3) {
        await using place = await openPlace();
        const struck = await prune(place, `SIGKILL ${nth} ${point}`);
        const { values, isOpenWhole, isMarked } = await look(place);
        expect(isOpenWhole, `${point} ${nth}`).to.equal(true);
        expect(isMarked || values === ROWS, `${point} ${nth}: values are gone of a run that does not say so`).to.equal(
          true,
        );
        seen.add(values);
        const again = await prune(place);
        expect([again.code, again.err]).to.deep.equal([0, again.err]);
        expect(await look(place)).to.deep.equal({ values: 1, isOpenWhole: true, isMarked: true });
        if (struck.signal !== "SIGKILL") break;
      }
      expect(seen.size, "it was killed with some values gone").to.be.above(IS_WHOLE ? 2 : 1);
    });
});

describe("a schedule", function () {
  this.timeout(60_000);

  it("prunes a job that says so, after a start of it", async () => {
    await using bank = await startSandbox({});
    const settings = 'retention: { cells: "30d", at: "schedule" }, schedule: { cron: "* * * * * *" }';
    await using place = await openPlace(settings);
    // Time has gone on since: the ledger has been in use.
    await openTestLedger(place.path).then(async (ledger) => {
      await ledger.runs.open(BANK, newRun("r2", { job: "other", startedAtMs: Date.now() - 20 * 86_400_000 }));
      await ledger[Symbol.asyncDispose]();
    });
    const env = {
      TIEOUT_LEDGER: ledgerFor(place.path),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
      TIEOUT_LOG_LEVEL: "info",
    };
    using schedule = startTieout(["schedule", "./job.ts"], env, place.folder);
    await new Promise<void>((resolve) => {
      let log = "";
      schedule.child.stderr?.on("data", (text: string) => {
        log += text;
        if (log.includes(`values of 1,199 rows in 1 run were pruned`)) resolve();
      });
    });
    schedule.child.kill("SIGTERM");
    expect((await schedule.ended).code).to.equal(0);
    expect(await look(place)).to.include({ values: 1, isOpenWhole: true });
  });
});
