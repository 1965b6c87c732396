/**
 * Every scenario's file under every disturbance: words, codes and operations of all rows, the bank's state and its effects
 * must be those of the same file undisturbed, whatever was cut, lost, refused for now or late.
 */

import { expect } from "chai";
import pLimit from "p-limit";
import { describeWhole } from "../../support/extent.ts";
import { BROKEN, CASES, type Case } from "./cases.ts";
import { MODES, type Mode } from "./modes.ts";
import { type Played, play } from "./play.ts";

const AT_ONCE = 4;

describeWhole("the recovery matrix", function () {
  this.timeout(300_000);
  let plays = 0;
  const limit = pLimit(AT_ONCE);

  for (const one of [...CASES, ...BROKEN]) {
    it(`${one.name}, disturbed`, async () => {
      const clean = await play(one);
      if (one.shows !== undefined) expect(clean.rows.join(" ")).to.match(one.shows);
      const modes = MODES.filter((mode) => mode.suits(clean));
      const told = await Promise.all(modes.map((mode) => limit(() => disturb(one, mode, clean))));
      plays += modes.length;
      expect(told.flat()).to.deep.equal([]);
    });
  }

  after(() =>
    console.log(`    ${plays} plays of ${CASES.length + BROKEN.length} files under ${MODES.length} disturbances`),
  );
});

/** What is otherwise than without the disturbance. */
async function disturb(one: Case, mode: Mode, clean: Played): Promise<string[]> {
  const { disturbance, strikes } = mode.disturb(clean);
  const disturbed = await play(one, disturbance);
  const cuts = disturbance.cuts?.length ?? 0;
  const hasStruck = cuts > 0 ? disturbed.deaths === cuts : strikes() > 0;
  const open = Object.entries(mode.doubts ? (one.inDoubt ?? {}) : {});
  const rows = disturbed.rows.map((row) => open.find(([, instead]) => instead === row)?.[0] ?? row);
  const told = differences(clean, { ...disturbed, rows });
  return [...(hasStruck ? [] : ["it never struck"]), ...told].map((what) => `${mode.name}: ${what}`);
}

function differences(clean: Played, disturbed: Played): string[] {
  return (["rows", "bank", "effects"] as const).flatMap((side) => {
    const [wanted, got] = [clean[side], disturbed[side]];
    const missing = wanted.filter((line) => !got.includes(line)).map((line) => `${side} lack ${line}`);
    const extra = got.filter((line) => !wanted.includes(line)).map((line) => `${side} have ${line}`);
    const count = wanted.length === got.length ? [] : [`${side}: ${got.length} instead of ${wanted.length}`];
    return [...missing, ...extra, ...count];
  });
}
