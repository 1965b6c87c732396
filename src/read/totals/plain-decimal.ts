/**
 * Figures in the form that the job states for amounts: the form in, a function out that gives the figure as `-1250.00`, or undefined for what is none.
 */
import { isFaults } from "../cell-fault.ts";
import { numberText } from "../shape/number-text.ts";
import type { NumberForm } from "../shapes.ts";
import { parseDecimal } from "./exact-decimal.ts";

/** Implied decimals change no sum: the rows and their total have the same. */
export function plainDecimal(numbers: NumberForm | undefined): (text: string) => string | undefined {
  const written = numbers === undefined ? undefined : numberText({ ...numbers, implied: undefined });
  return (text) => {
    const plain = written === undefined ? text : written(text);
    return isFaults(plain) || parseDecimal(plain) === undefined ? undefined : plain;
  };
}
