/**
 * Slots in words: when a start begins by the clock of the zone, and why not at its slot. Pure.
 */
import { aheadMinutes, localTime } from "../zone-instant.ts";
import type { Slot } from "./slots.ts";

/** `Mon 2026-11-30 02:00:00 -06:00`, as a clock in the zone shows it. */
export function zonedTime(zone: string, atMs: number): string {
  const local = localTime(zone, atMs);
  const weekday = new Date(`${local}Z`).toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });
  return `${weekday} ${local.replace("T", " ")} ${offset(aheadMinutes(zone, atMs))}`;
}

function offset(minutes: number): string {
  const two = (figure: number) => String(figure).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Why the start is not at a time that the expression names, or why there is none; "" when there is nothing to say. */
export function describeSlot({ kind, slotMs, jitterMs, blackout, jumpedOver }: Slot, zone: string): string {
  const reasons: string[] = [];
  if (jumpedOver !== undefined) reasons.push(`the clock jumps over ${jumpedOver} on that day`);
  if (blackout !== undefined) {
    const reason = blackout.reason === undefined ? "" : ` (${blackout.reason})`;
    const end = zonedTime(zone, blackout.toMs).slice(4, 20);
    reasons.push(`${clockTime(zone, slotMs)} is in a blackout until ${end}${reason}, ${FATES[kind]}`);
  }
  if (jitterMs > 0) {
    const from = blackout === undefined ? `its slot is ${clockTime(zone, slotMs)}, and ` : "";
    reasons.push(`${from}jitter adds ${minutesAndSeconds(jitterMs)}`);
  }
  return reasons.join("; ");
}

const FATES: Readonly<Record<Slot["kind"], string>> = {
  start: "and is made up for as it ends",
  skipped: "and is skipped",
  merged: "and the next slot is its start too",
};

/** Without seconds if there are none. */
const clockTime = (zone: string, atMs: number) => localTime(zone, atMs).slice(11).replace(/:00$/, "");

function minutesAndSeconds(ms: number): string {
  const [minutes, seconds] = [Math.floor(ms / 60_000), Math.round((ms % 60_000) / 1_000)];
  return [...(minutes > 0 ? [`${minutes} min`] : []), ...(seconds > 0 ? [`${seconds} s`] : [])].join(" ");
}
