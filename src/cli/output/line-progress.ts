/**
 * Progress where nothing can be drawn over: notes as they come, and a plain line every ten seconds.
 */
import type { Progress, RunView } from "../../report/progress.ts";
import { type Ticks, ticking } from "./ticking.ts";
import { partsOf, renderShare } from "./view-parts.ts";

const LINE_EVERY_MS = 10_000;

/** `write` gets each note, and each line with what it is about. */
export function lineProgress(write: (line: string, view?: RunView) => void, clock: Ticks): Progress {
  const say = (view: RunView, steering: string | null) => write(renderLine(view, steering), view);
  const { watch, steer, end } = ticking(clock, LINE_EVERY_MS, say, LINE_EVERY_MS);
  return { note: (text) => write(text), watch, steer, end };
}

/** Such as `apply 1,200 of 3,000 (47 %); file 2 of 3; 3,120 applied, 7,648 open; …`. */
export function renderLine(view: RunView, steering: string | null): string {
  const { run, stage, words, calls, rest } = partsOf(view);
  const share = view.share === null ? "" : ` (${renderShare(view.share)})`;
  const [job, name, ...of] = run;
  const groups = [
    [job, name],
    [{ text: `${stage.text}${share}` }],
    of,
    words,
    calls,
    rest,
    steering === null ? [] : [{ text: steering }],
  ];
  return groups
    .map((parts) => parts.map((part) => part?.text ?? "").join(", "))
    .filter((group) => group !== "")
    .join("; ");
}
