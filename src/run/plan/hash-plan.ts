/**
 * The hash of a plan: SHA-256 over every operation in order, each as a line with its change, step, kind, key of the change, account and the
 * hash of its body. The same calls give the same hash, whichever run is to make them.
 */
import { createHash } from "node:crypto";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { hashBody } from "../../plan/idempotency-key.ts";
import { PAGE } from "../pages.ts";

/** Lower-case hex. Of the bodies themselves, so that one that was altered in the ledger shows. */
export async function hashPlan({ changes }: Ledger, run: Run): Promise<string> {
  const digest = createHash("sha256");
  let last = { change: 0, step: 0 };
  for (;;) {
    const page = await changes.readOperations(run, last, PAGE);
    for (const { change, step, kind, key, accountId, body } of page)
      digest.update(`${JSON.stringify([change, step, kind, key, accountId, hashBody(body)])}\n`);
    last = page.at(-1) ?? last;
    if (page.length < PAGE) return digest.digest("hex");
  }
}
