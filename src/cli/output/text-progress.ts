/**
 * Progress for a terminal: notes on lines of their own, counts on one line that is written over.
 */
import { renderForecast } from "../../report/forecast.ts";
import type { Extent, Progress } from "../../report/progress.ts";
import { grouped } from "../../text/counted.ts";

/** Where text is written: standard output or standard error. */
export interface TextStream {
  write(text: string): unknown;
}

/** How often a terminal's line is rewritten, in milliseconds. */
const REDRAW_MS = 200;

export function textProgress(stream: TextStream, nowMs: () => number): Progress {
  let drawnMs = Number.NEGATIVE_INFINITY;
  let drawn = false;
  const clear = () => {
    if (drawn) stream.write("\r\u001b[2K");
    drawn = false;
  };
  return {
    note(text) {
      clear();
      stream.write(`${text}\n`);
    },
    count(stage, done, look) {
      if (nowMs() - drawnMs < REDRAW_MS) return;
      drawnMs = nowMs();
      stream.write(`\r\u001b[2K${stage}: ${renderCount(done, look?.())}`);
      drawn = true;
    },
    end: clear,
  };
}

/** Such as `1,200 of 3,000; 1,800 calls at 12 a second ≈ 150 s, done 02:58`. */
function renderCount(done: number, outlook: Extent | undefined): string {
  const count = grouped(done);
  if (outlook === undefined) return count;
  const { of, forecast, nowMs } = outlook;
  const rest = forecast !== undefined && forecast.calls > 0 ? `; ${renderForecast(forecast, nowMs)}` : "";
  return `${count} of ${grouped(of)}${rest}`;
}
