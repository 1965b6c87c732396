/**
 * One thread of the crew: every n-th seed of a range goes in by workerData, and reports go out as messages, every few
 * seeds and at once when one goes wrong.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { Message, Range, Wrong } from "./crew.ts";
import { Figures } from "./figures.ts";
import { live } from "./live.ts";
import { Workshop } from "./machine.ts";
import { policyOf } from "./mutants.ts";

const SEEDS_A_REPORT = 20;

/** Its first seed, and how far it is from each to the next. */
type Share = Range & { readonly first: number; readonly step: number };

const { from, seeds, first, step, policy, untilWrong } = workerData as Share;
let isEnough = false;
parentPort?.once("message", () => {
  isEnough = true;
});
let figures = new Figures();
let wrong: Wrong[] = [];
const report = () => {
  parentPort?.postMessage({ figures: { ...figures }, wrong } satisfies Message);
  figures = new Figures();
  wrong = [];
};
await using workshop = new Workshop();
for (let seed = first; seed < from + seeds && !isEnough; seed += step) {
  const told = await live(workshop, seed, policyOf(policy));
  figures.add(told.figures);
  if (told.wrongs.length > 0) {
    wrong.push({ seed, wrongs: told.wrongs });
    isEnough ||= untilWrong;
  }
  if (wrong.length > 0 || figures.seeds >= SEEDS_A_REPORT) report();
}
report();
parentPort?.close();
