/**
 * The promise of never twice and never lost, put to the proof: seeded histories against an oracle that reads only what
 * the bank did and what the results say. And the oracle, put to the proof: it must catch every policy that breaks it.
 */

import { expect } from "chai";
import { IS_WHOLE, itWhole } from "../../support/extent.ts";
import { Crew, type Range } from "./crew.ts";
import { ALL_FAULTS } from "./faults.ts";
import { renderFigures } from "./figures.ts";
import { live } from "./live.ts";
import { Workshop } from "./machine.ts";
import { MUTANTS, UNHARMED } from "./mutants.ts";
import { REAL } from "./policy.ts";

/** `npm run sim` takes any number. */
const SEEDS = IS_WHOLE ? 2_000 : 100;
/** Each mutant must be caught within so many. */
const MUTANT_SEEDS = 1_000;
const UNHARMED_SEEDS = 20;
const SEEDS_OF_POWER_CUTS = [28, 37, 39, 43];

/** What the oracle sees, not only a process that breaks off or comes to no end. */
const isBrokenPromise = (wrong: string) => !/ broke: | is not done /.test(wrong);

describe("the simulation", function () {
  this.timeout(600_000);
  const crew = new Crew();

  after(() => crew[Symbol.asyncDispose]());

  it(`changes each account once and accounts for each row, over ${SEEDS} histories`, async () => {
    const range: Range = { from: 1, seeds: SEEDS, policy: REAL.name, untilWrong: false };
    const { figures, wrong } = await crew.liveThrough(range);
    const again = wrong.map(({ seed, wrongs }) => `npm run sim -- --seed ${seed} --trace: ${wrongs[0]}`);
    expect(again, renderFigures(figures)).to.deep.equal([]);
    expect(figures.seeds).to.equal(SEEDS);
    expect(figures.notFetched, "rows of second nights that were not fetched").to.be.above(SEEDS / 2);
    if (!IS_WHOLE) return;
    const unstruck = ALL_FAULTS.filter((fault) => (figures.faults[fault] ?? 0) === 0);
    expect(unstruck, "faults that never struck").to.deep.equal([]);
    expect(figures.settled).to.include.keys("in effect", "absent", "answered again");
  });

  it("tells a history again, event by event, by its seed", async () => {
    await using workshop = new Workshop();
    for (const seed of [3, 14, 15]) {
      const tellings: string[] = [];
      for (const _ of ["once", "again"]) {
        const lines: string[] = [];
        await live(workshop, seed, REAL, (line) => lines.push(line));
        tellings.push(lines.join("\n"));
      }
      expect(tellings[0]?.length, `seed ${seed}`).to.be.above(10_000);
      expect(tellings[1] === tellings[0], `seed ${seed} is told the same`).to.equal(true);
    }
  });

  it("tells the same whether the ledger lies in memory or in files", async () => {
    await using workshop = new Workshop();
    for (const seed of SEEDS_OF_POWER_CUTS) {
      const tellings: string[] = [];
      for (const disk of ["memory", "files"] as const) {
        const lines: string[] = [];
        await live(workshop, seed, REAL, (line) => lines.push(line), disk);
        tellings.push(lines.join("\n"));
      }
      expect(tellings[0], `seed ${seed}`).to.match(/: power cut$/m);
      expect(tellings[1] === tellings[0], `seed ${seed} is told the same`).to.equal(true);
    }
  });

  itWhole("catches every mutant", async () => {
    const caught = MUTANTS.map(async ({ name, from }) => {
      const { wrong } = await crew.liveThrough({ from, seeds: MUTANT_SEEDS, policy: name, untilWrong: true });
      return wrong.flatMap(({ wrongs }) => wrongs).some(isBrokenPromise) ? [] : [name];
    });
    expect((await Promise.all(caught)).flat(), "mutants that nobody caught").to.deep.equal([]);
  });

  itWhole(
    "is harmed by no disk that alters or loses what it was given, and by no chunk that ends too soon",
    async () => {
      for (const { name } of UNHARMED) {
        const range = { from: 1, seeds: UNHARMED_SEEDS, policy: name, untilWrong: false };
        expect((await crew.liveThrough(range)).wrong, name).to.deep.equal([]);
      }
    },
  );
});
