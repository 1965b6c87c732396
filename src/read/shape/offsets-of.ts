/**
 * How far a zone is from UTC when a clock there shows a time: none where it jumps over that time, two where it shows it twice.
 */

const FIXED = /^[+-]\d\d:\d\d$/;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Around a change of the clock, both sides of it. */
const LOOKED_AT = [-26, -13, 0, 13, 26];
/** Times of few days fill most files, so they are asked for again and again. */
const MOST_KNOWN = 20_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const known = new Map<string, readonly string[]>();

/** As `-06:00`, or `Z` for UTC, the earlier moment first. `local` is `YYYY-MM-DDThh:mm`. */
export function offsetsOf(local: string, zone: string): readonly string[] {
  if (FIXED.test(zone)) return [zone];
  const name = `${zone} ${local}`;
  const found = known.get(name);
  if (found !== undefined) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  const offsets = findOffsets(local, zone);
  known.set(name, offsets);
  return offsets;
}

function findOffsets(local: string, zone: string): readonly string[] {
  const asUtcMs = Date.parse(`${local}:00Z`);
  if (Number.isNaN(asUtcMs)) return [];
  const minutes = [...new Set(LOOKED_AT.map((hours) => aheadOf(zone, asUtcMs + hours * HOUR_MS)))];
  return minutes
    .filter((ahead) => aheadOf(zone, asUtcMs - ahead * MINUTE_MS) === ahead)
    .sort((one, other) => other - one)
    .map((ahead) => written(ahead));
}

/** In minutes; NaN where it is no whole number of them, as in days before standard time. */
function aheadOf(zone: string, atMs: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
    formats.set(zone, format);
  }
  if (Number.isNaN(atMs)) return Number.NaN;
  const name = format.formatToParts(atMs).find(({ type }) => type === "timeZoneName")?.value ?? "";
  if (name === "GMT") return 0;
  const [, sign, hours, minutes] = /^GMT([+-])(\d\d):(\d\d)$/.exec(name) ?? [];
  return sign === undefined ? Number.NaN : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
}

function written(ahead: number): string {
  if (ahead === 0) return "Z";
  const [hours, minutes] = [Math.floor(Math.abs(ahead) / 60), Math.abs(ahead) % 60];
  const two = (number: number) => String(number).padStart(2, "0");
  return `${ahead < 0 ? "-" : "+"}${two(hours)}:${two(minutes)}`;
}
