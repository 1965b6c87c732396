/**
 * Progress for machines: one JSON object a line.
 */
import type { Progress } from "../../report/progress.ts";
import { jsonLine } from "./json-line.ts";
import type { TextStream } from "./text-progress.ts";

/** Counts at most once a second. */
export function jsonProgress(stream: TextStream, nowMs: () => number): Progress {
  let writtenMs = Number.NEGATIVE_INFINITY;
  const write = (event: object) => stream.write(jsonLine(event));
  return {
    note: (text) => write({ event: "note", text }),
    count(stage, done, look) {
      if (nowMs() - writtenMs < 1_000) return;
      writtenMs = nowMs();
      const outlook = look?.();
      write({ event: "progress", stage, done, ...(outlook && { of: outlook.of, forecast: outlook.forecast }) });
    },
    end() {},
  };
}
