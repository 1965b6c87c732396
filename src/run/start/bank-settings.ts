/**
 * What a job and its credentials make of the bank's client: the least scope, the job's pace and caps. Pure.
 */
import type { OwnIdKind } from "../../account.ts";
import type { BankSettings } from "../../bank/bank-api.ts";
import type { Job } from "../../job.ts";
import type { RunKind } from "../../ledger/run.ts";

export type Credentials = Pick<BankSettings, "apiUrl" | "clientId" | "clientSecret">;

/**
 * A plan only reads, and so needs no more than that; prechecks read two things more, and ids that the program gave need
 * the one that they are of (contract, "Endpoints we use").
 */
export function bankSettings(
  job: Job,
  { apiUrl, clientId, clientSecret }: Credentials,
  kind: RunKind,
  ownIds: readonly OwnIdKind[] = [],
): BankSettings {
  return {
    apiUrl,
    clientId,
    clientSecret,
    scopes: [
      kind === "run" ? "account/read_write" : "account/read",
      ...(job.precheck || ownIds.includes("client_customer_id") ? ["entity/read"] : []),
      ...(job.precheck || ownIds.includes("client_application_id") ? ["application/read"] : []),
    ],
    requestsPerSecond: job.requestsPerSecond,
    burst: job.burst,
    caps: job.concurrency,
    callTimeoutMs: job.callTimeoutMs,
    attempts: job.attempts,
  };
}
