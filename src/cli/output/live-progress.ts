/**
 * Progress on a terminal: a block of a few lines that is drawn over. Whoever writes anything else there clears it first, and it comes
 * back below. Loaded only for a terminal.
 */
import { styleText } from "node:util";
import { createLogUpdate } from "log-update";
import type { Progress } from "../../report/progress.ts";
import { heightOf, renderBlock, type Screen } from "./render-block.ts";
import { type TextStream, type Ticks, ticking } from "./ticking.ts";
import type { Tone } from "./view-parts.ts";

export interface LiveProgress extends Progress {
  /** Takes the block away until it is drawn again. */
  clear(): void;
  /** Leaves the block where it is, since others have written below it, and draws a new one. */
  leave(): void;
}

/** What is used of a terminal. */
export interface Terminal extends TextStream {
  readonly columns: number;
  readonly rows: number;
  /** Columns and rows as they are now, of which the process may not have heard yet. */
  getWindowSize(): [number, number];
  on(event: "resize", act: () => void): unknown;
}

const REDRAW_EVERY_MS = 200;

/** `paint` is for the block's own stream: whether it may have colours, the stream and the environment say. */
export function liveProgress(terminal: Terminal, paint: Screen["paint"], clock: Ticks): LiveProgress {
  // The cursor stays: a process that is killed could not show it again.
  const update = createLogUpdate(terminal as unknown as NodeJS.WritableStream, { showCursor: true });
  let drawn: readonly string[] = [];
  let drawnOn = 0;
  const ticks = ticking(clock, REDRAW_EVERY_MS, (view, steering) => {
    const [columns] = terminal.getWindowSize();
    if (drawn.length > 0 && columns !== drawnOn) {
      // A terminal that became narrower has broken the lines, and there are more of them than were drawn.
      terminal.write(eraseAbove(heightOf(drawn, columns)));
      update.done();
    }
    drawnOn = columns;
    drawn = renderBlock(view, steering, { columns: Math.min(columns, terminal.columns), paint });
    update(drawn.join("\n"));
  });
  const clear = () => {
    if (drawn.length === 0) return;
    drawn = [];
    update.clear();
  };
  terminal.on("resize", ticks.draw);
  return {
    note(text) {
      clear();
      terminal.write(`${text}\n`);
      ticks.draw();
    },
    watch: ticks.watch,
    steer: ticks.steer,
    clear,
    leave() {
      update.done();
      ticks.draw();
    },
    end() {
      ticks.end();
      clear();
    },
  };
}

/** Takes away so many lines above the cursor, one by one: what is erased at once, some terminals keep in their history. */
const eraseAbove = (lines: number) => `${"\u001b[1A\u001b[2K".repeat(lines)}\r`;

const STYLES = { good: "green", quiet: "dim", care: "yellow", bad: "red" } as const;

/** In colour where the stream and the environment (NO_COLOR, FORCE_COLOR) allow it. */
export function painter(stream: NodeJS.WritableStream): (tone: Tone, text: string) => string {
  return (tone, text) => styleText(STYLES[tone], text, { stream });
}
