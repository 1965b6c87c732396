/**
 * The simulation by hand: `npm run sim -- --seeds 100000` lives through many seeds and tells the figures, and
 * `npm run sim -- --seed 17 --trace` tells all that happens in one. Exits 1 when a promise was broken.
 */
import { parseArgs } from "node:util";
import { Crew, type Wrong } from "./crew.ts";
import { renderFigures } from "./figures.ts";
import { live } from "./live.ts";
import { Workshop } from "./machine.ts";
import { policyOf } from "./mutants.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    trace: { type: "boolean", default: false },
    policy: { type: "string", default: "real" },
  },
});
const PROGRESS_MS = 10_000;
const LAST_EVENTS = 40;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** One history with all that happens, or with what happened last when it goes wrong. */
async function tellOne(seed: number, isTraced: boolean): Promise<boolean> {
  await using workshop = new Workshop();
  const events: string[] = [];
  const told = await live(workshop, seed, policyOf(values.policy), (line) =>
    isTraced ? say(line) : events.push(line),
  );
  if (told.wrongs.length > 0) for (const event of events.slice(-LAST_EVENTS)) say(event);
  for (const wrong of told.wrongs) say(`seed ${seed}: ${wrong}`);
  if (isTraced) say(renderFigures(told.figures));
  return told.wrongs.length === 0;
}

async function tellMany(): Promise<boolean> {
  const range = { from: Number(values.from), seeds: Number(values.seeds), policy: values.policy, untilWrong: false };
  let saidMs = performance.now();
  await using crew = new Crew();
  const { figures, wrong } = await crew.liveThrough(range, ({ seeds, rows }, news) => {
    for (const one of news) sayWrong(one);
    if (performance.now() - saidMs < PROGRESS_MS) return;
    saidMs = performance.now();
    process.stderr.write(`${seeds} of ${range.seeds} seeds, ${rows} rows\n`);
  });
  say(renderFigures(figures));
  const [first] = wrong;
  if (first !== undefined) await tellOne(first.seed, false);
  return wrong.length === 0;
}

function sayWrong({ seed, wrongs }: Wrong): void {
  say(`seed ${seed}: ${wrongs[0]}${wrongs.length > 1 ? `, and ${wrongs.length - 1} more` : ""}`);
}

const isWell = values.seed === undefined ? await tellMany() : await tellOne(Number(values.seed), values.trace);
process.exitCode = isWell ? 0 : 1;
