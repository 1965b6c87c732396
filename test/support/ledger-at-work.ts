/**
 * A ledger whose calls are work: while one is under way, an IdleClock stands still. What waits for a database server looks idle otherwise.
 */
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { IdleClock } from "./idle-clock.ts";

type Method = (...args: unknown[]) => unknown;

export function ledgerAtWork(ledger: Ledger, clock: IdleClock): Ledger {
  const during = (result: unknown): unknown => {
    if (result instanceof Promise) return clock.during(result.then(during));
    return isLedger(result) ? ledgerAtWork(result, clock) : result;
  };
  const around = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get(_, name) {
        const value: unknown = Reflect.get(part, name);
        if (typeof value === "function") return (...args: unknown[]) => during((value as Method).apply(part, args));
        return typeof value === "object" && value !== null ? around(value) : value;
      },
    });
  return around(ledger);
}

const isLedger = (value: unknown): value is Ledger =>
  typeof value === "object" && value !== null && "openSnapshot" in value;
