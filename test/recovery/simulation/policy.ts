/**
 * Policy: what a history runs with instead of the real parts, nothing for the real ones. Mutants are policies.
 */
import type { HttpTransport } from "../../../src/bank/transport/http-transport.ts";
import type { Code } from "../../../src/errors/codes/codes.ts";
import type { JobInput } from "../../../src/job.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import type { Random } from "./random.ts";

export interface Policy {
  readonly name: string;
  readonly job?: Partial<JobInput>;
  /** The way to the bank that one process has. */
  readonly http?: (http: HttpTransport, random: Random) => HttpTransport;
  /** The ledger that one process has. */
  readonly ledger?: (ledger: Ledger, random: Random) => Ledger;
  /** The part of the ledger's last writes that a disk keeps when the power goes; all when not given. */
  readonly kept?: (random: Random) => number;
  /** Codes that a start may break off with, beside those that it may always. */
  readonly breaksWith?: readonly Code[];
}

export const REAL: Policy = { name: "real" };
