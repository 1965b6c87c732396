/**
 * How much the tests go through: a part within a minute's patience by `npm test`, everything by `npm run test:all` and `npm run test:kill`.
 */
import type { AsyncFunc, Suite } from "mocha";

export const IS_WHOLE = process.env.TEST_EXTENT === "all";

// Mocha's own functions are asked for at each call: its workers have others for each file.

/** A suite that only the whole goes through; otherwise mocha lists it as pending. */
export function describeWhole(title: string, define: (this: Suite) => void): void {
  if (IS_WHOLE) describe(title, define);
  else describe.skip(title, define);
}

/** The same for one test. */
export function itWhole(title: string, test: AsyncFunc): void {
  if (IS_WHOLE) it(title, test);
  else it.skip(title, test);
}
