/** How the queues of a job at a bank are called. */
import { createHash } from "node:crypto";
import { leaseName, type Run } from "../ledger/run.ts";

/** Letters, digits, and what pg-boss takes beside them. */
export function nameQueue(prefix: "tieout-chunk" | "tieout-start", { bank, job }: Pick<Run, "bank" | "job">): string {
  const mark = createHash("sha256").update(leaseName(bank, job)).digest("hex").slice(0, 8);
  return `${prefix}/${job.replace(/[^\w.-]/g, "-").slice(0, 40)}/${mark}`;
}
