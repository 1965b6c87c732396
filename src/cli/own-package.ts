/**
 * How another folder's package.json names the very package that runs here, so that `npm install` there needs nothing else.
 */
import { readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { tieoutVersion } from "./tieout-version.ts";

export interface OwnPackage {
  /** The value for `dependencies`. */
  readonly spec: string;
  /** What has to be typed first in a clone: a package that was made earlier may be of other code. */
  readonly toPack?: readonly string[];
}

export function ownPackage(root = fileURLToPath(new URL("../..", import.meta.url))): OwnPackage {
  const folder = resolve(root);
  const version = tieoutVersion();
  if (basename(dirname(folder)) === "node_modules") return { spec: specBeside(dirname(dirname(folder))) ?? version };
  const packed = join(folder, `tieout-${version}.tgz`);
  return { spec: `file:${packed}`, toPack: ["npm", "--prefix", folder, "run", "package"] };
}

/** As the package.json says it that Tieout is installed by. */
function specBeside(home: string): string | undefined {
  try {
    const text = readFileSync(join(home, "package.json"), "utf8");
    const spec: unknown = (JSON.parse(text) as { dependencies?: { tieout?: unknown } }).dependencies?.tieout;
    if (typeof spec !== "string") return undefined;
    return spec.startsWith("file:") ? `file:${resolve(home, spec.slice("file:".length))}` : spec;
  } catch {
    return undefined;
  }
}
