/**
 * What the ledger keeps of leases: under which name who works, and until when.
 */
import type { Lease } from "./run.ts";

export interface ClaimedLease {
  readonly kind: "claimed";
  readonly lease: Lease;
}

export interface LeasesLedger {
  /** As it was claimed last, whether it is still held or not; none while it never was. */
  find(name: string): Promise<Lease | undefined>;
  claim(
    name: string,
    owner: string,
    ttlMs: number,
    nowMs: number,
  ): Promise<ClaimedLease | { kind: "held"; lease: Lease }>;
  /** The lease with its new end; none when another owner has it by now. */
  renew(lease: Lease, ttlMs: number, nowMs: number): Promise<Lease | undefined>;
  release(lease: Lease): Promise<void>;
}
