/**
 * The settings of the bank's client, from a job and its credentials: the least scope, the job's pace and caps. Pure.
 */
import type { OwnIdKind } from "../../account.ts";
import type { BankSettings } from "../../bank/bank-api.ts";
import type { Job } from "../../job.ts";
import type { RunKind } from "../../ledger/run.ts";

export type Credentials = Pick<BankSettings, "apiUrl" | "clientId" | "clientSecret" | "rereadSecret" | "network">;

/**
 * A plan only reads, so it gets read scopes only. Prechecks also read entities and applications; own ids need the scope of what
 * they name (contract, "Endpoints we use").
 */
export function bankSettings(
  job: Job,
  { apiUrl, clientId, clientSecret, rereadSecret, network }: Credentials,
  kind: RunKind,
  ownIds: readonly OwnIdKind[] = [],
): BankSettings {
  return {
    apiUrl,
    clientId,
    clientSecret,
    rereadSecret,
    network,
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
