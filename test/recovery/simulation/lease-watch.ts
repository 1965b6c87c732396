/**
 * Watches the calls of the ledger: a process begins no call to the bank under a lease that another has taken since, be it a job's or a chunk's.
 */
import type { Run } from "../../../src/ledger/run.ts";
import { leasesOfChunks } from "./chunks.ts";
import type { Life } from "./life.ts";
import type { OnDone } from "./machine.ts";

interface Named {
  readonly name: string;
}

export class LeaseWatch {
  /** Who has taken a lease last, by its name. */
  readonly #holders = new Map<string, Life>();

  /** To be called with each call the moment that it is done. What the process has done wrong by it, in words; null for nothing. */
  see(life: Life, ...[method, given, value]: Parameters<OnDone>): string | null {
    const [run] = given;
    // A run is opened too, and says nothing of chunks.
    if (method === "close" || (method === "open" && isRun(run))) this.#forgetChunks(run as Run);
    const taken = takenLease(method, value);
    if (taken !== undefined) this.#holders.set(taken.name, life);
    const used = leaseOfIntent(method, given, value);
    const holder = used && this.#holders.get(used.name);
    if (used === undefined || holder === life) return null;
    return `${life.name} begins a call, though ${holder?.name ?? "nobody"} has its lease`;
  }

  #forgetChunks(run: Run): void {
    for (const name of this.#holders.keys()) if (name.startsWith(leasesOfChunks(run))) this.#holders.delete(name);
  }
}

function isRun(value: unknown): boolean {
  return isObject(value) && "keyName" in value;
}

/** Of a job, or of a chunk. Accounts are claimed too, and that says nothing of a lease. */
function takenLease(method: string, value: unknown): Named | undefined {
  const isTaken = (method === "claim" && isClaimed(value)) || method === "begin";
  return isTaken && isObject(value) ? (Reflect.get(value, "lease") as Named | undefined) : undefined;
}

/** Under which lease a call of the ledger has recorded that something is about to be sent. */
function leaseOfIntent(method: string, given: readonly unknown[], value: unknown): Named | undefined {
  const [, lease, , first] = given;
  if (method === "recordSending") return lease as Named;
  const isIntent = method === "claim" && isClaimed(value) && isObject(first);
  return isIntent ? (Reflect.get(first, "lease") as Named) : undefined;
}

function isClaimed(value: unknown): boolean {
  return isObject(value) && Reflect.get(value, "kind") === "claimed";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
