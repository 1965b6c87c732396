/**
 * Growth, as far as it doesn't depend on the machine's mood: memory at 200,000 rows, and calls, statements and bytes of the
 * ledger for each row at two sizes. Time is for `npm run bench`.
 */

import { join } from "node:path";
import { expect } from "chai";
import { describeWhole } from "../support/extent.ts";
import { writeRows } from "./accounts.ts";
import { inFolder } from "./clients.ts";
import type { GrowthTold } from "./growth-process.ts";
import { measure } from "./measure.ts";

const MOST_BYTES = 300_000_000;
/** More of the ledger's pages are inner ones, and no more than that. */
const MOST_GROWTH = 1.15;

interface Grown extends GrowthTold {
  readonly rows: number;
  readonly peakBytes: number;
}

function grow(kind: "plan" | "run", rows: number): Promise<Grown> {
  return inFolder(async (folder) => {
    const file = join(folder, "rows.csv");
    await writeRows(file, rows, "changed");
    const args = [kind, file, folder];
    const { out, peakBytes } = await measure({ name: "growth-process.ts", args, folder, asTieout: true });
    return { ...(JSON.parse(out) as GrowthTold), rows, peakBytes };
  });
}

function expectNoGrowth(few: Grown, many: Grown): void {
  for (const figure of ["ledgerBytes", "statements"] as const) {
    const growth = many[figure] / many.rows / (few[figure] / few.rows);
    expect(growth, `${figure} for each row`).to.be.below(MOST_GROWTH);
  }
}

describeWhole("growth", function () {
  this.timeout(600_000);

  it("plans 200,000 rows in 300 MB, with one read for each and no more of the ledger than 10,000", async () => {
    const few = await grow("plan", 10_000);
    const many = await grow("plan", 200_000);
    for (const { rows, reads, writes } of [few, many])
      expect({ reads, writes }).to.deep.equal({ reads: rows, writes: 0 });
    expectNoGrowth(few, many);
    expect(many.peakBytes).to.be.below(MOST_BYTES);
  });

  it("runs 10,000 rows with one read and one write for each, and no more of the ledger than 1,000", async () => {
    const few = await grow("run", 1_000);
    const many = await grow("run", 10_000);
    for (const { rows, reads, writes } of [few, many]) {
      expect({ reads, writes }).to.deep.equal({ reads: rows, writes: rows });
    }
    expectNoGrowth(few, many);
    expect(many.peakBytes).to.be.below(MOST_BYTES);
  });
});
