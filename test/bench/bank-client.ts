/**
 * Tieout's own client of the bench's bank, whose address LEAD_API_URL tells, with caps and no other limit.
 */
import type { BankApi } from "../../src/bank/bank-api.ts";
import { openBank } from "../../src/bank/open-bank.ts";
import { systemClock } from "../../src/clock.ts";
import { bankSettings } from "../../src/run/start/bank-settings.ts";
import job from "./job.ts";

export function openBenchBank(cap: number): { bank: BankApi; apiUrl: string; random: () => number } {
  const apiUrl = process.env.LEAD_API_URL ?? "";
  const capped = { ...job, concurrency: { reads: cap, writes: cap } };
  const settings = bankSettings(capped, { apiUrl, clientId: "bench", clientSecret: "bench" }, "run");
  return { bank: openBank(settings, { clock: systemClock, random: Math.random }), apiUrl, random: Math.random };
}
