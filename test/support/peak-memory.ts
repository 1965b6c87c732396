/**
 * The most memory that this process ever had, in bytes, and nothing that its parent had.
 */
import { existsSync, readFileSync } from "node:fs";

/** Where there is one; `maxRSS` also counts what the starting process had when it began this one. */
const STATUS = "/proc/self/status";

export function peakBytes(): number {
  const [, own] = (existsSync(STATUS) ? readFileSync(STATUS, "utf8") : "").match(/^VmHWM:\s+(\d+) kB$/m) ?? [];
  return (own === undefined ? process.resourceUsage().maxRSS : Number(own)) * 1024;
}
