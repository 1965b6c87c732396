/**
 * The code that Node gives an error of the system, such as `ENOENT` or `Z_BUF_ERROR`. An error goes in, its code comes out;
 * the caller knows what it means.
 */

/** None for an error without one, and for what is no error. */
export function nodeCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : undefined;
}
