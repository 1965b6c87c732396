/**
 * The bench: `npm run bench` measures everything, `-- --quick` the same at small sizes in under three minutes. Prints the
 * figures as Markdown; `--json <file>` keeps them as JSON too, `--write` puts them into README.md here, `--only 1,4` takes
 * some parts. Judges nothing: a missed bar is shown in the table, and the exit code is 0, unless a part broke.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { parseArgs } from "node:util";
import { type BenchBank, startBank } from "./bank.ts";
import { bankBound } from "./bank-bound.ts";
import { calls } from "./calls.ts";
import type { Part } from "./figures.ts";
import { growth } from "./growth.ts";
import { largeLedger } from "./large-ledger.ts";
import { measureParts } from "./measure-parts.ts";
import { nothingToDo } from "./nothing-to-do.ts";
import { oneAccount } from "./one-account.ts";
import { FULL, QUICK, type Sizes } from "./sizes.ts";
import { stages } from "./stages.ts";
import { startUp } from "./start-up.ts";
import { putBetweenMarkers, type Report, renderReport } from "./table.ts";
import { whereTimeGoes } from "./where-time-goes.ts";
import { wholeJob } from "./whole-job.ts";

const PARTS: Readonly<Record<string, (bank: BenchBank, sizes: Sizes) => Promise<Part>>> = {
  1: wholeJob,
  2: bankBound,
  3: nothingToDo,
  4: growth,
  5: stages,
  6: startUp,
  7: largeLedger,
  8: calls,
  9: oneAccount,
  10: whereTimeGoes,
};

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    json: { type: "string" },
    only: { type: "string", default: Object.keys(PARTS).join() },
  },
});

/** What is known after each part. */
async function* measure(): AsyncGenerator<Report> {
  const startedMs = Date.now();
  const loadBefore = loadavg()[0] ?? 0;
  await using bank = await startBank();
  const parts: Part[] = [];
  const measureOne = async (name: string) => {
    const measurePart = PARTS[name];
    if (measurePart === undefined) throw new Error(`there is no part ${name}`);
    return measurePart(bank, values.quick ? QUICK : FULL);
  };
  for await (const part of measureParts(values.only.split(","), measureOne)) {
    process.stderr.write(`${part.title}: after ${Math.round((Date.now() - startedMs) / 1000)} s\n`);
    parts.push(part);
    yield {
      quick: values.quick,
      startedAt: new Date(startedMs).toISOString(),
      minutes: (Date.now() - startedMs) / 60_000,
      machine: {
        processor: cpus()[0]?.model ?? "unknown",
        cores: cpus().length,
        memoryBytes: totalmem(),
        system: `${type()} ${release()}`,
        node: process.versions.node,
        load: [loadBefore, loadavg()[0] ?? 0],
      },
      parts: [...parts],
    };
  }
}

function keep(report: Report): void {
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  if (!values.write) return;
  const readme = new URL("README.md", import.meta.url);
  writeFileSync(readme, putBetweenMarkers(readFileSync(readme, "utf8"), renderReport(report)));
}

let last: Report | undefined;
try {
  for await (const report of measure()) {
    last = report;
    keep(report);
  }
} finally {
  if (last !== undefined) process.stdout.write(`${renderReport(last)}\n`);
  if (last?.parts.some(({ isBroken }) => isBroken)) process.exitCode = 1;
}
