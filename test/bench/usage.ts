/**
 * Loaded before a measured program, which knows nothing of it: writes at its exit what the process has used, as JSON, to
 * the file that TIEOUT_BENCH_USAGE names.
 */
import { writeFileSync } from "node:fs";
import { peakBytes } from "../support/peak-memory.ts";

process.on("exit", () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes: peakBytes() };
  writeFileSync(process.env.TIEOUT_BENCH_USAGE ?? "/dev/null", JSON.stringify(usage));
});
