/**
 * The code that Node, or a library in its manner, gives an error of the machine's: `ENOENT`, `Z_BUF_ERROR`. An error goes
 * in, its code comes out; what it means is for the caller.
 */

/** None for an error without one, and for what is no error. */
export function nodeCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : undefined;
}
