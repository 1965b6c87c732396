/**
 * Times of day in an IANA zone. Pure.
 */

const MINUTE_MS = 60_000;

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** One that is made takes longer than all it is asked. */
const formats = new Map<string, Intl.DateTimeFormat>();

function offsetFormat(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
  formats.set(zone, made);
  return made;
}

/** How far the zone is ahead of UTC at that instant. */
export function aheadMinutes(zone: string, atMs: number): number {
  const parts = offsetFormat(zone).formatToParts(atMs);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  // GMT-06:00, or GMT alone.
  const [, sign = "+", hours = "0", minutes = "0"] = /^GMT([+-])(\d+):(\d+)/.exec(name) ?? [];
  return Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
}

/** When a clock in the zone shows `YYYY-MM-DDThh:mm`: the first time that it does. A time that it jumps over is that much later. */
export function zoneInstantMs(local: string, zone: string): number {
  const asUtcMs = Date.parse(`${local}:00Z`);
  // Around a change of the clock one of the two is the zone's time, or both are.
  const candidates = [
    aheadMinutes(zone, asUtcMs - 24 * 60 * MINUTE_MS),
    aheadMinutes(zone, asUtcMs + 24 * 60 * MINUTE_MS),
  ];
  const instants = candidates.map((ahead) => asUtcMs - ahead * MINUTE_MS);
  const exact = instants.filter((atMs) => atMs + aheadMinutes(zone, atMs) * MINUTE_MS === asUtcMs);
  return Math.min(...(exact.length > 0 ? exact : [Math.max(...instants)]));
}

/** What a clock in the zone shows at that instant, as `2026-11-29T02:00:00`. */
export function localTime(zone: string, atMs: number): string {
  return new Date(atMs + aheadMinutes(zone, atMs) * MINUTE_MS).toISOString().slice(0, 19);
}
