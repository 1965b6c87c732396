/**
 * Whether a spreadsheet program may have made one text of the other because it took the first for a number: zeros in front
 * are gone, digits are rounded, the separators are those of another country. Exact: compares digits, never numbers.
 */

/** 0.`digits` times ten to the `exponent`; no digits for zero, and no zero at either end of them. */
interface Decimal {
  readonly isNegative: boolean;
  readonly digits: string;
  readonly exponent: number;
  /** How many digits were written, and whether some stood behind a separator or before an exponent. */
  readonly shown: number;
  readonly hasFraction: boolean;
  readonly isScientific: boolean;
}

const NUMBER = /^(?<sign>[+\-\u2212]?)(?<body>\d[\d.,'’\s]*|[.,]\d+)(?:[eE](?<power>[+-]?\d{1,3}))?(?<percent>\s?%)?$/u;
/** Groups of three digits between the same separator. */
const GROUPED = /^\d{1,3}([.,'’\s])\d{3}(?:\1\d{3})*$/u;
const CURRENCY = /^\p{Sc}\s?|\s?\p{Sc}$/gu;

/** A double holds 15 digits for certain and 17 at most; Excel keeps 15 (Microsoft, "Excel specifications and limits"). */
const DIGITS_KEPT = [15, 16, 17];
/** A cell of 11 characters shows at least as many digits of a number with decimals. */
const LEAST_SHOWN = 9;

/** As `1 1/2`, which programs take for a number. */
const FRACTION = /^(?<sign>-?)(?<whole>\d{1,9})\s(?<part>\d{1,4})\/(?<of>[1-9]\d{0,3})$/;
/** More than a double holds. */
const FRACTION_DIGITS = 20;

function decimalOfFraction(text: string): string | undefined {
  const { sign = "", whole = "", part = "", of = "" } = FRACTION.exec(text.trim())?.groups ?? {};
  if (of === "") return undefined;
  const scaled = ((BigInt(whole) * BigInt(of) + BigInt(part)) * 10n ** BigInt(FRACTION_DIGITS)) / BigInt(of);
  const digits = String(scaled).padStart(FRACTION_DIGITS + 1, "0");
  return `${sign}${digits.slice(0, -FRACTION_DIGITS)}.${digits.slice(-FRACTION_DIGITS)}`;
}

/** As `1700` for `0001700`, `8.9E+19` for 20 digits, `1.250,5` for `1250.50`. */
export function isNumberForm(had: string, given: string): boolean {
  const before = decimalsOf(decimalOfFraction(had) ?? had);
  return (
    before.length > 0 &&
    decimalsOf(given).some((now) => before.some((then) => isSame(then, now) || isRounded(then, now)))
  );
}

/** What the number of the text may be, with either decimal separator. */
export function decimalsOf(text: string): readonly Decimal[] {
  const bracketed = /^\((.*)\)$/.exec(text.trim());
  const found = NUMBER.exec((bracketed?.[1] ?? text).trim().replace(CURRENCY, ""));
  if (found?.groups === undefined) return [];
  const { sign = "", body = "", power = "0", percent } = found.groups;
  const isNegative = bracketed !== null || (sign !== "" && sign !== "+");
  const isScientific = found.groups.power !== undefined;
  return [".", ","].flatMap((point) => {
    const [whole = "", fraction = "", ...more] = body.split(point);
    const digits = /^\d*$/.test(whole) ? whole : GROUPED.test(whole) ? whole.replace(/\D/g, "") : undefined;
    if (digits === undefined || more.length > 0 || !/^\d*$/.test(fraction)) return [];
    const shift = Number(power) - (percent === undefined ? 0 : 2);
    const shown = digits.length + fraction.length;
    return [
      {
        isNegative,
        ...normalize(digits + fraction, digits.length + shift),
        shown,
        hasFraction: fraction !== "",
        isScientific,
      },
    ];
  });
}

function normalize(written: string, exponent: number): Pick<Decimal, "digits" | "exponent"> {
  const digits = written.replace(/^0+/, "");
  const plain = digits.replace(/0+$/, "");
  return { digits: plain, exponent: plain === "" ? 0 : exponent - (written.length - digits.length) };
}

function isSame(one: Decimal, other: Decimal): boolean {
  if (one.digits !== other.digits || one.exponent !== other.exponent) return false;
  return one.digits === "" || one.isNegative === other.isNegative;
}

function isRounded(exact: Decimal, now: Decimal): boolean {
  if (exact.isNegative !== now.isNegative) return false;
  const kept = now.isScientific
    ? [now.shown]
    : [...DIGITS_KEPT, ...(now.hasFraction && now.shown >= LEAST_SHOWN ? [now.digits.length] : [])];
  return kept.some((count) => {
    if (exact.digits.length <= count) return false;
    return [cut(exact, count), round(exact, count)].some((one) => isSame({ ...now, ...one }, now));
  });
}

function cut({ digits, exponent }: Decimal, count: number): Pick<Decimal, "digits" | "exponent"> {
  return normalize(digits.slice(0, count), exponent);
}

function round({ digits, exponent }: Decimal, count: number): Pick<Decimal, "digits" | "exponent"> {
  const isUp = (digits[count] ?? "0") >= "5";
  const rounded = String(BigInt(digits.slice(0, count)) + (isUp ? 1n : 0n));
  return normalize(rounded, exponent + rounded.length - count);
}
