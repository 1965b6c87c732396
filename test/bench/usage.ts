/**
 * Loaded before a measured program, which knows nothing of it: writes at its exit what the process has used, as JSON, to
 * the file that TIEOUT_BENCH_USAGE names.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** Where there is one; `maxRSS` also counts what the starting process had when it began this one. */
const STATUS = "/proc/self/status";

function peakKibibytes(): number {
  const [, own] = (existsSync(STATUS) ? readFileSync(STATUS, "utf8") : "").match(/^VmHWM:\s+(\d+) kB$/m) ?? [];
  return own === undefined ? process.resourceUsage().maxRSS : Number(own);
}

process.on("exit", () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes: peakKibibytes() * 1024 };
  writeFileSync(process.env.TIEOUT_BENCH_USAGE ?? "/dev/null", JSON.stringify(usage));
});
