/**
 * Where the code of a stack frame stands in the source: the built package is a bundle, with a map beside each of its files.
 */
import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload, type SourceOrigin } from "node:module";
import { fileURLToPath } from "node:url";

/** The frame with `src/read/fold.ts:12:3` for the place in a built file, or as it is where there is no map. */
export function inSource(frame: string): string {
  return frame.replace(
    /(file:\/\/[^\s()]+\.js):([0-9]+):([0-9]+)/,
    (place, file: string, line: string, column: string) => {
      try {
        const map = JSON.parse(readFileSync(`${fileURLToPath(file)}.map`, "utf8")) as SourceMapPayload;
        const found: Partial<SourceOrigin> = new SourceMap(map).findOrigin(Number(line), Number(column));
        return found.fileName === undefined ? place : `${found.fileName}:${found.lineNumber}:${found.columnNumber}`;
      } catch {
        return place;
      }
    },
  );
}
