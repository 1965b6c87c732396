/**
 * Whether one place of the file system lies in another, as their paths say it. Looks at no disk.
 */
import { relative } from "node:path";

/** At any depth, and not the folder itself. Both may be relative. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith("../");
}
