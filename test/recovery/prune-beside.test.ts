/**
 * `tieout prune` beside starts of the same job, in real processes: while they begin, run, are killed by SIGKILL and go on. Nothing goes that an
 * open run needs, no start fails, and none waits.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { LEASE_MS } from "../../src/ledger/sqlite/open-ledger.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { findAll, issue, newRun, plan, row } from "../ledger/builders.ts";
import { IS_WHOLE } from "../support/extent.ts";
import { IS_POSTGRES, ledgerFor, openTestLedger } from "../support/test-ledger.ts";
import { type Ended, startTieout } from "../support/tieout.ts";
import { figures, TIMEOUT_MS } from "./figures.ts";
import type { Strike } from "./points.ts";

const STRIKE_URL = new URL("strike-at.ts", import.meta.url).href;
const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
/** Of each old run: two parts, of which one has a row that is open. */
const OLD_ROWS = 600;
const OPEN = 550;
const ACCOUNTS = 30;
const DAY_MS = 86_400_000;
/** A start may be as much slower beside pruning; its lease is never in question. */
const LONGEST_MS = LEASE_MS / 2;

/** Where the start of each round is killed; then it is started anew. A server's clock cannot be set, so there each kill costs a minute. */
const STRIKES: readonly Strike[] = [
  { point: "commit after", nth: IS_POSTGRES ? 4 : 12 },
  { point: "send after", nth: 20 },
  { point: "receive", nth: 45 },
  { point: "commit before", nth: IS_POSTGRES ? 8 : 30 },
  { point: "publish before", nth: 1 },
  { point: "publish after", nth: 2 },
];

class Place implements AsyncDisposable {
  readonly folder: string;
  readonly bank: Sandbox;
  #aheadMs = 0;

  private constructor(folder: string, bank: Sandbox) {
    [this.folder, this.bank] = [folder, bank];
  }

  static async open(): Promise<Place> {
    const accounts = Array.from({ length: ACCOUNTS }, (_, n) => ({ id: `account_${n}` }));
    const place = new Place(
      await mkdtemp(join(tmpdir(), "tieout-beside-")),
      await startSandbox({ seed: { accounts }, latencyMs: 60 }),
    );
    const { folder } = place;
    await mkdir(join(folder, "in"));
    const settings = `name: "nightly", source: { folder: "in" }, results: { folder: "out" }, retention: { cells: "30d" },
  requestsPerSecond: 1000, burst: 1000, concurrency: { reads: 2, writes: 2 }, settleAfterMs: 500`;
    await writeFile(
      join(folder, "job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ ${settings} });\n`,
    );
    return place;
  }

  get path(): string {
    return join(this.folder, "ledger.sqlite");
  }

  start(args: readonly string[], strike?: Strike) {
    const { url, clientId, clientSecret } = this.bank;
    const env = {
      TIEOUT_LEDGER: ledgerFor(this.path),
      LEAD_API_URL: url,
      LEAD_CLIENT_ID: clientId,
      LEAD_CLIENT_SECRET: clientSecret,
      NODE_OPTIONS: `--import=${STRIKE_URL}`,
      ...(!IS_POSTGRES && { TIEOUT_TEST_AHEAD_MS: String(this.#aheadMs) }),
      ...(strike !== undefined && { TIEOUT_TEST_STRIKE: `SIGKILL ${strike.nth} ${strike.point}` }),
    };
    return startTieout(args, env, this.folder).ended;
  }

  /** Past the lease of whoever was killed. */
  passLease(): void {
    this.#aheadMs += LEASE_MS + 1_000;
  }

  /** A run that ended long ago, of which values may go. */
  async addOld(id: string): Promise<void> {
    await using ledger = await openTestLedger(this.path);
    const bank = { apiUrl: this.bank.url, program: this.bank.clientId };
    const over = { jobPath: join(this.folder, "job.ts"), startedAtMs: Date.now() - 33 * DAY_MS };
    const run = await ledger.runs.open(bank, newRun(id, over));
    const rows = Array.from({ length: OLD_ROWS }, (_, at) => row(at + 2, `client:${id}-${at + 2}`));
    await ledger.rows.recordRows(run, rows);
    await ledger.runs.record(run, { rows: OLD_ROWS, stage: "report" });
    await findAll(ledger, run);
    await ledger.changes.recordPlans(run, [plan(OPEN, ["patch"])]);
    await ledger.changes.recordDone(run, OPEN, { word: "refused", issues: [issue("bank_refused")] }, 5);
    await ledger.changes.closeOpen(run, { word: "unchanged", issues: [] }, 5);
    const number = await ledger.runs.openPublication(run);
    const atMs = Date.now() - 32 * DAY_MS;
    await ledger.runs.recordPublication(run, { number, summary: "{}", exit: 3, final: true, atMs });
  }

  async look(id: string): Promise<{ readonly values: number; readonly isOpenWhole: boolean }> {
    await using ledger: Ledger = await openTestLedger(this.path);
    const run = await ledger.runs.find(id);
    if (run === undefined) throw new Error(`no run ${id}`);
    const results = await ledger.rows.readResults(run, { after: 0, limit: 1_000 });
    const [open] = await ledger.rows.readResultsOf(run, [OPEN]);
    const isOpenWhole = open?.source.cells !== null && open?.operations[0]?.body === '{"step":1}';
    return { values: results.filter(({ source }) => source.cells !== null).length, isOpenWhole };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bank[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true });
  }
}

/** Prunes again and again until `start` has ended, with `amid` from its first request on. Resolves with how each ended. */
async function pruneBeside<Result>(place: Place, start: Promise<Result>, amid?: "amid") {
  let isOver = false;
  const { length } = place.bank.requests;
  const hasBegun = () => amid === undefined || place.bank.requests.length > length + 1;
  const codes: (number | null)[] = [];
  const pruning = (async () => {
    while (!hasBegun() && !isOver) await setTimeout(20);
    while (!isOver) {
      const { code, err } = await place.start(["prune", "./job.ts"]);
      expect([0, 5], err).to.include(code);
      codes.push(code);
    }
  })();
  const result = await start.finally(() => {
    isOver = true;
  });
  await pruning;
  return { result, codes };
}

/** As a cron does. Where time cannot be set, until the lease of the one that was killed has ended. */
async function startAgain(place: Place): Promise<Ended & { readonly tookMs: number }> {
  for (;;) {
    const beganMs = performance.now();
    const ended = await place.start(["run", "./job.ts"]);
    if (ended.code !== 5) return { ...ended, tookMs: performance.now() - beganMs };
  }
}

describe("pruning beside starts of its job", function () {
  this.timeout(TIMEOUT_MS);

  it("takes nothing that an open run needs, and no start fails or waits for it", async () => {
    await using place = await Place.open();
    const strikes = IS_POSTGRES ? STRIKES.slice(1, IS_WHOLE ? 4 : 2) : IS_WHOLE ? STRIKES : STRIKES.slice(0, 2);
    const all: (number | null)[] = [];
    for (const [at, strike] of strikes.entries()) {
      await place.addOld(`old-${at}`);
      const rows = Array.from({ length: ACCOUNTS }, (_, n) => `account_${n},Product ${at}`);
      await writeFile(join(place.folder, "in", `${at}.csv`), ["account_id,product_name", ...rows, ""].join("\n"));
      const struck = await pruneBeside(place, place.start(["run", "./job.ts"], strike));
      expect(struck.result.signal, `${strike.point} ${strike.nth}`).to.equal("SIGKILL");
      figures.strike("a start beside pruning");
      place.passLease();
      await place.addOld(`old-${at}-amid`);
      const { result, codes } = await pruneBeside(place, startAgain(place), "amid");
      expect(result.code, result.err).to.equal(0);
      expect(result.tookMs).to.be.below(LONGEST_MS);
      all.push(...struck.codes, ...codes);
      expect(place.bank.effects, "each row once").to.have.length(ACCOUNTS * (at + 1));
      const last = await place.start(["prune", "./job.ts"]);
      expect(last.code, last.err).to.equal(0);
      for (const id of [`old-${at}`, `old-${at}-amid`])
        expect(await place.look(id)).to.deep.equal({ values: 1, isOpenWhole: true });
    }
    expect(all, "it has met a start").to.include(5);
    const checked = await place.start(["ledger", "check"]);
    expect(checked.code, checked.out).to.equal(0);
  });
});
