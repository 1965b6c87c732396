/**
 * Progress: what a run prints while it works, behind one interface for people and machines. The line of a terminal goes to
 * one stream, JSON lines to another; neither ever has a cell value.
 */
import { grouped } from "../text/counted.ts";
import { CONTROLS } from "../text/unseen.ts";
import { type Forecast, renderForecast } from "./forecast.ts";

/** Of how many, and how long the rest will take. */
export interface Outlook {
  readonly of: number;
  readonly forecast: Forecast;
  /** Now, by the machine's clock. */
  readonly nowMs: number;
}

export interface Progress {
  /** A line worth reading once. */
  note(text: string): void;
  /** N rows or changes have passed this stage. `look` is called whenever the line is written. */
  count(stage: string, done: number, look?: () => Outlook): void;
  /** Clears a line that is being rewritten. */
  end(): void;
}

interface Stream {
  write(text: string): unknown;
}

/** How often a terminal's line is rewritten, in milliseconds. */
const REDRAW_MS = 200;

/** For a terminal: the counts are shown on one line that is written over. */
export function textProgress(stream: Stream, nowMs: () => number): Progress {
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
function renderCount(done: number, outlook: Outlook | undefined): string {
  const count = grouped(done);
  if (outlook === undefined) return count;
  const { of, forecast, nowMs } = outlook;
  const rest = forecast.calls > 0 ? `; ${renderForecast(forecast, nowMs)}` : "";
  return `${count} of ${grouped(of)}${rest}`;
}

/** One JSON object per line; counts at most once a second. */
export function jsonProgress(stream: Stream, nowMs: () => number): Progress {
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

const UNFIT = new RegExp(`[${CONTROLS}]`, "gu");
/** The form of all messages (docs/schemas/output-1.json): it rises once a member goes away or changes its type. */
const FORMAT = 1;

/** One line whatever the values hold: all that a reader may take for a line's end, or a terminal acts on, is escaped. */
export function jsonLine(event: object): string {
  const text = JSON.stringify({ format: FORMAT, ...event }).replace(UNFIT, (character) =>
    character.split("").map(escapeUnit).join(""),
  );
  return `${text}\n`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
