/**
 * Pages of docs/ as tests read them: what they type, and what they show of it. Run ids, folders and times are left out of comparisons.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DOCS = fileURLToPath(new URL("../../docs", import.meta.url));

/** A block that a page types into a shell, and the lines that it shows of what that prints: all, some with others between them, or none. */
export interface TypedBlock {
  readonly command: string;
  readonly shown: readonly string[];
  readonly isWhole: boolean;
}

/** The blocks of a page that show what a command prints, apart from lines that only stand for others. */
export async function shown(page: string): Promise<string[][]> {
  return [...(await textOf(page)).matchAll(/^```text\n([\s\S]*?)^```/gm)].map(([, block = ""]) => shownIn(block));
}

/** All that the page types, in order. */
export async function typed(page: string): Promise<readonly TypedBlock[]> {
  const blocks = (await textOf(page)).matchAll(/^```sh\n([\s\S]*?)^```(?:\n\n```text\n([\s\S]*?)^```)?/gm);
  return [...blocks].map(([, command = "", block = ""]) => ({
    command,
    shown: block === "" ? [] : shownIn(block),
    isWhole: block !== "" && !/^…$/m.test(block),
  }));
}

const textOf = (page: string) => readFile(join(DOCS, page), "utf8");

const shownIn = (block: string) => linesOf(block).filter((line) => line !== "…");

/** Alike for two runs that do the same: whichever ids they have, and wherever they lie. */
export function linesOf(output: string): string[] {
  return output
    .trimEnd()
    .split("\n")
    .map((line) =>
      line
        .replaceAll(/\d{8}-\d{6}-[0-9a-f]{6}/g, "<run>")
        .replace(/ calls at .* deadline holds$/, " <calls>")
        .replaceAll(/\/\S*\/(?=migration-results|samples|tuesday|<run>-final)/g, "<folder>/")
        .replaceAll(/npx tieout |\S*\/tieout\.js /g, "tieout "),
    );
}
