/**
 * The bench: `npm run bench` measures everything, `-- --quick` the same at small sizes in under three minutes; see runBench.
 */
import type { BenchBank } from "./bank.ts";
import { bankBound } from "./bank-bound.ts";
import { calls } from "./calls.ts";
import { fewerCalls } from "./fewer-calls.ts";
import type { Part } from "./figures.ts";
import { growth } from "./growth.ts";
import { largeLedger } from "./large-ledger.ts";
import { nothingToDo } from "./nothing-to-do.ts";
import { oneAccount } from "./one-account.ts";
import { runBench } from "./run-bench.ts";
import { FULL, QUICK, type Sizes } from "./sizes.ts";
import { stages } from "./stages.ts";
import { startUp } from "./start-up.ts";
import { whereTimeGoes } from "./where-time-goes.ts";
import { wholeJob } from "./whole-job.ts";

const sized = (measure: (bank: BenchBank, sizes: Sizes) => Promise<Part>) => (bank: BenchBank, isQuick: boolean) =>
  measure(bank, isQuick ? QUICK : FULL);

await runBench({
  command: "npm run bench",
  parts: {
    1: sized(wholeJob),
    2: sized(bankBound),
    3: sized(nothingToDo),
    4: sized(growth),
    5: sized(stages),
    6: sized(startUp),
    7: sized(largeLedger),
    8: sized(calls),
    9: sized(oneAccount),
    10: sized(whereTimeGoes),
    11: sized(fewerCalls),
  },
});
