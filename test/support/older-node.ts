/** The Node of the host, when it is one that Tieout does not run on. */
import { execFileSync } from "node:child_process";
import { delimiter } from "node:path";

export interface OlderNode {
  readonly version: string;
  /** PATH without the folders of packages, so that `env` finds this Node. */
  readonly path: string;
}

/** None when the host has no Node, or one that is new enough. */
export function findOlderNode(): OlderNode | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  const path = folders.join(delimiter);
  try {
    const version = execFileSync("/usr/bin/env", ["node", "--version"], {
      env: { PATH: path },
      encoding: "utf8",
    }).trim();
    return Number(/^v(\d+)/.exec(version)?.[1]) < 24 ? { version: version.slice(1), path } : undefined;
  } catch {
    return undefined;
  }
}
