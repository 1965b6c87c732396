/**
 * Retry-After in the forms that HTTP knows, and in those it doesn't.
 */
import { expect } from "chai";
import { parseRetryAfter } from "../../../src/bank/transport/retry-after.ts";

const NOW_MS = Date.parse("Wed, 15 Jan 2025 12:00:00 GMT");
const CASES: readonly (readonly [string | undefined, string | undefined, number | undefined])[] = [
  [undefined, undefined, undefined],
  ["0", undefined, 0],
  ["30", undefined, 30_000],
  [" 30 ", undefined, 30_000],
  ["300", undefined, 300_000],
  ["301", undefined, 300_000],
  ["99999999999999999999", undefined, 300_000],
  ["-5", undefined, undefined],
  ["1.5", undefined, undefined],
  ["", undefined, undefined],
  ["soon", undefined, undefined],
  ["Wed, 15 Jan 2025 12:00:20 GMT", undefined, 20_000],
  ["Wed, 15 Jan 2025 11:00:00 GMT", undefined, 0],
  ["Thu, 16 Jan 2025 12:00:00 GMT", undefined, 300_000],
  ["Wed, 15 Jan 2025 10:00:20 GMT", "Wed, 15 Jan 2025 10:00:00 GMT", 20_000],
  ["Wed, 15 Jan 2025 12:00:20 GMT", "yesterday", 20_000],
  ["Wed, 15 Jan 2025 12:00:20", undefined, undefined],
];

describe("parseRetryAfter", () => {
  for (const [value, date, expected] of CASES) {
    it(`${value} at ${date ?? "our time"}`, () => expect(parseRetryAfter(value, date, NOW_MS)).to.equal(expected));
  }
});
