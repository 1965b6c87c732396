/**
 * Progress for machines: one JSON object a line.
 */
import type { Progress } from "../../report/progress.ts";
import { jsonLine } from "./json-line.ts";
import { type TextStream, type Ticks, ticking } from "./ticking.ts";

const MESSAGE_EVERY_MS = 1_000;

export function jsonProgress(stream: TextStream, clock: Ticks): Progress {
  const write = (event: object) => stream.write(jsonLine(event));
  const { watch, steer, end } = ticking(
    clock,
    MESSAGE_EVERY_MS,
    ({ nowMs: _, of, forecast, deadlineMs, ...view }, steering) => {
      const known = {
        ...(of !== null && { of }),
        ...(forecast !== null && { forecast }),
        ...(deadlineMs !== null && { deadlineMs }),
      };
      write({ event: "progress", ...view, ...known, steering });
    },
  );
  return { note: (text) => write({ event: "note", text }), watch, steer, end };
}
