/**
 * A disk that is full under the ledger, at 20 sizes between what an empty ledger takes and what a whole run does: by a real
 * disk of that size, and by SQLite's own limit on pages, which needs no rights. The command stops at once and says so; once
 * there is room its next start finishes, each effect once and nothing lost.
 */

import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import pLimit from "p-limit";
import { describeWhole } from "../support/extent.ts";
import { AT_ONCE, figures, TIMEOUT_MS } from "./figures.ts";
import { cleanOutcome, LONG_JOB, WRITES } from "./long-job.ts";
import { Scene, type StartWays, wasKilled } from "./scene.ts";
import { canMount, openSmallDisk } from "./small-disk.ts";
import { wrongsOf } from "./verdict.ts";

const SIZES = 20;
/** How many changes are in hand for each write that may be in flight. */
const CHANGES_PER_WRITE = 4;
const AMPLE_KB = 1024 * 1024;
/** The largest size is what is taken when so many of the changes are sent: amid the sending, however commits fall together. */
const LARGEST_SENT = 0.9;
/** Too small for any ledger. */
const LEAST_KB = 64;
const NO_ROWS = "account_id,product_name\n";

interface Filled {
  readonly wrongs: readonly string[];
  /** How many effects there were when the disk was full; null when it had room for all. */
  readonly effects: number | null;
}

function countPages(path: string): number {
  using ledger = new DatabaseSync(path, { readOnly: true });
  return Number(ledger.prepare("PRAGMA page_count").get()?.page_count);
}

/** A disk under a scene's ledger that has no more room than it was made with. */
interface Disk extends Disposable {
  readonly narrow: StartWays;
  /** Makes room. Where a copy of the ledger is to be read, and how the job is started from then on. */
  enlarge(): { readonly ledger: string; readonly roomy: StartWays };
}

type OpenDisk = (scene: Scene, size: number) => Promise<Disk>;

const openPages: OpenDisk = async (scene, pages) => ({
  narrow: { pages },
  enlarge: () => ({ ledger: scene.ledger, roomy: {} }),
  [Symbol.dispose]() {},
});

const openMounted: OpenDisk = async (scene, sizeKb) => {
  const disk = await openSmallDisk(dirname(scene.ledger), sizeKb);
  const copy = join(scene.folder, "copy");
  return {
    narrow: { under: disk.under },
    enlarge() {
      disk.copyTo(copy);
      disk.enlarge();
      return { ledger: join(copy, basename(scene.ledger)), roomy: { under: disk.under } };
    },
    [Symbol.dispose]: () => disk[Symbol.dispose](),
  };
};

/** Starts the job where it runs out of room, and once more where it does not. */
async function fill(openDisk: OpenDisk, size: number, where: string): Promise<Filled> {
  await using scene = await Scene.open(LONG_JOB);
  using disk = await openDisk(scene, size);
  const { code, err } = await scene.start(disk.narrow).ended;
  const isFull = code !== 3;
  if (isFull) figures.strike("full disk");
  const wrongs: string[] = [];
  // The ledger's room ends, or that of the results beside it before they are published.
  const isPlain =
    /(^|\n)tieout: .*((the disk is full|the disk failed|takes no more writes).* \[ledger_failed\]|\(ENOSPC\)\. \[results_unwritable\]); .*\n$/;
  if (isFull && (code !== 6 || !isPlain.test(err))) wrongs.push(`${where}: it ended with ${code}: ${err}`);
  const { length: effects } = scene.bank.effects;
  const { ledger, roomy } = disk.enlarge();
  const { operations } = effects === 0 ? { operations: [] } : await scene.readLedger(ledger);
  const sent = operations.filter(({ attempts }) => attempts > 0).length;
  const applied = operations.filter(({ state }) => state === "applied").length;
  if (effects > sent) wrongs.push(`${where}: ${effects - sent} effects of which the ledger knows no intent`);
  if (sent - applied > WRITES * CHANGES_PER_WRITE) wrongs.push(`${where}: ${sent - applied} operations are open`);
  wasKilled(await scene.start(roomy).ended);
  return {
    wrongs: [...wrongs, ...wrongsOf(await scene.look(), await cleanOutcome(), where)],
    effects: isFull ? effects : null,
  };
}

/** Ends a process once so many of the changes are made. */
async function killAmid(scene: Scene, ways: StartWays): Promise<void> {
  const wanted = (await cleanOutcome()).effects.length * LARGEST_SENT;
  const { child, ended } = scene.start(ways);
  while (scene.bank.effects.length < wanted && child.exitCode === null) await setTimeout(1);
  child.kill("SIGKILL");
  expect(wasKilled(await ended)).to.equal(true);
}

/** Pages of a ledger that knows no row, and of one amid the sending. */
async function measurePages(): Promise<{ least: number; most: number }> {
  await using empty = await Scene.open({ ...LONG_JOB, csv: NO_ROWS });
  wasKilled(await empty.start().ended);
  await using amid = await Scene.open(LONG_JOB);
  await killAmid(amid, {});
  return { least: countPages(empty.ledger), most: countPages(amid.ledger) };
}

/** What the ledger, its log and the working copies take amid the sending. */
async function measureKb(): Promise<{ least: number; most: number }> {
  await using scene = await Scene.open(LONG_JOB);
  using disk = await openSmallDisk(dirname(scene.ledger), AMPLE_KB);
  await killAmid(scene, { under: disk.under });
  return { least: LEAST_KB, most: disk.usedKb() };
}

describeWhole("a disk that is full under the ledger", function () {
  this.timeout(TIMEOUT_MS);
  const limit = pLimit(AT_ONCE);

  async function fillAll(openDisk: OpenDisk, { least, most }: { least: number; most: number }, unit: string) {
    expect(most - least).to.be.above(SIZES);
    const sizeOf = (n: number) => Math.floor(least + ((most - least) * n) / (SIZES - 1));
    const sizes = Array.from({ length: SIZES }, (_, n) => sizeOf(n));
    const filled = await Promise.all(
      sizes.map((size) => limit(() => fill(openDisk, size, `full at ${size} of ${most} ${unit}`))),
    );
    expect(filled.flatMap(({ wrongs }) => wrongs)).to.deep.equal([]);
    const effects = filled.flatMap((one) => one.effects ?? []);
    expect(effects).to.have.length.of.at.least(Math.floor(SIZES * 0.7));
    expect(Math.min(...effects), `effects at the smallest of ${effects}`).to.equal(0);
    expect(Math.max(...effects), `effects at the largest of ${effects}`).to.be.above(0);
  }

  it(`stops the command at ${SIZES} limits of SQLite's; with room again it ends as if nothing had been`, async () => {
    await fillAll(openPages, await measurePages(), "pages");
  });

  it(`stops the command on ${SIZES} disks of their sizes, likewise`, async function () {
    if (!canMount()) {
      process.stdout.write(
        `  skipped: ${SIZES} checks, since this machine does not let users mount a disk of their own\n`,
      );
      this.skip();
    }
    await fillAll(openMounted, await measureKb(), "KB");
  });
});
