/**
 * Progress: what a run says while it works, behind one interface for people and machines. The line of a terminal goes to
 * one stream, JSON lines to another; neither ever carries a cell.
 */
export interface Progress {
  /** A line worth reading once. */
  note(text: string): void;
  /** So many rows or changes are through this stage. */
  count(stage: string, done: number): void;
  /** Clears a line that is being rewritten. */
  end(): void;
}

interface Stream {
  write(text: string): unknown;
}

/** How often a terminal's line is rewritten, in milliseconds. */
const REDRAW_MS = 200;

/** `live` streams are terminals: the counts are shown on one line that is written over. */
export function textProgress(stream: Stream, live: boolean, nowMs: () => number): Progress {
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
    count(stage, done) {
      if (!live || nowMs() - drawnMs < REDRAW_MS) return;
      drawnMs = nowMs();
      stream.write(`\r\u001b[2K${stage}: ${done.toLocaleString("en-US")}`);
      drawn = true;
    },
    end: clear,
  };
}

/** One JSON object per line; counts at most once a second. */
export function jsonProgress(stream: Stream, nowMs: () => number): Progress {
  let writtenMs = Number.NEGATIVE_INFINITY;
  const write = (event: object) => stream.write(`${JSON.stringify(event)}\n`);
  return {
    note: (text) => write({ event: "note", text }),
    count(stage, done) {
      if (nowMs() - writtenMs < 1_000) return;
      writtenMs = nowMs();
      write({ event: "progress", stage, done });
    },
    end() {},
  };
}
