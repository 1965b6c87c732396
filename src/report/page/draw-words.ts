/**
 * The eight words as a bar, with a table that is its legend. Pure.
 */
import { WORDS, type Word, type WordCounts } from "../../errors/words.ts";
import { counted, grouped } from "../../text/counted.ts";
import { drawTable, figure, text } from "./draw-table.ts";
import { type Html, html } from "./html.ts";

const MEANINGS: Readonly<Record<Word, string>> = {
  unknown: "May have taken effect and is not settled. The next resume or run settles it.",
  failed: "Attempts are spent. It certainly did not take effect.",
  refused: "A definite no from the bank, or from what it holds.",
  invalid: "The row breaks a rule. Nothing was sent.",
  held: "Kept back before anything was sent, until a person releases it.",
  skipped: "Not reached, such as a row that a later one replaces.",
  applied: "Every call that the row needed took effect.",
  unchanged: "The bank already agreed. Nothing was sent.",
};

const WIDTH = 1_000;
/** So that a single row of a million can be seen. */
const LEAST_WIDTH = 6;

export function drawWords(words: WordCounts, rows: number): Html {
  const shown = WORDS.filter((word) => words[word] > 0);
  const label = shown.map((word) => `${grouped(words[word])} ${word}`).join(", ");
  return html`<section aria-labelledby="rows-by-word">
<h2 id="rows-by-word">Rows by word</h2>
${shown.length === 0 ? null : drawBar(shown, words, label)}${drawTable({
  caption: `What became of ${counted(rows, "row")}`,
  columns: [text("word"), figure("rows"), figure("share"), text("meaning")],
  look: "words",
  rows: WORDS.map((word) => [
    html`<span class="word${words[word] === 0 ? " none" : ""}">${swatch(word)}${word}</span>`,
    words[word],
    words[word] === 0 ? "" : renderShare(words[word], rows),
    MEANINGS[word],
  ]),
})}</section>
`;
}

/** Left to right, the worst first. */
function drawBar(shown: readonly Word[], words: WordCounts, label: string): Html {
  const all = shown.reduce((sum, word) => sum + words[word], 0);
  const room = WIDTH - shown.length * LEAST_WIDTH;
  let x = 0;
  const parts = shown.map((word) => {
    const width = Math.round(LEAST_WIDTH + (room * words[word]) / all);
    const part = html`<rect class="${word}" x="${x}" width="${width}" height="10"/>`;
    x += width;
    return part;
  });
  return html`<svg class="bar" role="img" aria-label="${label}" viewBox="0 0 ${x} 10" preserveAspectRatio="none">${parts}</svg>
`;
}

export function swatch(word: Word): Html {
  return html`<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect class="${word}" width="10" height="10" rx="2"/></svg>`;
}

/** As `12.5 %`; never 0 or 100 for a part. */
export function renderShare(part: number, whole: number): string {
  if (part === whole) return "100 %";
  const percent = (100 * part) / whole;
  if (percent < 0.1) return "< 0.1 %";
  return percent > 99.9 ? "> 99.9 %" : `${percent.toFixed(1)} %`;
}
