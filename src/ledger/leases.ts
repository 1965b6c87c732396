/**
 * What the ledger keeps of leases: who works under which name, and until when.
 */
import type { Lease } from "./run.ts";

export interface ClaimedLease {
  readonly kind: "claimed";
  readonly lease: Lease;
}

export interface LeasesLedger {
  /** The lease as it was claimed last, still held or not; none if it never was. */
  find(name: string): Promise<Lease | undefined>;
  claim(
    name: string,
    owner: string,
    ttlMs: number,
    nowMs: number,
  ): Promise<ClaimedLease | { kind: "held"; lease: Lease }>;
  /** The lease with its new end; none if another owner has it by now. */
  renew(lease: Lease, ttlMs: number, nowMs: number): Promise<Lease | undefined>;
  release(lease: Lease): Promise<void>;
}
