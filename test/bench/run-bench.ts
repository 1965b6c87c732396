/**
 * Runs a bench: measures its parts, prints the figures as Markdown, and keeps them where its arguments say. Judges nothing: a missed bar is
 * shown in the table, and the exit code is 0, unless a part broke.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { parseArgs } from "node:util";
import { type BenchBank, startBank } from "./bank.ts";
import type { Part } from "./figures.ts";
import { measureParts } from "./measure-parts.ts";
import { putBetweenMarkers, type Report, renderReport } from "./table.ts";

export interface Bench {
  /** As it is typed; its figures in README.md are between markers of this name. */
  readonly command: string;
  readonly parts: Readonly<Record<string, (bank: BenchBank, isQuick: boolean) => Promise<Part>>>;
}

/** `--quick` measures at small sizes; `--json <file>` keeps the figures, `--write` puts them into README.md, `--only 1,4` takes some parts. */
export async function runBench(bench: Bench): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      json: { type: "string" },
      only: { type: "string", default: Object.keys(bench.parts).join() },
    },
  });
  let last: Report | undefined;
  try {
    for await (const report of measure(bench, options)) {
      last = report;
      if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
      if (options.write) writeReport(report, bench.command);
    }
  } finally {
    if (last !== undefined) process.stdout.write(`${renderReport(last)}\n`);
    if (last?.parts.some(({ isBroken }) => isBroken)) process.exitCode = 1;
  }
}

/** What is known after each part. */
async function* measure(
  { parts: all }: Bench,
  { quick, only }: { readonly quick: boolean; readonly only: string },
): AsyncGenerator<Report> {
  const startedMs = Date.now();
  const loadBefore = loadavg()[0] ?? 0;
  await using bank = await startBank();
  const parts: Part[] = [];
  const measureOne = async (name: string) => {
    const measurePart = all[name];
    if (measurePart === undefined) throw new Error(`there is no part ${name}`);
    return measurePart(bank, quick);
  };
  for await (const part of measureParts(only.split(","), measureOne)) {
    process.stderr.write(`${part.title}: after ${Math.round((Date.now() - startedMs) / 1000)} s\n`);
    parts.push(part);
    yield {
      quick,
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

function writeReport(report: Report, command: string): void {
  const readme = new URL("README.md", import.meta.url);
  writeFileSync(readme, putBetweenMarkers(readFileSync(readme, "utf8"), command, renderReport(report)));
}
