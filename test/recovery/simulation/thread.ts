/**
 * One thread of the crew: ranges of seeds come in as messages, and what came of each goes out as one. Ends at null.
 */
import { on } from "node:events";
import { parentPort } from "node:worker_threads";
import type { Message, Range, Wrong } from "./crew.ts";
import { Figures } from "./figures.ts";
import { live } from "./live.ts";
import { Workshop } from "./machine.ts";
import { policyOf } from "./mutants.ts";

if (parentPort === null) throw new Error("this is a thread's, and not to be started by hand");
await using workshop = new Workshop();
for await (const [range] of on(parentPort, "message")) {
  if (range === null) break;
  parentPort.postMessage(await liveThrough(range as Range));
}
parentPort.close();

async function liveThrough({ from, seeds, policy, untilWrong }: Range): Promise<Message> {
  const figures = new Figures();
  const wrong: Wrong[] = [];
  for (let seed = from; seed < from + seeds && !(untilWrong && wrong.length > 0); seed++) {
    const told = await live(workshop, seed, policyOf(policy));
    figures.add(told.figures);
    if (told.wrongs.length > 0) wrong.push({ seed, wrongs: told.wrongs });
  }
  return { figures: { ...figures }, wrong };
}
