/**
 * Where the code of a stack frame stands in the source: the built package is a bundle, with a map beside each of its files.
 */
import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload, type SourceOrigin } from "node:module";
import { fileURLToPath } from "node:url";

/** By file, undefined for one without a map: a bug may be met on every row. */
const MAPS = new Map<string, SourceMap | undefined>();

function mapOf(file: string): SourceMap | undefined {
  if (!MAPS.has(file)) MAPS.set(file, readMap(file));
  return MAPS.get(file);
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(file)}.map`, "utf8")) as SourceMapPayload);
  } catch {
    return undefined;
  }
}

/** The frame with `src/read/fold.ts:12:3` for the place in a built file, or as it is where there is no map. */
export function inSource(frame: string): string {
  return frame.replace(
    /(file:\/\/[^\s()]+\.js):([0-9]+):([0-9]+)/,
    (place, file: string, line: string, column: string) => {
      const found: Partial<SourceOrigin> = mapOf(file)?.findOrigin(Number(line), Number(column)) ?? {};
      return found.fileName === undefined ? place : `${found.fileName}:${found.lineNumber}:${found.columnNumber}`;
    },
  );
}
