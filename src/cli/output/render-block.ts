/**
 * The block that a terminal shows of a run while it works, as lines that fit it. Pure.
 */
import { stripVTControlCharacters } from "node:util";
import type { RunView } from "../../report/progress.ts";
import { type Piece, partsOf, renderShare, type Tone, type ViewParts } from "./view-parts.ts";

/** Gives the text the colour of its tone, or leaves it. */
export type Paint = (tone: Tone, text: string) => string;

export interface Screen {
  readonly columns: number;
  readonly paint: Paint;
}

const BETWEEN = " · ";
const LONGEST_BAR = 60;
/** Before the bar's share and the stage, a bar must have this room. */
const SHORTEST_BAR = 10;

/** `steering` is what a person has asked of the run meanwhile; null for nothing. No line is as wide as the screen. */
export function renderBlock(view: RunView, steering: string | null, { columns, paint }: Screen): readonly string[] {
  const width = Math.max(SHORTEST_BAR, columns - 1);
  const { run, stage, words, calls, rest } = partsOf(view);
  const asked: readonly Piece[] = steering === null ? [] : [{ text: steering, tone: "care" }];
  const flown = [words, calls, rest, asked].flatMap((parts) => flow(parts, width, paint));
  return [...flow(run, width, paint), ...bar(view.share, stage, width, paint), ...flown];
}

/** As many parts on each line as it has room for; one that is longer than a line is cut. */
function flow(parts: readonly Piece[], width: number, paint: Paint): string[] {
  const lines: string[] = [];
  let left = 0;
  for (const { text, tone } of parts) {
    const shown = cut(text, width);
    const painted = tone === undefined ? shown : paint(tone, shown);
    const needed = BETWEEN.length + widthOf(shown);
    if (lines.length > 0 && needed <= left) {
      lines.push(`${lines.pop()}${BETWEEN}${painted}`);
      left -= needed;
    } else {
      lines.push(painted);
      left = width - widthOf(shown);
    }
  }
  return lines;
}

/** The bar of the whole run with its share, and what the run is at beside it, or below it where the screen is narrow. */
function bar(share: number | null, stage: ViewParts["stage"], width: number, paint: Paint): string[] {
  if (share === null) return [cut(stage.text, width)];
  const figure = `  ${renderShare(share).padStart(5)}`;
  const beside = `${BETWEEN}${stage.text}`;
  const longest = BETWEEN.length + Math.max(stage.longest, stage.text.length);
  const isWide = width - figure.length - longest >= SHORTEST_BAR * 2;
  const room = width - figure.length - (isWide ? longest : 0);
  const cells = Math.max(0, Math.min(LONGEST_BAR, room));
  const full = Math.floor(cells * share);
  const drawn = paint("good", "█".repeat(full)) + paint("quiet", "░".repeat(cells - full)) + figure;
  return isWide ? [drawn + beside] : [drawn, cut(stage.text, width)];
}

/** How many lines of a screen the lines take, if it breaks those that it has no room for. */
export function heightOf(lines: readonly string[], columns: number): number {
  const heights = lines.map((line) => Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / columns)));
  return heights.reduce((sum, height) => sum + height, 0);
}

function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const kept: string[] = [];
  let used = 1;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    kept.push(character);
  }
  return `${kept.join("")}…`;
}

/** Columns that the text takes at most: names of files may have characters of two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += isNarrow(character.codePointAt(0) ?? 0) ? 1 : 2;
  return width;
}

/** Below are the letters of Europe and the Near East, and the signs that are used here. */
function isNarrow(point: number): boolean {
  return point < 0x2600 && (point < 0x1100 || point > 0x115f);
}
