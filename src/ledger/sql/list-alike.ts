/**
 * Walks back over runs, some at a time, until as many as are wanted have a file that is meant.
 */
import type { FileTest } from "../files.ts";
import type { Run } from "../run.ts";

/** `list` gives the latest runs before a number, at most so many. */
export async function listAlike(
  list: (before: number, most: number) => Promise<readonly Run[]>,
  { before, limit }: { readonly before: number; readonly limit: number },
  isAlike: FileTest | undefined,
): Promise<readonly Run[]> {
  if (isAlike === undefined) return list(before, limit);
  const found: Run[] = [];
  for (let from = before; found.length < limit; ) {
    const page = await list(from, AT_ONCE);
    found.push(...page.filter(({ file }) => isAlike(file)).slice(0, limit - found.length));
    from = page.at(-1)?.no ?? 0;
    if (page.length < AT_ONCE) break;
  }
  return found;
}

const AT_ONCE = 100;
