/**
 * Decimals of any length, exact: text to digits and back, and their sum. Never a binary fraction.
 */

/** The digits as a whole number, and how many of them are decimals. */
export interface ExactDecimal {
  readonly units: bigint;
  readonly scale: number;
}

const NUMBER = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))$/;

/** Digits with or without a sign and a point, such as `-0012.50`; undefined for other text. */
export function parseDecimal(text: string): ExactDecimal | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", decimals = "", alone = ""] = match;
  const fraction = decimals + alone;
  const units = BigInt(`${whole}${fraction}`);
  return { units: sign === "-" ? -units : units, scale: fraction.length };
}

export function printDecimal({ units, scale }: ExactDecimal): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return `${units < 0n ? "-" : ""}${whole}${scale === 0 ? "" : `.${digits.slice(-scale)}`}`;
}

export function isSameDecimal(one: ExactDecimal, other: ExactDecimal): boolean {
  const scale = Math.max(one.scale, other.scale);
  return scaled(one, scale) === scaled(other, scale);
}

export function addDecimals(one: ExactDecimal, other: ExactDecimal): ExactDecimal {
  if (one.scale === other.scale) return { units: one.units + other.units, scale: one.scale };
  const scale = Math.max(one.scale, other.scale);
  return { units: scaled(one, scale) + scaled(other, scale), scale };
}

function scaled({ units, scale }: ExactDecimal, to: number): bigint {
  return units * 10n ** BigInt(to - scale);
}
