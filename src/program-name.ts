/**
 * What a program may be called: the name that the operator gives to what one set of the bank's credentials is for. Pure.
 */

export const PROGRAM_RULE = "use 1 to 100 visible characters, with single spaces between words at most";

export function isProgramName(text: string): boolean {
  return text.length <= 100 && /^[^\p{C}\p{Z}]+( [^\p{C}\p{Z}]+)*$/u.test(text) && text === text.normalize("NFC");
}
